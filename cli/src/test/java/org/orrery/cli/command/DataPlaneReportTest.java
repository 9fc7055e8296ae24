// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.orrery.cli.api.Json;

final class DataPlaneReportTest {
    private static final String ON = "{\"inForce\":true,\"reason\":\"\"}";
    private static final String OFF = "{\"inForce\":false,\"reason\":\"switched off\"}";
    private static final String OLD = "{\"inForce\":false,\"reason\":\"kernel refused UDP_GRO\"}";

    private static DataPlaneReport report(String sockets, String interfaces) {
        return new DataPlaneReport(Json.parseOrNull(
                "{\"ports\":\"linux\",\"lanes\":2,\"sockets\":[" + sockets + "],\"interfaces\":[" + interfaces + "]}"));
    }

    private static String socket(String local, int lanes, String send, String receive) {
        return "{\"local\":\"" + local + "\",\"lanes\":" + lanes + ",\"offloadSend\":" + send + ",\"offloadReceive\":"
                + receive + "}";
    }

    private static String port(String name, int lanes, String tcp, String udp) {
        return "{\"name\":\"" + name + "\",\"lanes\":" + lanes + ",\"offloadTcp\":" + tcp + ",\"offloadUdp\":" + udp
                + "}";
    }

    @Test
    void isShortWhenAllIsOn() {
        DataPlaneReport report = report(socket("10.0.0.1/9993", 2, ON, ON), port("zt0", 2, ON, ON));
        assertThat(report.known()).isTrue();
        assertThat(report.lanes()).isEqualTo("2 on linux ports");
        assertThat(report.offloads()).containsExactly("all on");
    }

    @Test
    void doesNotPraiseANodeWithoutSockets() {
        assertThat(report("", "").offloads()).containsExactly("none: no sockets and no interfaces");
    }

    @Test
    void namesWhatIsOffAndWhy() {
        DataPlaneReport report = report(
                socket("10.0.0.1/9993", 2, OFF, ON) + "," + socket("fd00::1/9993", 1, OFF, OLD),
                port("zt0", 1, OFF, OFF));
        assertThat(report.lanes()).isEqualTo("2 on linux ports; only 1 at fd00::1/9993, 1 at zt0");
        assertThat(report.offloads())
                .containsExactly(
                        "interface TCP, interface UDP, sending off: switched off",
                        "receiving off at fd00::1/9993: kernel refused UDP_GRO");
    }

    @Test
    void knowsWhenANodeDoesNotTell() {
        assertThat(new DataPlaneReport(Json.parseOrNull("{}").at("dataPlane")).known())
                .isFalse();
    }
}
