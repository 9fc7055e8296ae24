// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HomeTest {
    @Test
    void theEnvironmentNamesTheHomeOfNodeAndClient() {
        Map<String, String> both = Map.of("ORRERY_HOME", "/a", "ZEROTIER_HOME", "/b");
        assertThat(Home.ofNode(both)).isEqualTo(new Home(Path.of("/a")));
        assertThat(Home.ofClient(both)).isEqualTo(new Home(Path.of("/a")));
        assertThat(Home.ofNode(Map.of("ORRERY_HOME", " ", "ZEROTIER_HOME", "/b")))
                .isEqualTo(new Home(Path.of("/b")));
        assertThat(Home.ofNode(Map.of("ZEROTIER_HOME", " "))).isEqualTo(Home.ofNode(Map.of()));
        assertThat(Home.ofClient(Map.of("ZEROTIER_HOME", "/b"))).isEqualTo(new Home(Path.of("/b")));
    }
}
