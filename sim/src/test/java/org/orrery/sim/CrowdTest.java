// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.NetworkId;

class CrowdTest {
    private static final int MEMBERS = 200;
    private static final int PAIRS = 2_000;

    static LongStream seeds() {
        return Lab.seeds(8);
    }

    /** A ring, so that everybody is reached, and random pairs. */
    @ParameterizedTest
    @MethodSource("seeds")
    void twoHundredMembersReachEachOther(long seed) {
        var lab = new Lab(seed, 2);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(MEMBERS);
        lab.join(network, members, 5_000);
        lab.internet.runFor(1_000);
        var random = new SplittableRandom(seed);
        List<Ping> pings = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            SimHost from = members.get(i % MEMBERS);
            SimHost to = members.get(i < MEMBERS ? (i + 1) % MEMBERS : (i + 1 + random.nextInt(MEMBERS - 1)) % MEMBERS);
            pings.add(lab.ping(network, from, to, 3, 1_000));
            lab.internet.runFor(5);
        }
        lab.internet.runFor(6_000);
        assertThat(pings.stream().filter(ping -> ping.received() == 0).toList()).isEmpty();
        long firstSecond = pings.stream()
                .filter(ping -> ping.roundTrips().getFirst() <= 1_000)
                .count();
        assertThat(firstSecond).as("answered within a second").isGreaterThan(PAIRS * 95 / 100);
        lab.check();
    }

    /** {@code -Dorrery.sim.crowd=1000} for as many as there may be. */
    @ParameterizedTest
    @MethodSource("seeds")
    void aCrowdMeshesInBoundedTimeAndMemory(long seed) {
        int nodes = Integer.getInteger("orrery.sim.crowd", 100);
        Crowd.Report report = Crowd.run(seed, nodes, 10, _ -> {});
        System.out.println(report);
        assertThat(report.faults()).isEmpty();
        assertThat(report.answered()).isEqualTo(report.pairs());
        assertThat(report.direct()).isEqualTo(report.pairs());
        assertThat(report.joinMillis()).isLessThan(nodes * 5L + 5_000);
        assertThat(report.meshMillis()).isLessThan(10_000);
        assertThat(report.heapBytesPerNode()).isLessThan(1_000_000);
    }
}
