// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.NetworkId;

/** Nodes on links that lose, double and reorder datagrams. */
class BadWeatherTest {
    static LongStream seeds() {
        return Lab.seeds(3, 21, 77);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nodesMeetAndTalkWhileAFifthOfAllDatagramsIsLost(long seed) {
        var lab = new Lab(seed, 1);
        lab.internet.weather(Link.GOOD.loss(0.2));
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(4);
        lab.join(network, members, 20_000);
        for (SimHost from : members) {
            for (SimHost to : members) {
                if (from != to) {
                    lab.ping(network, from, to, 3, 200);
                }
            }
        }
        lab.internet.runFor(10_000);
        Ping ping = lab.ping(network, members.get(0), members.get(3), 500, 100);
        lab.internet.runFor(52_000);
        // 0.8 * 0.8 of the requests and replies arrive on direct paths, less over the root.
        assertThat(ping.received()).as("%s %s", ping, lab).isBetween(280, 360);
        assertThat(members.get(0).direct(members.get(3))).isTrue();
        lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void doubledAndReorderedDatagramsDoNoHarm(long seed) {
        var lab = new Lab(seed, 2);
        lab.internet.weather(Link.GOOD.duplication(0.3).jitter(30));
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(3);
        lab.join(network, members, 3_000);
        Ping small = lab.ping(network, members.get(0), members.get(1), 200, 50);
        Ping inPieces =
                members.get(1).stack(network).ping(members.get(2).stack(network).address(true), 200, 50, 2_600);
        lab.internet.runFor(15_000);
        assertThat(small.received()).as("%s %s", small, lab).isEqualTo(200);
        assertThat(inPieces.received()).as("%s %s", inPieces, lab).isEqualTo(200);
        assertThat(small.duplicates()).as("packets that come again are refused").isZero();
        lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aPartitionHeals(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(4);
        lab.join(network, members, 2_000);
        SimHost left = members.get(0);
        SimHost right = members.get(3);
        Ping before = lab.ping(network, left, right, 20, 100);
        lab.internet.runFor(3_000);
        assertThat(before.received()).as("%s", before).isEqualTo(20);

        // The root and the controller stay with the left side.
        List<SimHost> others = List.of(members.get(2), right);
        VirtualInternet.Cut cut = lab.internet.cut((a, b) -> others.contains(a) && !others.contains(b));
        Ping during = lab.ping(network, left, right, 100, 1_000);
        Ping inside = lab.ping(network, members.get(2), right, 100, 1_000);
        lab.internet.runFor(120_000);
        assertThat(during.received()).isZero();
        // The two have never talked before and there is no root to introduce them; that is how it is.
        assertThat(inside.sent()).isEqualTo(100);

        cut.heal();
        Ping after = lab.ping(network, left, right, 60, 500);
        Ping acrossToo = lab.ping(network, members.get(2), right, 60, 500);
        lab.internet.runFor(32_000);
        assertThat(after.received()).as("%s %s", after, lab).isGreaterThanOrEqualTo(40);
        assertThat(acrossToo.received()).as("%s %s", acrossToo, lab).isGreaterThanOrEqualTo(40);
        assertThat(left.direct(right)).isTrue();
        lab.check();
    }
}
