// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.value.NetworkId;

class PrivateNetworkTest {
    static LongStream seeds() {
        return Lab.seeds(5, 55);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void refusesThenAdmitsThenCutsOffWithinFiveSeconds(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, false);
        List<SimHost> members = lab.members(4);
        SimHost guest = members.get(0);
        members.forEach(member -> member.join(network));
        lab.internet.runFor(3_000);
        assertThat(members)
                .allMatch(member -> member.state(network) == NetworkStatus.State.ACCESS_DENIED)
                .noneMatch(member -> member.configured(network));

        members.forEach(member -> lab.controller.authorize(network, member, true));
        assertThat(lab.internet.runUntil(() -> members.stream().allMatch(member -> member.configured(network)), 3_000))
                .as("%s", lab)
                .isTrue();
        for (SimHost member : members.subList(1, 4)) {
            Ping ping = lab.ping(network, guest, member, 10, 100);
            lab.internet.runFor(3_000);
            assertThat(ping.received()).as("%s %s", ping, lab).isEqualTo(10);
        }

        lab.controller.authorize(network, guest, false);
        lab.internet.runFor(5_000);
        for (SimHost member : members.subList(1, 4)) {
            Ping to = lab.ping(network, member, guest, 20, 100);
            Ping from = lab.ping(network, guest, member, 20, 100);
            lab.internet.runFor(4_000);
            assertThat(to.received()).as("%s %s", to, lab).isZero();
            assertThat(from.received()).as("%s %s", from, lab).isZero();
        }
        Ping others = lab.ping(network, members.get(1), members.get(2), 10, 100);
        lab.internet.runFor(3_000);
        assertThat(others.received()).as("%s", others).isEqualTo(10);

        lab.internet.runFor(70_000);
        assertThat(guest.state(network)).isEqualTo(NetworkStatus.State.ACCESS_DENIED);

        lab.controller.authorize(network, guest, true);
        lab.internet.runFor(6_000);
        Ping back = lab.ping(network, guest, members.get(1), 10, 100);
        lab.internet.runFor(4_000);
        assertThat(back.received()).as("%s %s", back, lab).isEqualTo(10);
        lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void keepsStrangersOutWhoKnowItsMembers(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, false);
        List<SimHost> members = lab.members(3);
        SimHost stranger = members.get(2);
        lab.controller.authorize(network, members.get(0), true);
        lab.controller.authorize(network, members.get(1), true);
        lab.join(network, members.subList(0, 2), 2_000);
        Ping inside = lab.ping(network, members.get(0), members.get(1), 5, 100);
        lab.internet.runFor(2_000);
        assertThat(inside.received()).isEqualTo(5);

        stranger.join(network);
        lab.internet.runFor(10_000);
        long before = members.get(0).stack(network).received();
        lab.internet.runFor(5_000);
        assertThat(stranger.configured(network)).isFalse();
        assertThat(members.get(0).stack(network).received()).isEqualTo(before);
        lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void itsControllerMayBeAMemberLikeAnyOther(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, false);
        List<SimHost> members = lab.members(2);
        SimHost host = lab.controllerHost;
        host.join(network);
        lab.internet.runFor(2_500);
        assertThat(host.state(network)).isEqualTo(NetworkStatus.State.ACCESS_DENIED);
        lab.controller.authorize(network, host, true);
        members.forEach(member -> lab.controller.authorize(network, member, true));
        lab.join(network, List.of(host, members.get(0), members.get(1)), 5_000);
        Ping to = lab.ping(network, members.get(0), host, 10, 100);
        Ping from = lab.ping(network, host, members.get(1), 10, 100);
        lab.internet.runFor(3_000);
        assertThat(to.received()).as("%s %s", to, lab).isEqualTo(10);
        assertThat(from.received()).as("%s %s", from, lab).isEqualTo(10);

        lab.controller.authorize(network, members.get(0), false);
        lab.internet.runFor(5_000);
        Ping revoked = lab.ping(network, members.get(0), host, 10, 100);
        lab.internet.runFor(3_000);
        assertThat(revoked.received()).as("%s %s", revoked, lab).isZero();
        lab.check();
    }
}
