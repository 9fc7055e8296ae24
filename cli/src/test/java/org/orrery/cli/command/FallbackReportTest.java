// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.cli.api.Json;

final class FallbackReportTest {
    private static List<String> lines(String state, long since, String because, String failure) {
        Json json = Json.parseOrNull("{\"state\":\"" + state + "\",\"relay\":\"tcp://192.0.2.1:443\",\"proxy\":\"\","
                + "\"since\":" + since + ",\"because\":\"" + because + "\",\"failure\":\"" + failure
                + "\",\"sent\":5,\"received\":4,\"dropped\":1}");
        return new FallbackReport(json, 100_000).lines();
    }

    @Test
    void isOneLineWhereThereIsNothingToTell() {
        assertThat(lines("OFF", 0, "switched off", "")).containsExactly("off: switched off");
        assertThat(lines("READY", 0, "", "")).containsExactly("standing by: tcp://192.0.2.1:443");
    }

    @Test
    void saysWhyAndSinceWhenARelayIsUsed() {
        assertThat(lines("ACTIVE", 65_000, "nobody answered", ""))
                .containsExactly(
                        "in use for 35 s: tcp://192.0.2.1:443",
                        "nobody answered",
                        "5 datagrams sent, 4 received, 1 dropped");
    }

    @Test
    void saysWhatKeepsItFromTheRelay() {
        assertThat(lines("CONNECTING", 90_000, "nobody answered", "no answer in time"))
                .containsExactly(
                        "needed for 10 s, not connected yet: tcp://192.0.2.1:443",
                        "nobody answered",
                        "last attempt: no answer in time");
    }

    @Test
    void isSilentAboutNodesThatDoNotTell() {
        assertThat(new FallbackReport(Json.none(), 0).lines()).isEmpty();
    }
}
