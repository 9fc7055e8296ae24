// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.NetworkId;

/** Members whose tags differ may not talk to each other, and the tags change while they do. */
class TagChangeTest {
    private static final long INTERVAL_MILLIS = 20;

    /** From the controller to the member and on to its fellow. */
    private static final long REACHED_MILLIS = 1_000;

    static LongStream seeds() {
        return Lab.seeds(12, 13);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingPassesOnceTheyDifferAndNothingIsLostWhileTheyAreEqual(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, true);
        lab.controller.change(network, """
                {"rules":[{"type":"MATCH_ETHERTYPE","etherType":2054},{"type":"ACTION_ACCEPT"},
                          {"type":"MATCH_TAGS_DIFFERENCE","id":7,"value":0,"not":true},{"type":"ACTION_DROP"},
                          {"type":"ACTION_ACCEPT"}]}
                """);
        List<SimHost> members = lab.members(3);
        members.forEach(member -> tag(lab, network, member, 1));
        lab.join(network, members, 5_000);
        SimHost left = members.get(0);
        SimHost right = members.get(1);
        SimHost third = members.get(2);
        for (SimHost other : List.of(right, third)) {
            Ping first = lab.ping(network, left, other, 3, 1_000);
            lab.internet.runFor(4_000);
            assertThat(first.received()).as("%s", lab).isEqualTo(3);
        }

        Ping separated = lab.ping(network, left, right, 500, INTERVAL_MILLIS);
        Ping allowed = lab.ping(network, left, third, 1_000, INTERVAL_MILLIS);
        lab.internet.runFor(2_000);
        long changed = lab.internet.nowMillis();
        tag(lab, network, right, 2);
        lab.internet.runFor(10_000);
        assertThat(separated.received()).isGreaterThanOrEqualTo(95);
        assertThat(separated.lastReplyMillis() - changed).isLessThan(REACHED_MILLIS);

        tag(lab, network, right, 1);
        lab.internet.runFor(REACHED_MILLIS);
        Ping again = lab.ping(network, left, right, 100, INTERVAL_MILLIS);
        Ping back = lab.ping(network, right, left, 100, INTERVAL_MILLIS);
        lab.internet.runFor(12_000);
        assertThat(again.received()).as("%s", lab).isEqualTo(100);
        assertThat(back.received()).isEqualTo(100);
        assertThat(allowed.received()).as("others are not disturbed").isEqualTo(1_000);
        lab.check();
    }

    private static void tag(Lab lab, NetworkId network, SimHost member, int value) {
        lab.controller.change(network, member, "{\"tags\":[[7," + value + "]]}");
    }
}
