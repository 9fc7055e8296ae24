// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl1.LocalSocket;
import org.orrery.core.vl1.NatMapping;

class SimSearchTest {
    private static final LocalSocket BESIDE = new LocalSocket(1, new Endpoint(Ip.v4(192, 168, 1, 2), 9_993));
    private static final Ip PEER = Ip.v4(60, 0, 0, 1);
    private static final int SOCKETS = 256;

    static java.util.stream.LongStream seeds() {
        return Lab.seeds(41, 42);
    }

    @Test
    void noTwoSocketsAreOnOnePort() {
        Set<Endpoint> last = new HashSet<>();
        var search = new SimSearch((from, _, _) -> last.add(from));
        Set<Endpoint> kept = new HashSet<>();
        var to = new Endpoint(PEER, 9_993);
        for (int i = 0; i < 1_000; i++) {
            last.clear();
            assertThat(search.open(BESIDE, PEER, SOCKETS)).isEqualTo(SOCKETS);
            for (int socket = 0; socket < SOCKETS; socket++) {
                search.send(socket, to, new byte[1]);
            }
            assertThat(last).hasSize(SOCKETS);
            assertThat(Collections.disjoint(last, kept)).isTrue();
            assertThat(search.opened()).isEqualTo(SOCKETS);
            if (i % 50 == 0) {
                LocalSocket found = search.keep(i % SOCKETS);
                kept.add(found.local());
                assertThat(search.keptAt(found.local())).isEqualTo(found.id());
            } else {
                search.close();
            }
            assertThat(search.opened()).isZero();
        }
        assertThat(search.ended()).isEqualTo(kept.size());
    }

    @Test
    void onlyThePeerIsHeard() {
        var search = new SimSearch((_, _, _) -> {});
        search.open(BESIDE, PEER, 2);
        var socket = new Endpoint(BESIDE.local().ip(), 20_001);
        assertThat(search.index(new Endpoint(PEER, 1), socket)).isEqualTo(1);
        assertThat(search.index(new Endpoint(Ip.v4(60, 0, 0, 2), 1), socket)).isEqualTo(-1);
    }

    private static String because(Lab lab, SimHost from, SimHost to) {
        return Objects.requireNonNull(from.node().reach(to.address(), lab.internet.nowMillis()))
                .relayedBecause();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatASearchShowedIsForgottenWithTheNetwork(long seed) {
        for (boolean moved : List.of(false, true)) {
            var lab = new Lab(seed, 2);
            Nat first = lab.internet.nat("first", Ip.v4(80, 1, 0, 1), NatKind.SYMMETRIC);
            Nat second = lab.internet.nat("second", Ip.v4(80, 2, 0, 1), NatKind.SYMMETRIC);
            SimHost ada = lab.memberBehind(1, first, Ip.v4(192, 168, 1, 11));
            SimHost bob = lab.memberBehind(2, second, Ip.v4(192, 168, 1, 12));
            ada.start();
            bob.start();
            NetworkId network = lab.controller.network(1, true);
            lab.join(network, List.of(ada, bob), 30_000);
            lab.ping(network, ada, bob, 500, 50);
            lab.internet.runFor(25_000);
            assertThat(because(lab, ada, bob)).contains("too many tries");
            if (moved) {
                lab.internet.renumber(first, Ip.v4(81, 1, 0, 1));
                lab.internet.runUntil(
                        () -> ada.eventLog().stream().anyMatch(line -> line.contains("node.moved")), 90_000);
                assertThat(ada.eventLog()).anyMatch(line -> line.contains("node.moved"));
            } else {
                ada.controlLater((node, now) -> node.attached(now));
                lab.internet.runFor(10);
            }
            assertThat(because(lab, ada, bob)).doesNotContain("too many tries");
            lab.check();
        }
    }

    /** What a search left leads to one peer, and says nothing of the NAT. */
    @ParameterizedTest
    @MethodSource("seeds")
    void aSearchLeavesOneSocketWhichIsNotTakenForAnOrdinaryOne(long seed) {
        var lab = new Lab(seed, 2);
        Nat chance = lab.internet.nat("chance", Ip.v4(80, 1, 0, 1), NatKind.SYMMETRIC);
        Nat strict = lab.internet.nat("strict", Ip.v4(80, 2, 0, 1), NatKind.PORT_RESTRICTED);
        SimHost ada = lab.memberBehind(1, chance, Ip.v4(192, 168, 1, 11));
        SimHost bob = lab.memberBehind(2, strict, Ip.v4(192, 168, 1, 12));
        ada.start();
        bob.start();
        NetworkId network = lab.controller.network(1, true);
        lab.join(network, List.of(ada, bob), 30_000);
        lab.ping(network, ada, bob, 1_000, 50);
        assertThat(lab.internet.runUntil(() -> ada.searchSockets() == SOCKETS, 20_000))
                .isTrue();
        lab.internet.runFor(25_000);
        assertThat(ada.eventLog()).anyMatch(line -> line.contains("search.found"));
        assertThat(ada.searchSockets()).isZero();
        lab.internet.runFor(61_000); // greetings over all paths
        List<NatMapping> mappings = ada.node().natMappings(lab.internet.nowMillis());
        assertThat(mappings).extracting(NatMapping::local).containsExactly(ada.endpoint(0));
        lab.check();
    }
}
