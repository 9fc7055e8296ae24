// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl1.Candidate;
import org.orrery.core.vl1.NatMapping;
import org.orrery.core.vl1.PeerReach;
import org.orrery.core.vl1.PingResult;
import org.orrery.core.vl1.PingWay;

class PingTest {
    private final Lab lab = new Lab(31, 2);
    private final List<PingResult> results = new ArrayList<>();

    private PingResult ping(SimHost from, Address to, PingWay way) {
        results.clear();
        from.control((node, now) -> node.ping(to, way, 8, results::add, now));
        lab.internet.runUntil(() -> !results.isEmpty(), 12_000);
        assertThat(results).as("told once, %s", lab).hasSize(1);
        return results.getFirst();
    }

    private static PeerReach reach(SimHost from, SimHost to, long nowMillis) {
        return Objects.requireNonNull(from.node().reach(to.address(), nowMillis));
    }

    @Test
    void showsTheWayOfEachAnswer() {
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(2);
        SimHost ada = members.get(0);
        SimHost bob = members.get(1);
        VirtualInternet.Cut cut = lab.cut(ada, bob);
        lab.join(network, members, 1_500);
        lab.ping(network, ada, bob, 20, 100);
        lab.internet.runFor(6_000);

        PingResult relayed = ping(ada, bob.address(), new PingWay.AsTraffic());
        assertThat(relayed).isInstanceOfSatisfying(PingResult.Answered.class, answer -> {
            assertThat(answer.hops()).isEqualTo(1);
            assertThat(answer.back().direct()).isFalse();
            assertThat(answer.back().relay()).isEqualTo(answer.sent().relay()).isPresent();
        });
        PeerReach why = reach(ada, bob, lab.internet.nowMillis());
        assertThat(why.direct()).isFalse();
        assertThat(why.relay()).isPresent();
        assertThat(why.relayedBecause()).contains("tried", "answered").doesNotContain("NAT");
        assertThat(why.candidates())
                .as("what the peer pushed or a root told, and that nothing came back")
                .anySatisfy(candidate -> {
                    assertThat(candidate.at()).isEqualTo(bob.endpoint(0));
                    assertThat(candidate.source())
                            .isIn(Candidate.Source.PUSHED, Candidate.Source.INTRODUCED, Candidate.Source.HEARD);
                    assertThat(candidate.tries()).isPositive();
                    assertThat(candidate.lastAnsweredMillis()).isZero();
                });
        assertThat(why.nat()).extracting(NatMapping::kind).containsOnly(NatMapping.Kind.NONE);

        cut.heal();
        lab.ping(network, ada, bob, 400, 100);
        assertThat(lab.internet.runUntil(() -> ada.direct(bob), 31_000)).isTrue();
        long directAt = lab.internet.nowMillis();
        lab.internet.runFor(2_000);
        PingResult direct = ping(ada, bob.address(), new PingWay.AsTraffic());
        Endpoint at = bob.endpoint(0);
        assertThat(direct).isInstanceOfSatisfying(PingResult.Answered.class, answer -> {
            assertThat(answer.hops()).isZero();
            assertThat(answer.back()).isEqualTo(new PingResult.Way(at, Optional.empty(), true, false));
        });
        assertThat(ping(ada, bob.address(), new PingWay.Directly(at))).isEqualTo(direct);
        Address other = lab.roots.get(1).address();
        assertThat(ping(ada, bob.address(), new PingWay.OverRoot(Optional.of(other))))
                .isInstanceOfSatisfying(PingResult.Answered.class, answer -> {
                    assertThat(answer.hops()).isEqualTo(1);
                    assertThat(answer.back().relay()).contains(other);
                });
        PeerReach now = reach(ada, bob, lab.internet.nowMillis());
        assertThat(now.direct()).isTrue();
        assertThat(now.relayedBecause()).isEmpty();
        assertThat(now.sinceMillis()).isBetween(directAt - 1_000, directAt);
        assertThat(ada.eventLog().toString()).contains("path.up peer=" + bob.address() + " via=" + at);
        lab.check();
    }

    @Test
    void tellsTheKindOfNatAndBlamesItWhereItIsToBlame() {
        NetworkId network = lab.controller.network(1, true);
        Nat strict = lab.internet.nat("strict", Ip.v4(81, 0, 0, 1), NatKind.SYMMETRIC);
        Nat home = lab.internet.nat("home", Ip.v4(82, 0, 0, 1), NatKind.PORT_RESTRICTED);
        SimHost ada = lab.memberBehind(1, strict, Ip.v4(192, 168, 1, 2));
        SimHost bob = lab.memberBehind(2, home, Ip.v4(192, 168, 2, 2));
        for (SimHost member : List.of(ada, bob)) {
            member.start();
            member.control((node, now) -> node.searchPorts(false, now)); // or they would meet
        }
        lab.join(network, List.of(ada, bob), 3_000);
        lab.ping(network, ada, bob, 100, 100);
        lab.internet.runFor(12_000);
        assertThat(ada.direct(bob)).as("%s", lab).isFalse();

        PeerReach fromAda = reach(ada, bob, lab.internet.nowMillis());
        assertThat(fromAda.nat()).extracting(NatMapping::kind).containsExactly(NatMapping.Kind.ENDPOINT_DEPENDENT);
        assertThat(fromAda.relayedBecause()).contains("this node's NAT maps every destination to another port");
        PeerReach fromBob = reach(bob, ada, lab.internet.nowMillis());
        assertThat(fromBob.nat()).extracting(NatMapping::kind).containsExactly(NatMapping.Kind.ENDPOINT_INDEPENDENT);
        assertThat(fromBob.relayedBecause()).contains("tried").doesNotContain("NAT");
        lab.check();
    }

    @Test
    void saysWhyThereIsNoAnswer() {
        SimHost ada = lab.members(1).getFirst();
        lab.internet.runFor(2_000);
        assertThat(ping(ada, new Address(0x1234567890L), new PingWay.AsTraffic()))
                .isEqualTo(new PingResult.Failed("no root knows this address"));
        assertThat(ping(ada, ada.address(), new PingWay.AsTraffic()))
                .isEqualTo(new PingResult.Failed("this is the node's own address"));
        Address root = lab.roots.getFirst().address();
        assertThat(ping(ada, root, new PingWay.Directly(new Endpoint(Ip.v4(1, 2, 3, 4), 5))))
                .isEqualTo(new PingResult.Failed("there is no direct path to 1.2.3.4/5"));
        lab.check();
    }
}
