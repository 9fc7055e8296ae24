// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.Prefix;
import org.orrery.net.Ports;
import org.orrery.net.Route;
import org.orrery.net.RoutingRule;
import org.orrery.net.TapPort;
import org.orrery.net.UdpPort;

/** Real rules in a network namespace of each test's own; {@code ip} is the witness. */
@Tag("root")
@ExtendWith(RootOnly.class)
class RoutingRulesTest {
    private static final RoutingRule MARKED = new RoutingRule(false, 30993, 9993, null, Ports.UNDERLAY_MARK, false);
    private static final RoutingRule MARKED6 = new RoutingRule(true, 30993, 9993, null, Ports.UNDERLAY_MARK, false);
    private static final RoutingRule SPECIFIC = new RoutingRule(false, 30992, Route.MAIN_TABLE, null, 0, true);
    private static final RoutingRule SOURCE =
            new RoutingRule(false, 30991, Route.MAIN_TABLE, prefix("192.0.2.7/32"), 0, false);
    private static final RoutingRule SOURCE6 =
            new RoutingRule(true, 30991, Route.MAIN_TABLE, prefix("2001:db8::7/128"), 0, false);

    private Namespace namespace;
    private LinuxPorts ports;

    @BeforeEach
    void open() throws Exception {
        namespace = new Namespace();
        ports = namespace.call(LinuxPorts::new);
    }

    @AfterEach
    void close() {
        ports.close();
        namespace.close();
    }

    private static Prefix prefix(String text) {
        return Prefix.parse(text).orElseThrow();
    }

    private static Ip ip(String text) {
        return Ip.parse(text).orElseThrow();
    }

    private void plug() throws Exception {
        namespace.program("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1");
        namespace.program("ip", "addr", "add", "192.0.2.7/24", "dev", "eth0");
        namespace.program("ip", "link", "set", "eth0", "up");
        namespace.program("ip", "link", "set", "eth1", "up");
    }

    @Test
    void addsListsAndRemovesRules() throws Exception {
        String before = namespace.program("ip", "rule") + namespace.program("ip", "-6", "rule");
        List<RoutingRule> all = List.of(MARKED, MARKED6, SPECIFIC, SOURCE, SOURCE6);
        for (RoutingRule rule : all) {
            ports.addRoutingRule(rule);
            ports.addRoutingRule(rule);
        }
        assertThat(namespace.program("ip", "rule").lines().map(line -> line.replace('\t', ' ')))
                .containsSubsequence(
                        "30991: from 192.0.2.7 lookup main proto static",
                        "30992: from all lookup main suppress_prefixlength 0 proto static",
                        "30993: not from all fwmark 0x2709 lookup 9993 proto static",
                        "32766: from all lookup main");
        assertThat(namespace.program("ip", "-6", "rule").lines().map(line -> line.replace('\t', ' ')))
                .containsSubsequence(
                        "30991: from 2001:db8::7 lookup main proto static",
                        "30993: not from all fwmark 0x2709 lookup 9993 proto static");
        assertThat(ports.routingRules()).containsAll(all).hasSize(all.size() + 5);

        for (RoutingRule rule : all) {
            ports.removeRoutingRule(rule);
            ports.removeRoutingRule(rule);
        }
        assertThat(namespace.program("ip", "rule") + namespace.program("ip", "-6", "rule"))
                .isEqualTo(before);
    }

    @Test
    void removesOnlyTheRuleThatIsMeant() throws Exception {
        namespace.program("ip", "rule", "add", "from", "192.0.2.8", "lookup", "main", "priority", "30991");
        namespace.program("ip", "rule", "add", "iif", "lo", "lookup", "9993", "priority", "30993");
        ports.removeRoutingRule(SOURCE);
        ports.removeRoutingRule(MARKED);
        assertThat(namespace.program("ip", "rule")).contains("192.0.2.8").contains("iif lo lookup 9993");
        assertThat(ports.routingRules()).as("a rule of another kind").noneMatch(rule -> rule.priority() == 30993);
    }

    @Test
    void routesOfAnotherTableCatchAllButMarkedPackets() throws Exception {
        plug();
        namespace.program("ip", "route", "add", "default", "via", "192.0.2.1");
        try (TapPort tap = namespace.call(() -> ports.openTap("zttest0", new Mac(0x02169a95df53L), 2800))) {
            tap.addAddress(prefix("10.147.20.5/24"));
            var route = new Route(prefix("0.0.0.0/0"), ip("10.147.20.1"), ip("10.147.20.5"), 5000, 9993);
            tap.addRoute(route);
            tap.addRoute(route);
            assertThat(tap.routes()).contains(route);
            assertThat(namespace.program("ip", "route")).doesNotContain("default via 10.147.20.1");
            ports.addRoutingRule(SPECIFIC);
            ports.addRoutingRule(MARKED);

            assertThat(namespace.program("ip", "route", "get", "198.51.100.1")).contains("dev zttest0");
            assertThat(namespace.program("ip", "route", "get", "198.51.100.1", "mark", "9993"))
                    .contains("via 192.0.2.1 dev eth0");
            assertThat(namespace.program("ip", "route", "get", "192.0.2.200"))
                    .as("what has a route of its own")
                    .contains("dev eth0");

            tap.removeRoute(route);
            tap.removeRoute(route);
            assertThat(namespace.program("ip", "route", "get", "198.51.100.1"))
                    .as("without the tunnel the rules change nothing")
                    .contains("via 192.0.2.1 dev eth0");
        }
    }

    @Test
    void socketsMarkTheirPackets() throws Exception {
        plug();
        // Where marked packets have no route, sending fails.
        namespace.program("ip", "rule", "add", "fwmark", "9993", "prohibit", "priority", "100");
        Endpoint anywhere = Endpoint.parse("0.0.0.0/0").orElseThrow();
        try (UdpPort socket = namespace.call(() -> ports.openUdp(anywhere, ""))) {
            Endpoint to = Endpoint.parse("192.0.2.9/9").orElseThrow();
            assertThat(socket.sendNow(new byte[1], 0, 1, to)).isFalse();
            namespace.program("ip", "rule", "del", "priority", "100");
            assertThat(socket.sendNow(new byte[1], 0, 1, to)).isTrue();
        }
    }
}
