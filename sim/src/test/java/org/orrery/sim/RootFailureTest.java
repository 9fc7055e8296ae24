// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.NetworkId;

class RootFailureTest {
    static LongStream seeds() {
        return Lab.seeds(4, 44);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void directTrafficSurvivesARestartOfTheRootAndNewcomersJoinAfterwards(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(2);
        lab.join(network, members, 1_500);
        Ping meet = lab.ping(network, members.get(0), members.get(1), 5, 100);
        lab.internet.runFor(3_000);
        assertThat(meet.received()).isEqualTo(5);

        SimHost root = lab.roots.getFirst();
        root.stop();
        Ping without = lab.ping(network, members.get(0), members.get(1), 60, 1_000);
        lab.internet.runFor(61_000);
        assertThat(without.received()).as("%s", without).isEqualTo(60);

        root.start();
        lab.internet.runFor(10_000);
        SimHost newcomer = lab.member(9);
        newcomer.start();
        lab.join(network, List.of(newcomer), 5_000);
        Ping late = lab.ping(network, newcomer, members.get(0), 20, 200);
        lab.internet.runFor(8_000);
        assertThat(late.received()).as("%s %s", late, lab).isEqualTo(20);
        assertThat(members)
                .allMatch(member -> member.node()
                        .status(java.util.Map.of(), lab.internet.nowMillis())
                        .online());
        lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void relayedTrafficMovesToTheOtherRootWhenOneDies(long seed) {
        var lab = new Lab(seed, 2);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(2);
        SimHost ada = members.get(0);
        SimHost bob = members.get(1);
        lab.cut(ada, bob);
        lab.join(network, members, 2_000);
        Ping before = lab.ping(network, ada, bob, 50, 100);
        lab.internet.runFor(8_000);
        assertThat(before.received()).as("%s %s", before, lab).isEqualTo(50);
        for (SimHost dying : lab.roots) {
            dying.stop();
            Ping during = lab.ping(network, ada, bob, 120, 500);
            lab.internet.runFor(61_000);
            long lastAnswer = during.lastReplyMillis();
            assertThat(lab.internet.nowMillis() - lastAnswer)
                    .as("still answered at the end, %s %s", during, lab)
                    .isLessThan(3_000);
            assertThat(during.received())
                    .as("less than 20 s lost, %s %s", during, lab)
                    .isGreaterThanOrEqualTo(80);
            dying.start();
            lab.internet.runFor(15_000);
        }
        lab.check();
    }
}
