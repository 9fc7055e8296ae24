// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.Fragments;
import org.orrery.core.wire.PacketHeader;

/** Somebody records all that two members send each other and sends it again, from elsewhere and whenever it suits. */
@Tag("suites")
class ReplayTest {
    private static final Endpoint ELSEWHERE = new Endpoint(Ip.v4(99, 0, 0, 9), 4_444);

    /** Does not fit one datagram. */
    private static final int LONG_PING = 2_000;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Recording(SimHost to, Endpoint endpoint, byte[] bytes) {}

    private final List<Recording> recordings = new ArrayList<>();
    private long delivered;

    static LongStream seeds() {
        return Lab.seeds(31, 32, 33);
    }

    /** Two members, who met. */
    private final class Pair {
        final Lab lab;
        final NetworkId network;
        final SimHost ada;
        final SimHost bob;

        Pair(long seed) {
            lab = new Lab(seed, 1);
            network = lab.controller.network(1, true);
            List<SimHost> members = lab.members(2);
            ada = members.get(0);
            bob = members.get(1);
            lab.internet.tap((from, source, destination, bytes) -> {
                SimHost to = lab.internet.at(destination.ip());
                if (to != null && (to == ada || to == bob)) {
                    recordings.add(new Recording(to, destination, bytes.clone()));
                }
            });
            lab.internet.watch((to, id, frame) -> delivered++);
            lab.join(network, members, 2_000);
            talk(10);
            lab.internet.runFor(3_000);
        }

        /** Everybody speaks, in short and long packets; answers how many replies are missing. */
        int talk(int count) {
            List<Ping> pings = List.of(
                    lab.ping(network, ada, bob, count, 7),
                    lab.ping(network, bob, ada, count, 11),
                    ada.stack(network).ping(bob.stack(network).address(false), count, 13, LONG_PING));
            lab.internet.runFor(count * 13L + 2_000);
            return 3 * count - pings.stream().mapToInt(Ping::received).sum();
        }

        long refused() {
            return refused(ada) + refused(bob);
        }

        private static long refused(SimHost host) {
            return host.isOn() ? host.laneCount(DropReason.REPLAYED) + host.controlCount(DropReason.REPLAYED) : 0;
        }

