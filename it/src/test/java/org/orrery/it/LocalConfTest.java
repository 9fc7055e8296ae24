// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.orrery.cli.api.Json;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabHost;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.Ping;

/** What changes in {@code local.conf} do to running nodes. */
@Tag("root")
@ExtendWith(RootOnly.class)
final class LocalConfTest {
    /** The file is looked at every ten seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private static final String V4 = "10.77.0.0/24";

    private static Lab lab;
    private static String network;
    private static String target;

    @BeforeAll
    static void joinAll() throws Exception {
        lab = TestIdentities.openLab(3);
        lab.start();
        network = lab.node(1).makeNetwork(Networks.settings("local-conf", false, 27));
        for (int i = 2; i <= 3; i++) {
            lab.node(i).join(network);
        }
        from().awaitAddresses(network, PATIENCE);
        target = to().awaitIp4(network, PATIENCE);
    }

    @AfterAll
    static void takeAway() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    @BeforeEach
    void beginDirectly() throws Exception {
        for (LabNode node : new LabNode[] {from(), to()}) {
            write(node, "{}");
        }
        await(
                "a direct path without settings",
                () -> direct() && trustedPathIds(from(), to()).equals(List.of(0L)));
    }

    private static LabNode from() {
        return lab.node(2);
    }

    private static LabNode to() {
        return lab.node(3);
    }

    private static void write(LabNode node, String json) throws Exception {
        Files.writeString(node.home().resolve("local.conf"), json.replace('\'', '"'));
    }

    private static void await(String what, Callable<Boolean> question) throws Exception {
        Lab.await(what, PATIENCE, () -> question.call() ? Optional.of(true) : Optional.empty());
    }

    private static boolean direct() throws Exception {
        Ping.of(from().host(), target, 2, 56);
        return from().directPath(to()).isPresent() && to().directPath(from()).isPresent();
    }

    private static List<Long> trustedPathIds(LabNode of, LabNode other) throws Exception {
        return of.peer(other).at("paths").items().stream()
                .filter(path -> path.at("preferred").isTrue())
                .map(path -> path.at("trustedPathId").integer())
                .toList();
    }

    private static List<String> listeningOn(LabNode node) throws Exception {
        return node.ask("/status").at("config").at("settings").at("listeningOn").items().stream()
                .map(Json::text)
                .toList();
    }

    @Test
    void aBlacklistTakesTrafficToTheRelayAndGivesItBack() throws Exception {
        LabHost host = to().host();
        write(
                from(),
                "{'physical': {'" + host.ip4() + "/32': {'blacklist': true}, '" + host.ip6()
                        + "/128': {'blacklist': true}}}");
        await(
                "no direct path on either side",
                () -> from().directPath(to()).isEmpty()
                        && to().directPath(from()).isEmpty());
        assertThat(Ping.of(from().host(), target, 20, 56).complete()).isTrue();
        assertThat(from().directPath(to())).isEmpty();
        write(from(), "{}");
        await("a direct path again", LocalConfTest::direct);
    }

    @Test
    void bothTrustTheNetworkBetweenThem() throws Exception {
        String trusting = "{'physical': {'" + V4 + "': {'trustedPathId': 4242}, 'fd00::/8': {'trustedPathId': 4242}}}";
        write(from(), trusting);
        write(to(), trusting);
        await(
                "trusted paths",
                () -> trustedPathIds(from(), to()).equals(List.of(4242L))
                        && trustedPathIds(to(), from()).equals(List.of(4242L)));
        assertThat(Ping.of(from().host(), target, 20, 56).complete()).isTrue();
        assertThat(Ping.of(from().host(), target, 20, 2_700).complete()).isTrue();
        long before = untrusted(to()); // from the time when only the other had read its file
        write(to(), "{}");
        await("frames that are refused", () -> {
            Ping.of(from().host(), target, 2, 56);
            return untrusted(to()) > before;
        });
    }

    private static long untrusted(LabNode node) throws Exception {
        return node.ask("/status")
                .at("orrery")
                .at("packets")
                .at("UNTRUSTED_PATH")
                .integer(0);
    }

    @Test
    void datagramsAreNoLongerThanTheMtuSays() throws Exception {
        withoutJoinedSends();
        filtered("udp length > 1408 counter", () -> {
            await(
                    "long datagrams",
                    () -> Ping.of(from().host(), target, 5, 2_760).complete() && counted() > 0);
            write(
                    from(),
                    "{'settings': {'offloadSend': false}, 'physical': {'" + V4
                            + "': {'mtu': 1400}, 'fd00::/8': {'mtu': 1400}}}");
            await("shorter datagrams", () -> {
                long before = counted();
                return Ping.of(from().host(), target, 5, 2_760).complete() && counted() == before;
            });
        });
    }

    /** Without any setting. */
    @Test
    void aWayThatLosesLongDatagramsCarriesLongFramesWithinSeconds() throws Exception {
        withoutJoinedSends();
        filtered("udp length > 1260 drop", () -> {
            long began = System.nanoTime();
            int answered = Ping.of(from().host(), target, 60, 2_760).received();
            long millis = (System.nanoTime() - began) / 1_000_000;
            long bytes = from().peer(to()).at("orrery").at("datagramBytes").integer();
            System.out.println("black hole of 1,252 bytes: datagrams of up to " + bytes + " after " + millis + " ms, "
                    + answered + " of 60 answered");
            await(
                    "long frames, directly in datagrams that pass",
                    () -> Ping.of(from().host(), target, 5, 2_760).complete()
                            && from().directPath(to()).isPresent()
                            && from().peer(to())
                                            .at("orrery")
                                            .at("datagramBytes")
                                            .integer()
                                    == 1_220);
        });
        await("long datagrams again", () -> {
            Ping.of(from().host(), target, 5, 2_760);
            return from().peer(to()).at("orrery").at("datagramBytes").integer() == 1_432;
        });
    }

