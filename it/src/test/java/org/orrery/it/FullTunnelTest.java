// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.orrery.cli.api.Json;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabHost;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.Ping;

/**
 * A member that sends everything through another one: host 2 is the gateway to an Internet that only it has a way to.
 * Host 3, whose tunnel it is, reaches root and gateway through its default route only, and checks the way back of what
 * it receives strictly.
 */
@Tag("root")
@ExtendWith(RootOnly.class)
final class FullTunnelTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String INTERNET = "198.51.100.9";
    private static final String INTERNET6 = "2001:db8:9::9";
    private static final String CLIENT_OUTSIDE = "203.0.113.3";

    private static Lab lab;
    private static String network;
    private static String before;

    @BeforeAll
    static void start() throws Exception {
        lab = TestIdentities.openLab(3);
        LabHost router = lab.host(1);
        LabHost client = client().host();
        for (String address : List.of("203.0.113.1/24", "203.0.113.4/24")) {
            router.output("ip", "addr", "add", address, "dev", Lab.DEVICE);
        }
        router.output("sysctl", "-qw", "net.ipv4.ip_forward=1");
        gateway().host().output("ip", "route", "add", "203.0.113.0/24", "via", router.ip4());
        client.output("ip", "addr", "flush", "dev", Lab.DEVICE, "scope", "global");
        client.output("ip", "addr", "add", CLIENT_OUTSIDE + "/24", "dev", Lab.DEVICE);
        client.output("ip", "route", "add", "default", "via", "203.0.113.1");
        client.output("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.default.rp_filter=1");
        client.output("sysctl", "-qw", "net.ipv4.conf." + Lab.DEVICE + ".rp_filter=1");
        Lab.await(
                "the system's own addresses are settled",
                PATIENCE,
                () -> client.output("ip", "-6", "addr", "show", "tentative").isBlank()
                        ? Optional.of(true)
                        : Optional.empty());
        before = routing();
        lab.start();

        Map<String, Json> settings =
                new TreeMap<>(Networks.settings("tunnel", true, 61).members());
        settings.put("v6AssignMode", Json.object(Map.of("rfc4193", Json.of(true))));
        network = controller().makeNetwork(Json.object(settings));
        for (LabNode node : List.of(gateway(), client())) {
            controller().authorize(network, node, true);
            node.join(network);
        }
        List<String> gateways = gateway().awaitAddresses(network, PATIENCE);
        String via4 = one(gateways, false);
        String via6 = one(gateways, true);
        controller()
                .change(
                        "/controller/network/" + network,
                        Json.object(Map.of(
                                "routes",
                                Json.array(route("10.61.0.0/24", ""), route("0.0.0.0/0", via4), route("::/0", via6)))));
        connectInternet(one(client().awaitAddresses(network, PATIENCE), true));
        Ping.untilAnswer(client, via4, PATIENCE);
        Ping.untilAnswer(client, via6, PATIENCE);
    }

    /** The namespace of the switch plays the Internet; it has a line to the gateway's host alone. */
    private static void connectInternet(String member6) throws Exception {
        LabHost host = gateway().host();
        LabHost internet = lab.hub();
        host.output("ip", "link", "add", "inet0", "type", "veth", "peer", "name", "inet1", "netns", internet.name());
        host.output("ip", "addr", "add", "198.51.100.2/24", "dev", "inet0");
        host.output("ip", "addr", "add", "2001:db8:9::2/64", "dev", "inet0", "nodad");
        host.output("ip", "link", "set", "inet0", "up");
        host.output("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        internet.output("ip", "addr", "add", INTERNET + "/24", "dev", "inet1");
        internet.output("ip", "addr", "add", INTERNET6 + "/64", "dev", "inet1", "nodad");
        internet.output("ip", "link", "set", "inet1", "up");
        internet.output("ip", "route", "add", "10.61.0.0/24", "via", "198.51.100.2");
        internet.output("ip", "-6", "route", "add", member6 + "/128", "via", "2001:db8:9::2");
    }

    @AfterAll
    static void takeAway() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private static LabNode controller() {
        return lab.node(1);
    }

    private static LabNode gateway() {
        return lab.node(2);
    }

    private static LabNode client() {
        return lab.node(3);
    }

    private static Json route(String target, String via) {
        return Json.object(Map.of("target", Json.of(target), "via", via.isEmpty() ? Json.none() : Json.of(via)));
    }

    private static String one(List<String> addresses, boolean v6) {
        return addresses.stream()
                .filter(each -> each.contains(":") == v6)
                .findFirst()
                .orElseThrow();
    }

    private static void allowDefault(boolean allowed) throws Exception {
        client().change("/network/" + network, Json.object(Map.of("allowDefault", Json.of(allowed))));
    }

    /** Returns once the host goes its own way again. */
    private static void forbidDefault() throws Exception {
        allowDefault(false);
        await("no rule of a tunnel, and the setting said to forbid it", () -> {
            String rules = rules();
            return !rules.contains("9993")
                    && !rules.contains("suppress_prefixlength")
                    && said("setting").equals(List.of("allowDefault"));
        });
    }

    /** What the client says of the default route: a member of its account. */
    private static List<String> said(String member) throws Exception {
        Json host = client().ask("/network/" + network).at("orrery").at("host");
        return host.at("routes").items().stream()
                .filter(each -> each.at("target").text().equals("0.0.0.0/0"))
                .map(each -> each.at(member).text())
                .toList();
    }

    private static void await(String what, Callable<Boolean> question) throws Exception {
        Lab.await(what, PATIENCE, () -> question.call() ? Optional.of(true) : Optional.empty());
    }

    private static void awaitDirect(LabNode other, String path) throws Exception {
        await("the direct path " + path, () -> {
            Ping.of(client().host(), INTERNET, 1, 56);
            return client().directPath(other).filter(path::equals).isPresent();
        });
    }

    /** Everything that decides where the client's packets go. */
    private static String routing() throws Exception {
        var all = new StringBuilder();
        for (List<String> question : List.of(
                List.of("ip", "rule"),
                List.of("ip", "-6", "rule"),
                List.of("ip", "route", "show", "table", "all"),
                List.of("ip", "-6", "route", "show", "table", "all"))) {
            all.append(client().host().output(question.toArray(String[]::new)));
        }
        return all.toString();
    }

    private static String rules() throws Exception {
        return client().host().output("ip", "rule") + client().host().output("ip", "-6", "rule");
    }

    private static void awaitTunnel() throws Exception {
        Ping.untilAnswer(client().host(), INTERNET, PATIENCE);
        Ping.untilAnswer(client().host(), INTERNET6, PATIENCE);
    }

    private static boolean reaches(String address) throws Exception {
        return client().host().run("ping", "-n", "-c", "1", "-W", "1", address).status() == 0;
    }

    private static String deviceTo(String... to) throws Exception {
        List<String> command = new ArrayList<>(List.of("ip", "route", "get"));
        command.addAll(List.of(to));
        return client().host().output(command.toArray(String[]::new)).replaceAll("(?s).* dev (\\S+).*", "$1");
    }

    @Test
    void everythingGoesThroughTheGatewayButTheNodesOwnPackets() throws Exception {
        assertThat(reaches(INTERNET)).as("before it is allowed").isFalse();
        await("the setting that forbids it is said", () -> said("setting").equals(List.of("allowDefault")));

        allowDefault(true);
        awaitTunnel();
        String tap = client().ask("/network/" + network).at("portDeviceName").text();
        assertThat(deviceTo(INTERNET)).isEqualTo(tap);
        assertThat(deviceTo(lab.host(1).ip4(), "mark", "9993")).isEqualTo(Lab.DEVICE);
        assertThat(Ping.of(gateway().host(), CLIENT_OUTSIDE, 3, 56).complete())
                .as("who talks to the host from outside is answered")
                .isTrue();

        // The lease of the host's own connection is renewed, with another router.
        client().host().output("ip", "route", "replace", "default", "via", "203.0.113.4");
        Ping ping = Ping.during(client().host(), INTERNET, Duration.ofSeconds(25), 250);
        System.out.println("full tunnel: " + ping.received() + " of " + ping.sent() + " answered");
        assertThat(ping.received()).as(ping.output()).isGreaterThan(ping.sent() * 9 / 10);
        await("it is on-line", () -> client().ask("/status").at("online").isTrue());
        awaitDirect(controller(), "10.77.0.1/9993");
        awaitDirect(gateway(), "10.77.0.2/9993");
        client().host().output("ip", "route", "replace", "default", "via", "203.0.113.1");

        // Somebody takes the route away, and the node puts it back by itself.
        client().host().output("ip", "route", "flush", "table", "9993");
        Lab.await(
                "the route in its table again",
                PATIENCE,
                () -> client().host()
                                .output("ip", "route", "show", "table", "9993")
                                .contains("default")
                        ? Optional.of(true)
                        : Optional.empty());
        awaitTunnel();

        forbidDefault();
        assertThat(reaches(INTERNET)).as("no longer allowed").isFalse();
    }

    @Test
    void aSocketThatIsTiedToNoInterfaceStaysOutsideToo() throws Exception {
        assertThat(client().stop()).isZero();
        Path config = client().home().resolve("local.conf");
        Files.writeString(config, "{\"settings\":{\"bind\":[\"0.0.0.0\"]}}");
        client().start();
        allowDefault(true);
        awaitTunnel();
        awaitDirect(gateway(), "10.77.0.2/9993");
        Ping ping = Ping.during(client().host(), INTERNET, Duration.ofSeconds(5), 250);
        assertThat(ping.received()).as(ping.output()).isGreaterThan(ping.sent() * 9 / 10);

        assertThat(client().stop()).isZero();
        assertThat(routing()).isEqualTo(before);
        Files.delete(config);
        client().start();
        forbidDefault();
    }

    @Test
    void aStopRestoresTheHost() throws Exception {
        allowDefault(true);
        awaitTunnel();
        assertThat(routing()).isNotEqualTo(before);

        assertThat(client().stop()).as("exit status after TERM").isZero();
        assertThat(routing()).isEqualTo(before);

        client().start();
        awaitTunnel();
        forbidDefault();
    }

    @Test
    void leavingRestoresTheHost() throws Exception {
        allowDefault(true);
        awaitTunnel();
        client().delete("/network/" + network);
        Lab.await(
                "the host is as before",
                PATIENCE,
                () -> routing().equals(before) ? Optional.of(true) : Optional.empty());
        client().join(network);
        client().awaitAddresses(network, PATIENCE);
    }

    @Test
    void anExpelledMemberGoesItsOwnWayAgain() throws Exception {
        allowDefault(true);
        awaitTunnel();
        controller().authorize(network, client(), false);
        Lab.await(
                "no tunnel for who is refused",
                PATIENCE,
                () -> rules().contains("suppress_prefixlength") ? Optional.empty() : Optional.of(true));
        await(
                "the reason is said",
                () -> said("reason")
                        .equals(List.of("the controller refuses this node, so that this would only cut the host off")));

        controller().authorize(network, client(), true);
        awaitTunnel();
        forbidDefault();
    }

    @Test
    void aKillLeavesNothingThatHarmsAndTheNextStartRemovesIt() throws Exception {
        allowDefault(true);
        awaitTunnel();
        client().kill();
        assertThat(rules()).as("the rules are left").contains("lookup 9993");
        Lab.await(
                "the interface is gone",
                PATIENCE,
                () -> client().host().output("ip", "link").contains(": zt") ? Optional.empty() : Optional.of(true));
        assertThat(deviceTo(INTERNET)).as("and lead nowhere else").isEqualTo(Lab.DEVICE);
        Ping.untilAnswer(client().host(), lab.host(1).ip4(), PATIENCE);

        client().start();
        awaitTunnel();
        assertThat(rules().lines().filter(line -> line.contains("lookup 9993")))
                .as("one rule of each family, not two")
                .hasSize(2);
        assertThat(client().stop()).isZero();
        assertThat(routing()).isEqualTo(before);
        client().start();
        forbidDefault();
    }
}
