// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.orrery.cli.Captured;

class BenchCommandTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bench sael                     | There is no benchmark 'sael'; there are: open, seal, header
            bench net tcp9                 | There is no figure 'tcp9'; there are: tcp1, tcp1-back
            bench net --runs 0             | --runs is from 1 to 1000, not 0
            bench net --seconds 601        | --seconds is from 1 to 600, not 601
            bench net --warm-up -1         | --warm-up is from 0 to 600, not -1
            bench net --vs nebula,nbula    | 'nbula' is neither one of nebula, tinc, wireguard-go nor a folder
            bench net --vs /proc           | '/proc' is neither one of nebula, tinc, wireguard-go nor a folder
            """)
    void saysWhatIsNotUnderstood(String line, String complaint) {
        var captured = new Captured(folder);

        assertThat(RootCommand.run(captured.terminal(), (home, port, anyUser) -> 0, line.split(" ")))
                .isEqualTo(2);
        assertThat(captured.err()).contains(complaint);
        assertThat(captured.out()).isEmpty();
    }

    @Test
    void theHelpNamesEveryBenchmarkAndFigure() {
        var captured = new Captured(folder);
        RootCommand.run(captured.terminal(), (home, port, anyUser) -> 0, "bench", "--help");
        String help = captured.out();
        RootCommand.run(captured.terminal(), (home, port, anyUser) -> 0, "bench", "net", "--help");
        String netHelp = captured.out();

        assertThat(help).contains(org.orrery.bench.Benchmarks.names());
        for (var each : org.orrery.cli.bench.Measurement.values()) {
            assertThat(netHelp).contains(each.id());
        }
    }

    @Test
    void runsBenchmarksAndWritesTheReport() throws Exception {
        var captured = new Captured(folder);

        int code = RootCommand.run(
                captured.terminal(), (home, port, anyUser) -> 0, "bench", "header", "--quick", "--json", "report.json");

        assertThat(code).as(captured.err()).isZero();
        assertThat(captured.out()).containsPattern("header +- +[0-9.]+ ").contains("NS/OPERATION");
        assertThat(Files.readString(folder.resolve("report.json"))).contains("CodecBenchmark.header");
    }
}
