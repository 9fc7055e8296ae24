// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.node.PeerStatus;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl1.bond.BondOptions;
import org.orrery.core.vl1.bond.BondPolicy;
import org.orrery.core.vl1.bond.BondReport;
import org.orrery.core.vl1.bond.BondSettings;
import org.orrery.core.wire.BigEndian;

/** Two members with two links each, which they use together. */
class BondTest {
    private static final int FRAME_BYTES = 200;
    private static final int IPV4 = 0x0800;

    /** How much longer the second link takes. */
    private static final long SLOWER_MILLIS = 35;

    static LongStream seeds() {
        return Lab.seeds(7, 77);
    }

    /** Two members with two links between them, and a root that both reach over either. */
    private static final class Pair {
        final Lab lab;
        final NetworkId network;
        final SimHost ada;
        final SimHost bob;
        final Set<Integer> dead = new HashSet<>();
        final Map<Integer, Integer> dataOver = new HashMap<>();
        long wobbleMillis;

        Pair(long seed, BondPolicy policy) {
            lab = new Lab(seed, 1);
            network = lab.controller.network(1, true);
            ada = host("ada", 1);
            bob = host("bob", 2);
            lab.internet.wires((from, to) -> {
                if (link(from) < 0 || link(to) < 0) {
                    return 0; // the rest of the internet is reached over either
                }
                boolean connected = link(from) == link(to) && !dead.contains(link(from));
                long wobble = lab.internet.nowMillis() / 1_000 % 2 * wobbleMillis;
                return connected ? link(from) * (SLOWER_MILLIS + wobble) : -1;
            });
            for (SimHost host : List.of(ada, bob)) {
                host.start();
                host.control((node, now) -> node.bonds()
                        .settings(new BondSettings(Optional.of(BondOptions.standard(policy)), Map.of()), now));
            }
            lab.internet.tap((from, source, destination, bytes) -> {
                if (from == ada && bytes.length > FRAME_BYTES && bytes.length < 2 * FRAME_BYTES) {
                    dataOver.merge(link(source.ip()), 1, Integer::sum);
                }
            });
            lab.join(network, List.of(ada, bob), 3_000);
            Ping meet = lab.ping(network, ada, bob, 30, 100);
            lab.internet.runFor(12_000);
            assertThat(meet.received()).as("%s", lab).isEqualTo(30);
            assertThat(bond(ada, bob).aliveLinks()).as("%s", lab).isEqualTo(2);
            assertThat(bond(bob, ada).aliveLinks()).as("%s", lab).isEqualTo(2);
            dataOver.clear();
        }

        private SimHost host(String name, int number) {
            return lab.member(name, List.of(Ip.v4(81, 1, 0, number), Ip.v4(82, 1, 0, number)));
        }

        /** Which link an address is on, negative for the rest of the internet. */
        static int link(Ip ip) {
            return ip.equals(Ip.v4(81, 1, 0, 1)) || ip.equals(Ip.v4(81, 1, 0, 2))
                    ? 0
                    : ip.equals(Ip.v4(82, 1, 0, 1)) || ip.equals(Ip.v4(82, 1, 0, 2)) ? 1 : -1;
        }

        static BondReport bond(SimHost of, SimHost to) {
            PeerStatus peer = Objects.requireNonNull(of.peer(to), "peer");
            assertThat(peer.bond()).as("bond of %s", of).isPresent();
            return peer.bond().orElseThrow();
        }

        /** Which link carries what {@code of} sends. */
        int inUse(SimHost of, SimHost to) {
            return bond(of, to).links().stream()
                    .filter(link -> link.state() == BondReport.State.IN_USE)
                    .mapToInt(link -> link(link.remote().ip()))
                    .findFirst()
                    .orElseThrow();
        }

        /** Datagrams of UDP flows, numbered within each, {@code count} of each every 20 ms. */
        void flows(int flows, int count) {
            long to = Mac.derive(bob.address().bits(), network.bits());
            for (int i = 0; i < count; i++) {
                for (int flow = 0; flow < flows; flow++) {
                    byte[] packet = packet(flow, i);
                    lab.internet.after(i * 20L, () -> ada.stack(network).send(to, IPV4, packet));
                }
            }
        }

        private static byte[] packet(int flow, int number) {
            byte[] packet = new byte[FRAME_BYTES];
            packet[0] = 0x45;
            BigEndian.setU16(packet, 2, packet.length);
            packet[9] = 17;
            packet[12] = 10;
            packet[16] = 10;
            BigEndian.setU16(packet, 20, 40_000 + flow);
            BigEndian.setU16(packet, 22, 5_001);
            BigEndian.setU16(packet, 30, number);
            return packet;
        }