        /** All that was recorded so far comes again; no frame of it may reach anybody. */
        void replay(SimHost to) {
            List<Recording> again = List.copyOf(recordings);
            long before = delivered;
            for (Recording each : again) {
                if (each.to == to) {
                    lab.internet.inject(ELSEWHERE, to, each.endpoint, each.bytes.clone());
                }
            }
            lab.internet.runFor(3_000);
            assertThat(delivered - before).as("frames of recordings, %s", lab).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void refusesAllThatComesAgainAndNothingThatIsNew(long seed) {
        var pair = new Pair(seed);
        long before = pair.refused();
        pair.lab.internet.weather(Link.GOOD.jitter(40));
        assertThat(pair.talk(300)).isZero();
        assertThat(pair.refused() - before).as("genuine ones").isZero();
        pair.replay(pair.ada);
        pair.replay(pair.bob);
        assertThat(pair.refused() - before).isGreaterThan(900);
        int suite = Boolean.parseBoolean(System.getProperty("orrery.crypto.vector", "true"))
                ? PacketCipher.SUITE_SALSA
                : PacketCipher.SUITE_AES;
        assertThat(recordings.stream()
                        .filter(each -> each.bytes[Fragments.INDICATOR_OFFSET] != (byte) Fragments.INDICATOR
                                && PacketHeader.suite(each.bytes, 0) == suite)
                        .count())
                .as("under suite %d", suite)
                .isGreaterThan(900);
        assertThat(requireNonNull(pair.bob.peer(pair.ada)).paths())
                .as("no path led to who sent them")
                .noneMatch(path -> path.remote().equals(ELSEWHERE));
        assertThat(pair.talk(50)).isZero();
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void ignoresCopiesThatTheNetworkMakes(long seed) {
        var pair = new Pair(seed);
        pair.lab.internet.weather(Link.GOOD.jitter(20).duplication(0.5));
        long before = delivered;
        assertThat(pair.talk(100)).isZero();
        assertThat(delivered - before).isLessThanOrEqualTo(600 + 50); // each way once, and some ARP
        assertThat(pair.refused()).isGreaterThan(150);
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aSenderThatBeginsAnewIsHeardAndItsFormerPacketsAreNot(long seed) {
        var pair = new Pair(seed);
        pair.talk(50);
        pair.bob.stop();
        pair.lab.internet.runFor(1_000);
        pair.replay(pair.ada);
        pair.bob.start();
        pair.lab.internet.runFor(2_000);
        long before = pair.refused();
        assertThat(pair.talk(50)).isZero();
        assertThat(pair.refused() - before).as("genuine ones").isZero();
        pair.replay(pair.ada);
        assertThat(pair.refused() - before).isGreaterThan(100);
        assertThat(pair.talk(50)).isZero();
        pair.lab.check();
    }

    /** Nobody is there to say what is old: nothing is taken. */
    @ParameterizedTest
    @MethodSource("seeds")
    void aReceiverThatBeginsAnewTakesNoRecordingsEvenIfTheirSenderIsAway(long seed) {
        var pair = new Pair(seed);
        pair.talk(50);
        pair.lab.internet.runFor(5_000); // it keeps whom it reached
        pair.bob.stop();
        pair.ada.stop();
        pair.lab.internet.runFor(1_000);
        pair.ada.start();
        pair.lab.internet.runFor(1_000);
        pair.replay(pair.ada);
        pair.bob.start();
        pair.lab.internet.runFor(2_000);
        assertThat(pair.talk(50)).isZero();
        pair.replay(pair.ada);
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aReceiverThatBeginsAnewLearnsWhatIsOldFromItsSender(long seed) {
        var pair = new Pair(seed);
        pair.talk(50);
        pair.lab.internet.runFor(5_000);
        pair.ada.stop();
        pair.lab.internet.runFor(1_000);
        pair.ada.start();
        pair.lab.internet.runFor(1_000);
        pair.replay(pair.ada);
        assertThat(pair.talk(50)).isZero();
        pair.replay(pair.ada);
        pair.lab.check();
    }

    /** The answer that settles it is among thousands of packets that are in doubt until then. */
    @ParameterizedTest
    @MethodSource("seeds")
    void aReceiverThatBeginsAnewIsBackAtOnceHoweverMuchComes(long seed) {
        var pair = new Pair(seed);
        pair.lab.internet.weather(Link.GOOD.delay(40));
        pair.lab.internet.runFor(5_000);
        List<Ping> streams = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            streams.add(pair.lab.ping(pair.network, pair.bob, pair.ada, 5_000, 1));
        }
        pair.lab.internet.runFor(1_000);
        pair.ada.stop();
        pair.lab.internet.runFor(1_000);
        pair.ada.start();
        pair.lab.internet.runFor(6_000);
        for (Ping stream : streams) {
            assertThat(stream.longestSilenceMillis()).as("%s", pair.lab).isLessThan(1_400);
        }
        pair.lab.check();
    }

    /** Whoever is reached over a root alone is remembered, too. */
    @ParameterizedTest
    @MethodSource("seeds")
    void recordingsOfARelayedPeerAreRefusedAfterARestart(long seed) {
        var pair = new Pair(seed);
        pair.lab.internet.cut((from, to) -> from == pair.ada && to == pair.bob || from == pair.bob && to == pair.ada);
        pair.talk(300); // until the dead path is noticed
        recordings.clear();
        assertThat(pair.talk(50)).isZero();
        pair.lab.internet.runFor(5_000);
        pair.ada.stop();
        pair.lab.internet.runFor(1_000);
        pair.ada.start();
        pair.lab.internet.runFor(500);
        pair.replay(pair.ada);
        assertThat(pair.talk(50)).as("while they ask each other").isLessThan(50);
        assertThat(pair.talk(50)).isZero();
        pair.replay(pair.ada);
        pair.lab.check();
    }

    /** As if there had been nothing for hours: no memory of what came may be too short. */
    @ParameterizedTest
    @MethodSource("seeds")
    void oldRecordingsAreRefusedAsLongAsBothKnowEachOther(long seed) {
        var pair = new Pair(seed);
        pair.talk(30);
        List<Recording> old = List.copyOf(recordings);
        recordings.clear();
        pair.talk(1_500);
        recordings.clear();
        recordings.addAll(old);
        pair.replay(pair.ada);
        pair.replay(pair.bob);
        pair.lab.check();
    }
}
