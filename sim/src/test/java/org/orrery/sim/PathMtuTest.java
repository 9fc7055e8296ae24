// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.NetworkId;

/** Ways that lose long datagrams without a word. */
class PathMtuTest {
    /** The longest frame of the network: two datagrams of nearly the usual length. */
    private static final int PING_BYTES = 2_800 - 28;

    static LongStream seeds() {
        return Lab.seeds(31, 32);
    }

    private static final class Pair {
        final Lab lab;
        final NetworkId network;
        final SimHost ada;
        final SimHost bob;
        int longest;

        Pair(long seed) {
            lab = new Lab(seed, 2);
            network = lab.controller.network(1, true);
            List<SimHost> members = lab.members(2);
            ada = members.get(0);
            bob = members.get(1);
            lab.join(network, members, 5_000);
            lab.internet.tap((from, source, destination, bytes) -> {
                if (from == ada) {
                    longest = Math.max(longest, bytes.length);
                }
            });
        }

        Ping ping(int count) {
            return ada.stack(network).ping(bob.stack(network).address(false), count, 50, PING_BYTES);
        }

        void blackHole(int bytes) {
            lab.internet.weather((from, to) ->
                    from == ada && to == bob || from == bob && to == ada ? Link.GOOD.mtu(bytes) : Link.GOOD);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aBlackHoleOnALivePathIsLeftWithinSecondsAndLongDatagramsAreUsedAgain(long seed) {
        for (int bytes : new int[] {1_400, 1_252, 600}) {
            var pair = new Pair(seed);
            Ping before = pair.ping(40);
            pair.lab.internet.runFor(4_000);
            assertThat(before.received()).as("%s", before).isEqualTo(40);
            assertThat(pair.ada.direct(pair.bob)).isTrue();

            pair.blackHole(bytes);
            Ping during = pair.ping(600);
            pair.lab.internet.runFor(32_000);
            assertThat(during.longestSilenceMillis())
                    .as("%s %s", during, pair.lab)
                    .isLessThan(1_000);
            assertThat(during.sent() - during.received())
                    .as("lost of 20 a second until it was noticed: %s", during)
                    .isBetween(10, 110);
            assertThat(pair.ada.direct(pair.bob)).as("%s", pair.lab).isTrue();
            assertThat(pair.ada.eventLog()).anyMatch(line -> line.contains("path.mtu"));

            pair.blackHole(1_472);
            pair.ping(2_400);
            pair.lab.internet.runFor(100_000);
            pair.longest = 0;
            Ping after = pair.ping(40);
            pair.lab.internet.runFor(2_500);
            assertThat(after.received()).isEqualTo(40);
            assertThat(pair.longest).as("%s", pair.ada.eventLog()).isGreaterThan(1_400);
            pair.lab.check();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aPathThatNeverCarriedLongDatagramsCarriesLongFramesAfterASecondOrTwo(long seed) {
        var pair = new Pair(seed);
        pair.blackHole(1_252);
        Ping ping = pair.ping(200);
        pair.lab.internet.runFor(14_000);
        assertThat(ping.sent() - ping.received()).as("%s %s", ping, pair.lab).isLessThan(60);
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theWayOverARootIsMeasuredToItsEnd(long seed) {
        var pair = new Pair(seed);
        pair.lab.cut(pair.ada, pair.bob);
        pair.lab.internet.weather((from, to) -> from == pair.bob || to == pair.bob ? Link.GOOD.mtu(1_252) : Link.GOOD);
        Ping ping = pair.ping(400);
        pair.lab.internet.runFor(24_000);
        assertThat(pair.ada.direct(pair.bob)).isFalse();
        assertThat(ping.sent() - ping.received()).as("%s %s", ping, pair.lab).isLessThan(120);
        assertThat(ping.longestSilenceMillis()).as("%s %s", ping, pair.lab).isLessThan(1_000);
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void lossAloneLeavesLongDatagramsInUse(long seed) {
        var pair = new Pair(seed);
        pair.lab.internet.weather(Link.GOOD.loss(0.02).jitter(30));
        pair.ping(2_400);
        pair.lab.internet.runFor(122_000);
        assertThat(pair.ada.eventLog()).noneMatch(line -> line.contains("path.mtu"));
        pair.lab.check();
    }
}
