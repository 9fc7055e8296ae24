// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;

/** What others know of a node is wrong after an outage; how long that lasts once the outage is over. */
class ComebackTest {
    static LongStream seeds() {
        return Lab.seeds(21, 22);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void rootsFindAMemberAgainWhoseRouterForgotIt(long seed) {
        var lab = new Lab(seed, 2);
        NetworkId network = lab.controller.network(1, true);
        List<Nat> routers = new ArrayList<>();
        List<SimHost> members = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Nat router = lab.internet.nat("router" + i, Ip.v4(80, i, 0, 1), NatKind.SYMMETRIC);
            routers.add(router);
            SimHost member = lab.memberBehind(i + 1, router, Ip.v4(192, 168, 1, 4));
            member.start();
            members.add(member);
        }
        lab.join(network, members, 5_000);
        Ping out = lab.ping(network, members.get(0), members.get(1), 400, 50);
        Ping in = lab.ping(network, members.get(1), members.get(0), 400, 50);
        lab.internet.runFor(5_000);
        routers.get(1).restart();
        lab.internet.runFor(16_000);
        for (Ping ping : List.of(out, in)) {
            assertThat(ping.longestSilenceMillis()).as("%s %s", ping, lab).isLessThan(3_000);
            assertThat(ping.received()).as("%s", ping).isGreaterThan(330);
        }
        lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whoMeetsALaterCertificateAsksForOneOfItsOwn(long seed) {
        var lab = new Lab(seed, 2);
        NetworkId network = lab.controller.network(1, false);
        List<SimHost> members = lab.members(2);
        members.forEach(member -> lab.controller.authorize(network, member, true));
        lab.join(network, members, 5_000);
        lab.ping(network, members.get(0), members.get(1), 20, 100);
        lab.internet.runFor(5_000);
        // Only one of the two gets a certificate of the controller's new time.
        VirtualInternet.Cut cut = lab.internet.cut((a, b) -> a == lab.controllerHost && b != members.get(0));
        lab.controllerHost.advanceClock(2_000_000);
        members.get(0).control((node, now) -> node.refresh(network, now));
        lab.internet.runFor(2_000);
        cut.heal();
        Ping ping = lab.ping(network, members.get(0), members.get(1), 100, 100);
        lab.internet.runFor(12_000);
        assertThat(ping.longestSilenceMillis()).as("%s %s", ping, lab).isLessThan(2_000);
        assertThat(ping.received()).as("%s", ping).isGreaterThan(80);
        lab.check();
    }
}