        /** The numbers that come to bob, of each flow, in order of arrival. */
        Map<Integer, List<Integer>> arrivals() {
            Map<Integer, List<Integer>> arrivals = new HashMap<>();
            lab.internet.watch((to, on, frame) -> {
                if (to == bob && frame.length == FRAME_BYTES + 14) {
                    arrivals.computeIfAbsent(BigEndian.u16(frame, 34) - 40_000, _ -> new ArrayList<>())
                            .add(BigEndian.u16(frame, 44));
                }
            });
            return arrivals;
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void activeBackupGoesOverTheOtherLinkWithinTwoSecondsAndUsesOneOnly(long seed) {
        var pair = new Pair(seed, BondPolicy.ACTIVE_BACKUP);
        for (int round = 0; round < 2; round++) {
            int used = pair.inUse(pair.ada, pair.bob);
            Ping ping = pair.lab.ping(pair.network, pair.ada, pair.bob, 400, 50);
            pair.lab.internet.runFor(5_000);
            pair.dead.add(used);
            pair.lab.internet.runFor(16_000);
            assertThat(ping.longestSilenceMillis()).as("%s %s", ping, pair.lab).isLessThan(2_000);
            assertThat(pair.ada.direct(pair.bob)).isTrue();
            assertThat(pair.inUse(pair.ada, pair.bob)).isNotEqualTo(used);
            assertThat(pair.ada.eventLog()).anyMatch(line -> line.contains("bond.failover peer=" + pair.bob.address()));
            pair.dead.clear();
            assertThat(pair.lab.internet.runUntil(
                            () -> Pair.bond(pair.ada, pair.bob).aliveLinks() == 2
                                    && Pair.bond(pair.bob, pair.ada).aliveLinks() == 2,
                            20_000))
                    .as("both links again, %s", pair.lab)
                    .isTrue();
            assertThat(pair.inUse(pair.ada, pair.bob)).as("it stays").isNotEqualTo(used);
        }
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void turnsUseBothLinksEvenly(long seed) {
        var pair = new Pair(seed, BondPolicy.BALANCE_RR);
        pair.flows(1, 1_280);
        pair.lab.internet.runFor(30_000);
        assertThat(pair.dataOver.get(0)).isBetween(560, 720);
        assertThat(pair.dataOver.get(1)).isBetween(560, 720);
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void flowsUseBothLinksAndEachStaysInOrderThoughOneLinkIsSlow(long seed) {
        for (BondPolicy policy : List.of(BondPolicy.BALANCE_XOR, BondPolicy.BALANCE_AWARE)) {
            var pair = new Pair(seed, policy);
            Map<Integer, List<Integer>> arrivals = pair.arrivals();
            pair.flows(40, 200);
            pair.lab.internet.runFor(6_000);
            assertThat(arrivals).as("%s", policy).hasSize(40);
            arrivals.forEach((flow, numbers) ->
                    assertThat(numbers).as("flow %d", flow).hasSize(200).isSorted());
            assertThat(pair.dataOver.get(0)).as("%s", policy).isBetween(2_000, 6_000);
            assertThat(pair.dataOver.get(1)).as("%s", policy).isBetween(2_000, 6_000);
            int flows = Pair.bond(pair.ada, pair.bob).links().stream()
                    .mapToInt(BondReport.Link::flows)
                    .sum();
            assertThat(flows).as("%s", policy).isBetween(35, 45);
            pair.lab.check();
        }
    }

    /** The numbers by which recordings are known stand in the order of sending, not of arrival. */
    @ParameterizedTest
    @MethodSource("seeds")
    void whatComesThousandsOfPacketsLateOverTheSlowLinkIsTaken(long seed) {
        var pair = new Pair(seed, BondPolicy.BALANCE_RR);
        Map<Integer, List<Integer>> arrivals = pair.arrivals();
        long to = Mac.derive(pair.bob.address().bits(), pair.network.bits());
        for (int millis = 0; millis < 100; millis++) {
            int first = millis * 200;
            pair.lab.internet.after(millis, () -> {
                for (int i = 0; i < 200; i++) {
                    pair.ada.stack(pair.network).send(to, IPV4, Pair.packet(0, first + i));
                }
            });
        }
        pair.lab.internet.runFor(1_000);
        assertThat(arrivals.get(0)).hasSize(20_000).doesNotHaveDuplicates();
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void broadcastLosesNothingWhenALinkDiesAndDeliversEachFrameOnce(long seed) {
        var pair = new Pair(seed, BondPolicy.BROADCAST);
        Map<Integer, List<Integer>> arrivals = pair.arrivals();
        pair.flows(1, 500);
        pair.lab.internet.after(5_000, () -> pair.dead.add(1));
        pair.lab.internet.runFor(12_000);
        assertThat(arrivals.get(0)).hasSize(500).isSorted();
        assertThat(pair.dataOver.get(0)).isEqualTo(500);
        assertThat(pair.dataOver.get(1)).isBetween(250, 400);
        assertThat(pair.bob.laneCount(DropReason.COPY)).isBetween(240L, 400L);
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void reportsTellTheLatencyAndJitterOfEachLink(long seed) {
        var pair = new Pair(seed, BondPolicy.BALANCE_RR);
        pair.flows(1, 2_000);
        pair.lab.internet.runFor(60_000);
        assertThat(Pair.bond(pair.ada, pair.bob).links())
                .hasSize(2)
                .allSatisfy(link -> assertThat(link.latencyMillis())
                        .as("%s", link)
                        .isCloseTo(10.0 + Pair.link(link.remote().ip()) * (double) SLOWER_MILLIS, within(2.0)));
        pair.wobbleMillis = 40;
        pair.flows(1, 2_000);
        pair.lab.internet.runFor(60_000);
        assertThat(Pair.bond(pair.ada, pair.bob).links())
                .allSatisfy(link -> assertThat(link.jitterMillis())
                        .as("%s", link)
                        .isBetween(
                                Pair.link(link.remote().ip()) * 5.0,
                                Pair.link(link.remote().ip()) * 25.0 + 1));
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aBondEndsWithItsSettingsAndWithTheTraffic(long seed) {
        var pair = new Pair(seed, BondPolicy.BALANCE_XOR);
        pair.ada.control((node, now) -> node.bonds().settings(BondSettings.NONE, now));
        assertThat(Objects.requireNonNull(pair.ada.peer(pair.bob)).bond()).isEmpty();
        Ping ping = pair.lab.ping(pair.network, pair.ada, pair.bob, 50, 50);
        pair.lab.internet.runFor(4_000);
        assertThat(ping.received()).isEqualTo(50);
        pair.lab.internet.runFor(600_000);
        PeerStatus left = pair.bob.peer(pair.ada);
        assertThat(left == null || left.bond().isEmpty()).isTrue();
        pair.lab.check();
    }
}
