// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.orrery.cli.api.Json;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabHost;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.Ping;

/** Two hosts with two links between them, of which one also leads to the root. */
@Tag("root")
@ExtendWith(RootOnly.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BondTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Five times what a failover takes on a host that has nothing else to do. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final int PING_MILLIS = 50;
    private static final Pattern TENTH_ANSWER = Pattern.compile("icmp_seq=\\d{2,} ");

    /** Of pings, beyond those of the time until the spare link was seen in use: what was under way, and the return. */
    private static final Duration LOST_BESIDE = Duration.ofSeconds(2);

    private static final int FIRST_PORT = 40_000;
    private static final int FLOWS = 48;
    private static final int PACKETS = 40;
    private static final int BYTES = 1_000;

    private static Lab lab;
    private static String network;
    private static String target;

    @BeforeAll
    static void joinAll() throws Exception {
        lab = TestIdentities.openLab(3);
        lab.secondSwitch(List.of(from().host(), to().host()));
        bond("office");
        lab.start();
        network = lab.node(1).makeNetwork(Networks.settings("bond", false, 29));
        for (int i = 2; i <= 3; i++) {
            lab.node(i).join(network);
        }
        from().awaitAddresses(network, PATIENCE);
        target = to().awaitIp4(network, PATIENCE);
        awaitLinks(2);
    }

    @AfterAll
    static void takeAway() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private static LabNode from() {
        return lab.node(2);
    }

    private static LabNode to() {
        return lab.node(3);
    }

    private static void bond(String policy) throws IOException {
        for (LabNode node : List.of(from(), to())) {
            Files.writeString(node.home().resolve("local.conf"), """
                    {"settings": {
                      "defaultBondingPolicy": "%s",
                      "policies": {"office": {
                        "basePolicy": "active-backup",
                        "failoverInterval": 1000,
                        "links": {"eth0": {"mode": "primary", "failoverTo": "eth1"}, "eth1": {"mode": "spare"}}}}}}
                    """.formatted(policy));
        }
    }

    private static void await(String what, Callable<Boolean> question) throws Exception {
        Lab.await(what, PATIENCE, () -> question.call() ? Optional.of(true) : Optional.empty());
    }

    private static void awaitLinks(int count) throws Exception {
        await(count + " links in the bonds of both", () -> {
            Ping.of(from().host(), target, 2, 56);
            return from().peer(to()).at("numAliveLinks").integer() == count
                    && to().peer(from()).at("numAliveLinks").integer() == count;
        });
    }

    /** The interface over which {@code of} sends. */
    private static String inUse(LabNode of, LabNode other) throws Exception {
        return of.peer(other).at("paths").items().stream()
                .filter(path -> path.at("preferred").isTrue())
                .map(path -> path.at("ifname").text())
                .findFirst()
                .orElse("");
    }

    @Test
    @Order(1)
    void theSpareLinkTakesOverUnderTrafficAndGivesBack() throws Exception {
        await(
                "the primary link in use",
                () -> inUse(from(), to()).equals("eth0") && inUse(to(), from()).equals("eth0"));
        Path pings = lab.file("pings.log");
        Process traffic =
                lab.start(from().host(), pings, List.of("ping", "-n", "-i", "" + PING_MILLIS / 1e3, "-W", "2", target));
        await("traffic", () -> TENTH_ANSWER.matcher(Files.readString(pings)).find());
        long isolated = System.nanoTime();
        for (LabNode node : List.of(from(), to())) {
            lab.isolate(node.host(), true);
        }
        Lab.await(
                "the spare link in use",
                SOON,
                () -> inUse(from(), to()).equals("eth1") && inUse(to(), from()).equals("eth1")
                        ? Optional.of(true)
                        : Optional.empty());
        Duration failover = Duration.ofNanos(System.nanoTime() - isolated);
        assertThat(from().orrery(
                                "peers", to().address(), "--home", from().home().toString())
                        .output())
                .contains("office (active-backup)");
        await("one link of two", () -> from().cli("bond", "list").output().contains("active-backup         1/2"));
        for (LabNode node : List.of(from(), to())) {
            lab.isolate(node.host(), false);
        }
        awaitLinks(2);
        await("the primary link in use again", () -> inUse(from(), to()).equals("eth0"));
        Ping seen = ended(traffic, pings);
        int lost = seen.sent() - seen.received();
        System.out.println("spare link in use after " + failover.toMillis() + " ms; lost " + lost + " of " + seen.sent()
                + " pings, one every " + PING_MILLIS + " ms");
        assertThat(seen.received()).as("%s", seen).isGreaterThan(10);
        assertThat(Duration.ofMillis((long) lost * PING_MILLIS)).as("%s", seen).isLessThan(failover.plus(LOST_BESIDE));
        assertThat(from().orrery("events", "--home", from().home().toString())
                        .output()
                        .lines())
                .anyMatch(line -> line.contains("bond goes over eth1 in place of eth0")
                        && line.contains("named by failoverTo, took over from eth0 which failed"))
                .anyMatch(line -> line.contains("bond goes over eth0 in place of eth1"));
        awaitLinks(2);
        assertThat(from().cli("bond", to().address(), "rotate").output()).isEqualTo("200 rotate OK\n");
        await("the other link, chosen by hand", () -> inUse(from(), to()).equals("eth1"));
    }

    /** Asks {@code ping} for its sums, as Ctrl-C does. */
    private static Ping ended(Process ping, Path output) throws Exception {
        from().host().output("kill", "-INT", "" + ping.pid());
        assertThat(ping.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return Ping.parse(Files.readString(output));
    }

    @Test
    @Order(2)
    void turnsAndFlowsUseBothLinks() throws Exception {
        for (String policy : List.of("balance-xor", "balance-rr")) {
            bond(policy);
            await(policy + " in force", () -> {
                Ping.of(from().host(), target, 1, 56);
                Json peer = from().peer(to());
                return peer.at("bondingPolicyStr").text().equals(policy)
                        && peer.at("numAliveLinks").integer() == 2;
            });
            long first = sent(Lab.DEVICE);
            long second = sent(Lab.SECOND_DEVICE);
            for (int flow = 0; flow < FLOWS; flow++) {
                int port = FIRST_PORT + flow;
                long due = (flow + 1L) * PACKETS * BYTES;
                long before = first + second;
                from().host().inside(() -> send(port));
                // Else what a slow node has not fetched yet might fill the queue of its interface.
                await("flow " + flow + " has left", () -> sent(Lab.DEVICE) + sent(Lab.SECOND_DEVICE) - before >= due);
            }
            first = sent(Lab.DEVICE) - first;
            second = sent(Lab.SECOND_DEVICE) - second;
            System.out.println(policy + ": " + first + " bytes over eth0, " + second + " over eth1");
            long all = (long) FLOWS * PACKETS * BYTES;
            assertThat(first).as(policy).isGreaterThan(all / 4);
            assertThat(second).as(policy).isGreaterThan(all / 4);
        }
        Lab.await("both links shown", PATIENCE, () -> {
            Ping.of(from().host(), target, 1, 56);
            String shown = from().cli("bond", to().address(), "show").output();
            boolean all =
                    Stream.of("balance-rr", "eth0", "eth1", "10.78.0.3/9993").allMatch(shown::contains);
            return all ? Optional.of(shown) : Optional.empty();
        });
    }

    private static long sent(String device) throws Exception {
        LabHost host = from().host();
        return Long.parseLong(host.output("cat", "/sys/class/net/" + device + "/statistics/tx_bytes")
                .strip());
    }

    /** Sends datagrams from a port to the other host, where nobody waits for them. */
    private static boolean send(int port) throws Exception {
        byte[] bytes = new byte[BYTES];
        try (var socket = new DatagramSocket(port)) {
            var destination = new InetSocketAddress(InetAddress.getByName(target), 5_001);
            for (int i = 0; i < PACKETS; i++) {
                socket.send(new DatagramPacket(bytes, bytes.length, destination));
            }
        }
        return true;
    }
}
