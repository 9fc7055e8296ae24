// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.NetworkId;

/** Wall clocks that somebody sets, and what nodes notice of it. */
class ClockTest {
    @Test
    void aNodesTimeFollowsForwardAndNeverGoesBack() {
        var clock = new Clock();
        assertThat(clock.millis(100)).isEqualTo(100);
        clock.set(1_000);
        assertThat(clock.millis(100)).as("too little to be a jump").isEqualTo(100);
        clock.set(9_000);
        assertThat(clock.millis(100)).isEqualTo(10_100);
        clock.set(-3_600_000);
        assertThat(clock.millis(101)).isEqualTo(10_101);
        clock.set(3_600_000);
        assertThat(clock.millis(102)).isEqualTo(10_102);
        clock.setAhead(5_000);
        assertThat(clock.millis(102)).isEqualTo(15_102);
    }

    @Test
    void membersWhoseClocksAreSetGoOnTalking() {
        var lab = new Lab(4, 2);
        NetworkId network = lab.controller.network(1, false);
        List<SimHost> members = lab.members(2);
        members.forEach(member -> lab.controller.authorize(network, member, true));
        lab.join(network, members, 2_000);
        Ping ping = lab.ping(network, members.get(0), members.get(1), 300, 100);
        lab.internet.after(5_000, () -> members.get(0).jumpClock(86_400_000));
        lab.internet.after(10_000, () -> members.get(0).jumpClock(-2 * 86_400_000L));
        lab.internet.after(15_000, () -> lab.roots.getFirst().jumpClock(3_600_000));
        lab.internet.after(20_000, () -> members.get(1).jumpClock(-3_600_000));
        lab.internet.runFor(32_000);
        assertThat(ping.longestSilenceMillis()).as("%s %s", ping, lab).isLessThan(2_000);
        assertThat(ping.received()).as("%s", ping).isGreaterThan(275);
        lab.check();
    }
}
