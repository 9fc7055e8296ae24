// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.orrery.cli.Captured;
import org.orrery.cli.api.Json;

class SimCommandTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sim                            | 'orrery sim' needs one of: nat, chaos, crowd
            sim nat --seeds 0              | --seeds is from 1 to 1000, not 0
            sim chaos --seeds 1000001      | --seeds is from 1 to 1000000, not 1000001
            sim crowd --nodes 1001         | --nodes is from 2 to 1000, not 1001
            sim crowd --group 1            | --group is from 2 to 100, not 1
            """)
    void saysWhatIsNotUnderstood(String line, String complaint) {
        var captured = new Captured(folder);

        assertThat(RootCommand.run(captured.terminal(), (home, port, anyUser) -> 0, line.split(" ")))
                .isEqualTo(2);
        assertThat(captured.err()).contains(complaint);
        assertThat(captured.out()).isEmpty();
    }

    @Test
    void aCrowdAsJson() throws Json.Malformed {
        var captured = new Captured(folder);

        assertThat(RootCommand.run(
                        captured.terminal(), (home, port, anyUser) -> 0, "sim", "crowd", "--nodes", "4", "--json"))
                .isZero();
        Json report = Json.parse(captured.out());
        assertThat(report.at("pairs").integer()).isEqualTo(12);
        assertThat(report.at("pairsAnswered").integer()).isEqualTo(12);
        assertThat(report.at("faults").items()).isEmpty();
        assertThat(report.at("joinMillis").integer()).isBetween(1L, 10_000L);
    }

    @Test
    void chaosForAPerson() {
        var captured = new Captured(folder);

        assertThat(RootCommand.run(captured.terminal(), (home, port, anyUser) -> 0, "sim", "chaos", "--seeds", "1"))
                .isZero();
        assertThat(captured.out()).contains("TROUBLE", "Seeds: 1, violated: 0", "worst");
        assertThat(captured.err()).isEmpty();
    }
}
