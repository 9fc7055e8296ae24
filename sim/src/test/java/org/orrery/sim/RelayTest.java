// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl1.RelayPolicy;
import org.orrery.core.wire.WireReader;

class RelayTest {
    static LongStream seeds() {
        return Lab.seeds(2, 11);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void carriesTrafficUntilADirectPathOpensAndAgainWhenItCloses(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(2);
        SimHost ada = members.get(0);
        SimHost bob = members.get(1);
        SimHost root = lab.roots.getFirst();
        VirtualInternet.Cut cut = lab.cut(ada, bob);
        lab.join(network, members, 1_500);

        Ping relayed = lab.ping(network, ada, bob, 200, 100);
        lab.internet.runFor(20_500);
        assertThat(relayed.received()).as("%s %s", relayed, lab).isEqualTo(200);
        assertThat(relayed.roundTrips().getLast())
                .as("twice the way over the root")
                .isEqualTo(40);
        assertThat(ada.direct(bob)).isFalse();
        assertThat(Objects.requireNonNull(ada.peer(bob)).relayedBecause()).contains("tried");
        assertThat(root.laneCount(DropReason.RELAYED)).isGreaterThanOrEqualTo(400);

        cut.heal();
        Ping becomesDirect = lab.ping(network, ada, bob, 400, 100);
        assertThat(lab.internet.runUntil(() -> ada.direct(bob) && bob.direct(ada), 31_000))
                .as("%s", lab)
                .isTrue();
        lab.internet.runFor(41_000);
        assertThat(becomesDirect.received()).as("%s", becomesDirect).isEqualTo(400);
        assertThat(becomesDirect.roundTrips().getLast()).isEqualTo(20);
        assertThat(Objects.requireNonNull(ada.peer(bob)).relayedBecause()).isEmpty();

        lab.cut(ada, bob);
        lab.internet.runUntil(() -> !ada.direct(bob) && !bob.direct(ada), 20_000);
        Ping relayedAgain = lab.ping(network, ada, bob, 10, 100);
        lab.internet.runFor(2_000);
        assertThat(relayedAgain.received()).as("%s %s", relayedAgain, lab).isEqualTo(10);
        lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingIsRelayedWhereItsOwnerForbidsItAndDirectPathsAreFoundAllTheSame(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = List.of(
                lab.memberBehind(
                        1, lab.internet.nat("one", Ip.v4(80, 1, 0, 1), NatKind.PORT_RESTRICTED), Ip.v4(10, 0, 0, 1)),
                lab.memberBehind(
                        2, lab.internet.nat("two", Ip.v4(80, 2, 0, 1), NatKind.PORT_RESTRICTED), Ip.v4(10, 0, 0, 1)));
        members.forEach(SimHost::start);
        SimHost ada = members.get(0);
        SimHost bob = members.get(1);
        members.forEach(member -> member.control((node, now) -> node.relayPolicy(RelayPolicy.DIRECT_ONLY, now)));
        VirtualInternet.Cut cut = lab.cut(ada, bob);
        lab.join(network, members, 1_500);

        Ping cutOff = lab.ping(network, ada, bob, 100, 20);
        lab.internet.runFor(12_000);
        assertThat(cutOff.received()).as("%s", lab).isZero();
        assertThat(Objects.requireNonNull(ada.peer(bob)).relayedBecause())
                .endsWith("; frames wait for a direct path, for local.conf lets no root relay");
        long mac = Mac.derive(bob.address().bits(), network.bits());
        long before = ada.laneCount(DropReason.NO_DIRECT_PATH);
        for (int i = 0; i < 100; i++) {
            lab.internet.after(i * 10L, () -> ada.stack(network).send(mac, 0x88b5, new byte[100]));
        }
        lab.internet.runFor(2_000);
        assertThat(ada.laneCount(DropReason.NO_DIRECT_PATH) - before).isGreaterThan(90);

        cut.heal();
        Ping direct = lab.ping(network, ada, bob, 200, 50);
        lab.internet.runFor(12_000);
        assertThat(ada.direct(bob) && bob.direct(ada)).as("%s", lab).isTrue();
        assertThat(direct.received()).as("%s", direct).isGreaterThan(140);
        assertThat(direct.roundTrips()).as("the last ones went directly").last().isEqualTo(20L);
        lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void rootsDoNotSendBackWhatTheyDoNotKnow(long seed) {
        var lab = new Lab(seed, 2);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(2);
        SimHost ada = members.get(0);
        SimHost bob = members.get(1);
        lab.join(network, members, 1_500);
        Ping meet = lab.ping(network, ada, bob, 5, 100);
        lab.internet.runFor(3_000);
        assertThat(meet.received()).isEqualTo(5);
        bob.stop();
        lab.internet.runFor(300_000);

        Map<Long, Integer> between = new HashMap<>();
        lab.internet.tap((from, source, destination, bytes) -> {
            boolean toRoot =
                    lab.roots.stream().anyMatch(root -> root.endpoint(0).equals(destination));
            if (lab.roots.contains(from) && toRoot && bytes.length > 28) {
                var header = new WireReader(bytes);
                long id = header.u64();
                if (header.u40() == bob.address().bits()) {
                    between.merge(id, 1, Integer::sum);
                }
            }
        });
        long mac = Mac.derive(bob.address().bits(), network.bits());
        for (int i = 0; i < 20; i++) {
            lab.internet.after(i * 100L, () -> ada.stack(network).send(mac, 0x88b5, new byte[100]));
        }
        lab.internet.runFor(10_000);
        assertThat(between).as("%s", lab).hasSizeGreaterThanOrEqualTo(20);
        assertThat(between.values()).as("on to the other root, and no further").containsOnly(1);
        lab.check();
    }
}
