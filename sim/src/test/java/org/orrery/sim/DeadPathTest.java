// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.NetworkId;

/** The direct path between two members stops working, one way or both, and works again; and when it does not stop. */
class DeadPathTest {
    static LongStream seeds() {
        return Lab.seeds(5, 55);
    }

    /** Two members that talk directly. */
    private static final class Pair {
        final Lab lab;
        final NetworkId network;
        final SimHost ada;
        final SimHost bob;

        Pair(long seed, int roots) {
            lab = new Lab(seed, roots);
            network = lab.controller.network(1, true);
            List<SimHost> members = lab.members(2);
            ada = members.get(0);
            bob = members.get(1);
            lab.join(network, members, 2_000);
            Ping meet = lab.ping(network, ada, bob, 30, 100);
            lab.internet.runFor(5_000);
            assertThat(meet.received()).isEqualTo(30);
            assertThat(ada.direct(bob) && bob.direct(ada)).as("%s", lab).isTrue();
        }

        boolean direct() {
            return ada.direct(bob) && bob.direct(ada);
        }

        long failures() {
            return lab.internet.hosts().stream()
                    .flatMap(host -> host.eventLog().stream())
                    .filter(line -> line.contains("path.failed"))
                    .count();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void trafficGoesOverTheRootWithinThreeSecondsAndDirectlyWithinThirtyOfTheReturn(long seed) {
        for (double loss : new double[] {0, 0.02}) {
            var pair = new Pair(seed, 1);
            pair.lab.internet.weather(Link.GOOD.loss(loss));
            VirtualInternet.Cut cut = pair.lab.cut(pair.ada, pair.bob);
            Ping during = pair.lab.ping(pair.network, pair.ada, pair.bob, 1_200, 50);
            pair.lab.internet.runFor(60_000);
            assertThat(during.firstReplyMillis() - pair.lab.internet.nowMillis() + 60_000)
                    .as("%s %s", during, pair.lab)
                    .isBetween(0L, 3_000L);
            assertThat(during.longestSilenceMillis()).as("%s", during).isLessThan(1_000);
            assertThat(pair.direct()).isFalse();
            cut.heal();
            Ping after = pair.lab.ping(pair.network, pair.ada, pair.bob, 600, 50);
            assertThat(pair.lab.internet.runUntil(pair::direct, 30_000))
                    .as("direct again, %s", pair.lab)
                    .isTrue();
            pair.lab.internet.runFor(35_000);
            assertThat(after.longestSilenceMillis()).as("%s", after).isLessThan(1_000);
            pair.lab.check();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aPathThatWorksOneWayOnlyIsLeft(long seed) {
        var pair = new Pair(seed, 1);
        pair.lab.internet.weather((from, to) -> from == pair.ada && to == pair.bob ? Link.GOOD.loss(1) : Link.GOOD);
        Ping ping = pair.lab.ping(pair.network, pair.ada, pair.bob, 600, 100);
        pair.lab.internet.runFor(61_000);
        assertThat(ping.received()).as("%s %s", ping, pair.lab).isGreaterThan(600 - 110);
        assertThat(pair.ada.direct(pair.bob)).isFalse();
        pair.lab.internet.weather(Link.GOOD);
        Ping after = pair.lab.ping(pair.network, pair.ada, pair.bob, 300, 100);
        assertThat(pair.lab.internet.runUntil(pair::direct, 30_000)).isTrue();
        pair.lab.internet.runFor(31_000);
        assertThat(after.received()).as("%s", after).isEqualTo(300);
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aPathThatOnlySendsIsNotTakenForDead(long seed) {
        var pair = new Pair(seed, 1);
        pair.lab.internet.weather(Link.GOOD.loss(0.02).jitter(20));
        long to = Mac.derive(pair.bob.address().bits(), pair.network.bits());
        for (int i = 0; i < 6_000; i++) {
            pair.lab.internet.after(i * 20L, () -> pair.ada.stack(pair.network).send(to, 0x88b5, new byte[200]));
        }
        long before = pair.bob.datagrams();
        long asked = pair.ada.datagrams();
        pair.lab.internet.runFor(121_000);
        assertThat(pair.bob.datagrams() - before).isGreaterThan(5_700);
        assertThat(pair.failures()).as("%s", pair.lab).isZero();
        assertThat(pair.ada.datagrams() - asked)
                .as("answers to questions about the path, and little else")
                .isLessThan(500);
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void lossAloneLeavesThePathInUse(long seed) {
        var pair = new Pair(seed, 1);
        pair.lab.internet.weather(Link.GOOD.loss(0.1).jitter(40));
        Ping ping = pair.lab.ping(pair.network, pair.ada, pair.bob, 3_000, 40);
        pair.lab.internet.runFor(121_000);
        assertThat(ping.received()).isGreaterThan(2_300);
        assertThat(pair.failures()).as("%s", pair.lab).isZero();
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void relayedTrafficGoesOverAnotherRootWithinTwoSeconds(long seed) {
        var pair = new Pair(seed, 3);
        pair.lab.cut(pair.ada, pair.bob);
        pair.lab.internet.runFor(5_000);
        for (int i = 0; i < 3; i++) {
            Ping ping = pair.lab.ping(pair.network, pair.ada, pair.bob, 400, 50);
            pair.lab.internet.runFor(8_000);
            SimHost dying = pair.lab.roots.get(i);
            dying.stop();
            pair.lab.internet.runFor(13_000);
            assertThat(ping.longestSilenceMillis()).as("%s %s", ping, pair.lab).isLessThan(2_000);
            assertThat(ping.lastReplyMillis()).isGreaterThan(pair.lab.internet.nowMillis() - 2_000);
            dying.start();
            pair.lab.internet.runFor(10_000);
        }
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aMemberThatMovedIsReachedWithinTwoSeconds(long seed) {
        var pair = new Pair(seed, 1);
        Ping ping = pair.lab.ping(pair.network, pair.bob, pair.ada, 400, 50);
        pair.lab.internet.runFor(5_000);
        pair.ada.move(List.of(Ip.v4(71, 2, 3, 4)));
        pair.lab.internet.runFor(16_000);
        assertThat(ping.longestSilenceMillis()).as("%s %s", ping, pair.lab).isLessThan(2_000);
        assertThat(ping.received()).isGreaterThan(355);
        assertThat(pair.direct()).isTrue();
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aMemberThatSleptIsReachedWithinTwoSecondsOfWaking(long seed) {
        var pair = new Pair(seed, 1);
        pair.ada.sleep();
        Ping during = pair.lab.ping(pair.network, pair.bob, pair.ada, 600, 100);
        pair.lab.internet.runFor(60_000);
        assertThat(during.received()).isZero();
        Ping after = pair.lab.ping(pair.network, pair.bob, pair.ada, 100, 100);
        pair.ada.wake();
        pair.lab.internet.runFor(11_000);
        assertThat(after.received()).as("%s %s", after, pair.lab).isGreaterThan(80);
        assertThat(pair.lab.internet.runUntil(pair::direct, 5_000)).isTrue();
        pair.lab.check();
    }
}
