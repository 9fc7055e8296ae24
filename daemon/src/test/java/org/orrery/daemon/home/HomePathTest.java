// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HomePathTest {
    private static final Path USER = Path.of("/home/ada");

    @Test
    void followsEnvironmentAndUser() {
        assertThat(HomePath.usual(Map.of(), true, USER)).isEqualTo(Path.of("/var/lib/orrery"));
        assertThat(HomePath.usual(Map.of(), false, USER)).isEqualTo(Path.of("/home/ada/.orrery"));
        assertThat(HomePath.usual(Map.of("ZEROTIER_HOME", "/z"), true, USER)).isEqualTo(Path.of("/z"));
        assertThat(HomePath.usual(Map.of("ZEROTIER_HOME", "/z", "ORRERY_HOME", "/o"), true, USER))
                .isEqualTo(Path.of("/o"));
    }

    @Test
    void aBlankNameIsNone() {
        Map<String, String> blank = Map.of("ORRERY_HOME", " ", "ZEROTIER_HOME", "\t");
        assertThat(HomePath.named(blank)).isEmpty();
        assertThat(HomePath.usual(blank, false, USER)).isEqualTo(Path.of("/home/ada/.orrery"));
        assertThat(HomePath.named(Map.of("ORRERY_HOME", " ", "ZEROTIER_HOME", "/z")))
                .contains(Path.of("/z"));
    }
}