    /** Segments of one send would be one long packet for a filter of the host. */
    private static void withoutJoinedSends() throws Exception {
        write(from(), "{'settings': {'offloadSend': false}}");
        from().stop();
        from().start();
        await("a direct path", LocalConfTest::direct);
    }

    /** While the receiver's host has {@code rule} for what arrives. */
    private static void filtered(String rule, Step step) throws Exception {
        LabHost host = to().host();
        run(host, "nft", "add", "table", "inet", "narrow");
        try {
            run(host, "nft", "add", "chain", "inet", "narrow", "in", "{ type filter hook input priority 0 ; }");
            run(host, "nft", "add rule inet narrow in " + rule);
            step.run();
        } finally {
            run(host, "nft", "delete", "table", "inet", "narrow");
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private static long counted() throws Exception {
        String rules = to().host().output("nft", "list", "table", "inet", "narrow");
        return Long.parseLong(rules.replaceAll("(?s).*packets ([0-9]+) .*", "$1"));
    }

    @Test
    void aSecondPortIsOpenedAndServesWhereTheFirstIsBlocked() throws Exception {
        String ip = from().host().ip4();
        write(from(), "{'settings': {'secondaryPort': 9777}}");
        await("the second port", () -> listeningOn(from()).contains(ip + "/9777"));
        assertThat(from().ask("/status")
                        .at("config")
                        .at("settings")
                        .at("secondaryPort")
                        .integer())
                .isEqualTo(9777);
        LabHost host = from().host();
        run(host, "nft", "add", "table", "inet", "blocked");
        try {
            run(host, "nft", "add", "chain", "inet", "blocked", "out", "{ type filter hook output priority 0 ; }");
            run(host, "nft", "add", "rule", "inet", "blocked", "out", "udp", "sport", "9993", "drop");
            await(
                    "traffic over the second port",
                    () -> Ping.of(host, target, 5, 56).complete());
            await(
                    "its use for the way back",
                    () -> to().directPath(from()).orElse("").endsWith("/9777"));
        } finally {
            run(host, "nft", "delete", "table", "inet", "blocked");
        }
        write(from(), "{'settings': {'allowSecondaryPort': false}}");
        await("one port", () -> listeningOn(from()).stream().noneMatch(each -> each.endsWith("/9777")));
    }

    @Test
    void onlyAllowedInterfacesAndAddressesAreUsed() throws Exception {
        write(from(), "{'settings': {'addressAllowlist': ['" + V4 + "']}}");
        await(
                "one address",
                () -> listeningOn(from()).equals(List.of(from().host().ip4() + "/9993")));
        write(from(), "{'settings': {'interfacePrefixAllowlist': ['wlan']}}");
        await("no address", () -> listeningOn(from()).isEmpty());
        write(
                from(),
                "{'settings': {'interfacePrefixBlacklist': ['wlan'], 'bind': ['"
                        + from().host().ip4() + "']}}");
        await(
                "the address to bind",
                () -> listeningOn(from()).equals(List.of(from().host().ip4() + "/9993")));
    }

    @Test
    void aBrokenFileLeavesThingsAsTheyAreAndIsSaid() throws Exception {
        write(from(), "{'settings': {'secondaryPort': 9778}}");
        await("the second port", () -> has(listeningOn(from()), "/9778"));
        long before = from().logBytes();
        write(from(), "{'settings': {'secondaryPort': 9779,}}");
        await("a complaint", () -> from().logged("config.kept", before));
        assertThat(has(listeningOn(from()), "/9778")).isTrue();
    }

    private static boolean has(Collection<String> endpoints, String end) {
        return endpoints.stream().anyMatch(each -> each.endsWith(end));
    }

    private static void run(LabHost host, String... command) throws Exception {
        assertThat(host.run(command).status()).as(String.join(" ", command)).isZero();
    }
}
