// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.NetworkId;

/** A member is removed whose controller reaches only one other: they tell each other. */
class RevocationTest {
    private static final int MEMBERS = 500;

    /** Everybody knows the next member and the one this far on, so that word travels some ten steps and more. */
    private static final int CHORD = 22;

    private static final long LIMIT_MILLIS = 2_000;

    static LongStream seeds() {
        return Lab.seeds(31);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void allRefuseAMemberOfWhoseRemovalOnlyOneWasTold(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, false);
        List<SimHost> members = lab.members(MEMBERS);
        members.forEach(member -> lab.controller.authorize(network, member, true));
        lab.join(network, members, 15_000);
        lab.internet.runFor(1_000);
        SimHost guest = members.getFirst();
        SimHost friend = members.get(MEMBERS / 2);
        List<SimHost> others = members.subList(1, MEMBERS);
        List<Ping> acquainted = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            acquainted.add(lab.ping(network, members.get(i), members.get((i + 1) % MEMBERS), 2, 1_000));
            acquainted.add(lab.ping(network, members.get(i), members.get((i + CHORD) % MEMBERS), 2, 1_000));
            lab.internet.runFor(2);
        }
        lab.internet.runFor(5_000);
        assertThat(acquainted).allMatch(ping -> ping.received() > 0);

        lab.internet.cut((a, b) -> a == lab.controllerHost && b != friend);
        lab.controller.authorize(network, guest, false);
        lab.internet.runFor(LIMIT_MILLIS);

        List<Ping> refused = new ArrayList<>();
        for (SimHost other : others) {
            refused.add(lab.ping(network, guest, other, 1, 1_000));
        }
        lab.internet.runFor(4_000);
        assertThat(refused).allMatch(ping -> ping.received() == 0);
        for (SimHost other : others) {
            assertThat(other.eventLog())
                    .as("%s", other)
                    .anyMatch(
                            line -> line.endsWith("member.revoked network=" + network + " member=" + guest.address()));
        }
        Ping between = lab.ping(network, friend, members.get(MEMBERS / 2 + 1), 3, 100);
        lab.internet.runFor(1_000);
        assertThat(between.received()).isEqualTo(3);
        lab.check();
    }
}
