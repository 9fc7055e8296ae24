// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;

/** Two members of a network behind every pair of routers: who gets a direct path, and how fast. */
class NatMatrixTest {
    private static final Map<String, Optional<NatKind>> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("none", Optional.empty());
        KINDS.put("full cone", Optional.of(NatKind.FULL_CONE));
        KINDS.put("address", Optional.of(NatKind.ADDRESS_RESTRICTED));
        KINDS.put("port", Optional.of(NatKind.PORT_RESTRICTED));
        KINDS.put("sym seq", Optional.of(NatKind.SYMMETRIC_SEQUENTIAL));
        KINDS.put("symmetric", Optional.of(NatKind.SYMMETRIC));
    }

    private static SimHost place(Lab lab, int number, Optional<NatKind> kind) {
        if (kind.isEmpty()) {
            SimHost member = lab.member(number);
            member.start();
            return member;
        }
        Nat nat = lab.internet.nat("router" + number, Ip.v4(80, number, 0, 1), kind.get());
        SimHost member = lab.memberBehind(number, nat, Ip.v4(192, 168, 1, 10 + number));
        member.start();
        return member;
    }

    /** Milliseconds from the first ping until both have a direct path; negative if they do not get there. */
    private static long direct(long seed, Optional<NatKind> first, Optional<NatKind> second, long limitMillis) {
        var lab = new Lab(seed, 2);
        SimHost a = place(lab, 1, first);
        SimHost b = place(lab, 2, second);
        NetworkId network = lab.controller.network(1, true);
        lab.join(network, List.of(a, b), 30_000);
        long start = lab.internet.nowMillis();
        Ping ping = lab.ping(network, a, b, (int) (limitMillis / 100), 100);
        boolean reached = lab.internet.runUntil(() -> a.direct(b) && b.direct(a), limitMillis);
        long millis = lab.internet.nowMillis() - start;
        lab.internet.runFor(2_000);
        assertThat(ping.received()).as("relayed or direct, pings arrive").isPositive();
        lab.check();
        return reached ? millis : -1;
    }

    /** Pairs of which at least one side would have to guess the other's port among all. */
    private static boolean hopeless(String first, String second) {
        Set<String> pair = new HashSet<>(List.of(first, second));
        return pair.equals(Set.of("port", "symmetric")) || (first.startsWith("sym") && second.startsWith("sym"));
    }

    static LongStream seeds() {
        return Lab.seeds(11);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyPairThatCanBeDirectIsWithinASecond(long seed) {
        for (Map.Entry<String, Optional<NatKind>> row : KINDS.entrySet()) {
            for (Map.Entry<String, Optional<NatKind>> column : KINDS.entrySet()) {
                String pair = row.getKey() + " to " + column.getKey() + ", seed " + seed;
                if (!hopeless(row.getKey(), column.getKey())) {
                    assertThat(direct(seed, row.getValue(), column.getValue(), 20_000))
                            .as(pair)
                            .isBetween(0L, 1_000L);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theOthersAreRelayed(long seed) {
        assertThat(direct(seed, Optional.of(NatKind.SYMMETRIC), Optional.of(NatKind.SYMMETRIC), 20_000))
                .isNegative();
    }

    @Test
    void mappingsAndFiltersAreThoseOfTheirKind() {
        var internet = new VirtualInternet(1);
        var inside = new Endpoint(Ip.v4(192, 168, 1, 2), 9_993);
        var ada = new Endpoint(Ip.v4(50, 1, 0, 1), 1_000);
        var bob = new Endpoint(Ip.v4(50, 1, 0, 2), 2_000);
        var bobElsewhere = new Endpoint(bob.ip(), 2_001);
        Nat cone = internet.nat("cone", Ip.v4(80, 1, 0, 1), NatKind.FULL_CONE);
        Nat address = internet.nat("address", Ip.v4(80, 1, 0, 2), NatKind.ADDRESS_RESTRICTED);
        Nat port = internet.nat("port", Ip.v4(80, 1, 0, 3), NatKind.PORT_RESTRICTED);
        Nat symmetric = internet.nat("symmetric", Ip.v4(80, 1, 0, 4), NatKind.SYMMETRIC_SEQUENTIAL.lifetime(100));

        for (Nat nat : List.of(cone, address, port)) {
            assertThat(nat.out(inside, bob, 0)).isEqualTo(new Endpoint(nat.external(), 9_993));
            assertThat(nat.in(bob, 9_993, 1)).isEqualTo(inside);
        }
        assertThat(cone.in(ada, 9_993, 1)).isEqualTo(inside);
        assertThat(address.in(ada, 9_993, 1)).isNull();
        assertThat(address.in(bobElsewhere, 9_993, 1)).isEqualTo(inside);
        assertThat(port.in(bobElsewhere, 9_993, 1)).isNull();

        int first = Objects.requireNonNull(symmetric.out(inside, ada, 0)).port();
        assertThat(symmetric.out(inside, bob, 0)).isEqualTo(new Endpoint(symmetric.external(), first + 1));
        assertThat(symmetric.in(ada, first + 1, 1)).isNull();
        assertThat(symmetric.in(ada, first, 1)).isEqualTo(inside);
        assertThat(symmetric.mappings(99)).isEqualTo(2);
        assertThat(symmetric.mappings(100)).isZero();
        assertThat(symmetric.in(ada, first, 100)).isNull();
    }
}
