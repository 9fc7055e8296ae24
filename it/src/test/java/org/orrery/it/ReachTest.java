// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
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
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.Ping;
import org.orrery.cli.lab.Transfer;

/** Three members of a public network reach each other; the first of them is also the root and the controller. */
@Tag("root")
@ExtendWith(RootOnly.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ReachTest {
    /** The goal is one second each on an idle machine; the others are for a machine that is not. */
    private static final Duration QUICK = Duration.ofSeconds(3);

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration INTRODUCTION_PATIENCE = Duration.ofSeconds(45);

    private static Lab lab;
    private static String network;
    private static List<String> first;
    private static List<String> second;
    private static List<String> third;

    @BeforeAll
    static void joinAll() throws Exception {
        lab = TestIdentities.openLab(3);
        lab.isolate(lab.node(2).host(), true);
        lab.isolate(lab.node(3).host(), true);
        lab.start();
        network = controller().makeNetwork(Networks.settings("reach", false, 20));
        for (int i = 1; i <= 3; i++) {
            lab.node(i).join(network);
        }
        first = controller().awaitAddresses(network, PATIENCE);
        second = lab.node(2).awaitAddresses(network, PATIENCE);
        third = lab.node(3).awaitAddresses(network, PATIENCE);
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

    private static String with(List<String> addresses, String prefix) {
        return addresses.stream()
                .filter(each -> each.startsWith(prefix))
                .findFirst()
                .orElseThrow();
    }

    private static String device(LabNode node) throws Exception {
        return node.ask("/network/" + network).at("portDeviceName").text();
    }

    @Test
    @Order(1)
    void pingsOverTheRootUntilThereIsADirectWayAndThenDirectly() throws Exception {
        LabNode from = lab.node(2);
        LabNode to = lab.node(3);
        String address = with(third, "10.20.");

        Ping.untilAnswer(from.host(), address, PATIENCE);
        Ping relayed = Ping.of(from.host(), address, 10, 56);
        assertThat(relayed.complete()).as(relayed.output()).isTrue();
        assertThat(from.directPath(to)).isEmpty();
        assertThat(from.peer(to).at("orrery").at("relayedBecause").text()).isNotEmpty();

        lab.isolate(from.host(), false);
        lab.isolate(to.host(), false);
        long begin = System.nanoTime();
        String path = Lab.await("a direct path between two members", INTRODUCTION_PATIENCE, () -> {
            Ping.of(from.host(), address, 2, 56);
            return from.directPath(to);
        });
        System.out.println("direct " + (System.nanoTime() - begin) / 1_000_000 + " ms after it became possible");
        assertThat(path).matches("(10\\.77\\.0\\.3|fd77:[0:]*:3)/9993");
        Ping direct = Ping.of(from.host(), address, 20, 56);
        assertThat(direct.complete()).as(direct.output()).isTrue();
        System.out.println(
                "ping over the root " + relayed.averageMillis() + " ms, directly " + direct.averageMillis() + " ms");
    }

    @Test
    @Order(2)
    void joinsAndAnswersTheFirstPingQuickly() throws Exception {
        String fresh = controller().makeNetwork(Networks.settings("quick", false, 21));
        controller().join(fresh);
        String target = with(controller().awaitAddresses(fresh, PATIENCE), "10.21.");
        LabNode member = lab.node(2);

        long begin = System.nanoTime();
        member.join(fresh);
        member.awaitAddresses(fresh, PATIENCE);
        Duration joined = Duration.ofNanos(System.nanoTime() - begin);
        Duration answered = Ping.untilAnswer(member.host(), target, PATIENCE);

        System.out.println(
                "join to address " + joined.toMillis() + " ms, address to first answer " + answered.toMillis() + " ms");
        assertThat(joined).isLessThan(QUICK);
        assertThat(answered).isLessThan(QUICK);
    }

    @Test
    @Order(3)
    void carriesPacketsOfManyFragments() throws Exception {
        Ping large = Ping.of(lab.node(2).host(), with(first, "10.20."), 10, 60_000);
        assertThat(large.complete()).as(large.output()).isTrue();
        Ping between = Ping.of(lab.node(2).host(), with(third, "10.20."), 10, 60_000);
        assertThat(between.complete()).as(between.output()).isTrue();
        System.out.println("ping of 60,000 bytes " + between.averageMillis() + " ms");
    }

    @Test
    @Order(4)
    void reachesBothKindsOfAddressMadeFromTheNodesOwn() throws Exception {
        for (String prefix : List.of("fc", "fd")) {
            String target = with(third, prefix);
            Ping.untilAnswer(lab.node(2).host(), target, PATIENCE);
            Ping ping = Ping.of(lab.node(2).host(), target, 5, 56);
            assertThat(ping.complete()).as(ping.output()).isTrue();
        }
    }

    @Test
    @Order(5)
    void deliversMulticastToAllOthers() throws Exception {
        Set<String> others = new TreeSet<>();
        for (LabNode node : List.of(controller(), lab.node(3))) {
            others.add(linkLocal(node));
        }
        Set<String> answering = Lab.await("all others answer to ff02::1", PATIENCE, () -> {
            Ping ping = Ping.of(lab.node(2).host(), "ff02::1%" + device(lab.node(2)), 3, 56);
            return ping.answering().containsAll(others) ? Optional.of(ping.answering()) : Optional.empty();
        });
        others.add(linkLocal(lab.node(2)));
        assertThat(others).containsAll(answering);
    }

    private static String linkLocal(LabNode node) throws Exception {
        String shown = node.host().output("ip", "-6", "-o", "addr", "show", "dev", device(node), "scope", "link");
        var address = Pattern.compile("inet6 (fe80[0-9a-f:]+)/").matcher(shown);
        assertThat(address.find()).as(shown).isTrue();
        return address.group(1);
    }

    @Test
    @Order(6)
    void carriesAStreamWhole() throws Exception {
        Transfer transfer = Transfer.own(lab.node(2).host(), lab.node(3).host(), with(third, "10.20."));

        assertThat(transfer.bytes()).isEqualTo(256L << 20);
        System.out.printf("one TCP connection %.0f Mbit/s%n", transfer.megabitsPerSecond());
    }

    @Test
    @Order(7)
    void saysTheSameThroughTheCommandLine() throws Exception {
        LabNode member = lab.node(2);
        Json joined = member.ask("/network/" + network);

        assertThat(member.cli("info").output()).isEqualTo("200 info " + member.address() + " 1.14.2 ONLINE\n");
        assertThat(member.cli("listnetworks").output().lines())
                .contains("200 listnetworks <nwid> <name> <mac> <status> <type> <dev> <ZT assigned ips>")
                .anyMatch(line -> line.startsWith("200 listnetworks " + network + " reach "
                        + joined.at("mac").text() + " OK PUBLIC "
                        + joined.at("portDeviceName").text() + " "));
        assertThat(member.cli("peers").output().lines())
                .anyMatch(line -> line.startsWith(controller().address()) && line.contains(" PLANET "));
        assertThat(member.cli("get", network, "ip4").output().strip()).isEqualTo(with(second, "10.20."));
        assertThat(member.cli("-j", "listnetworks").output()).contains("\"nwid\": \"" + network + "\"");
    }
}
