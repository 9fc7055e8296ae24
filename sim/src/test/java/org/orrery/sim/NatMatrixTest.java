// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/** Two members of a network behind every pair of routers: who gets a direct path, and how fast. */
class NatMatrixTest {
    private static final long LIMIT_MILLIS = 1_000;

    static LongStream seeds() {
        return Lab.seeds(11);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyPairThatCanBeDirectIsWithinASecond(long seed) {
        List<NatMatrix.Cell> cells = NatMatrix.all(seed, 1, _ -> {});
        assertThat(cells).hasSize(28);
        for (NatMatrix.Cell cell : cells) {
            assertThat(cell.lostPings())
                    .as("relayed or direct, pings arrive: %s", cell)
                    .isLessThan(cell.sentPings() / 10);
            if (cell.reference() == NatMatrix.Expectation.DIRECT || guessable(cell)) {
                assertThat(cell.direct()).as("%s", cell).isEqualTo(1);
                assertThat(cell.worstMillis()).as("%s", cell).isLessThanOrEqualTo(LIMIT_MILLIS);
            }
        }
    }

    /** A router that counts, and a side that lets in whom it sent to: the next ports are guessed. */
    private static boolean guessable(NatMatrix.Cell cell) {
        return cell.reference() == NatMatrix.Expectation.GUESSED;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void twoThatNobodyCanForeseeAreRelayed(long seed) {
        assertThat(NatMatrix.run(seed, NatMatrix.Site.SYMMETRIC, NatMatrix.Site.SYMMETRIC)
                        .directMillis())
                .isNegative();
    }

    /** Between these two it is a matter of chance: 1.7 % of all searches fail. */
    @ParameterizedTest
    @MethodSource("seeds")
    void aSideThatNobodyCanForeseeIsFoundBySearching(long seed) {
        for (NatMatrix.Site other : List.of(NatMatrix.Site.PORT, NatMatrix.Site.FIREWALL)) {
            NatMatrix.Run run = NatMatrix.run(seed, NatMatrix.Site.SYMMETRIC, other);
            assertThat(run.directMillis()).as("%s", other).isBetween(4_000L, 12_000L);
            assertThat(run.sent() - run.received()).isZero();
        }
    }

    @Test
    void aFirewallLetsInOnlyWhatAnswers() {
        var ada = new Endpoint(Ip.v4(50, 1, 0, 1), 1_000);
        var elsewhere = new Endpoint(ada.ip(), 1_001);
        Firewall firewall = Firewall.strict();
        assertThat(firewall.in(ada, 0)).isFalse();
        firewall.out(ada, 0);
        assertThat(firewall.in(ada, 29_999)).isTrue();
        assertThat(firewall.in(elsewhere, 1)).isFalse();
        assertThat(firewall.in(ada, 30_000)).isFalse();
        firewall.out(ada, 40_000);
        firewall.restart();
        assertThat(firewall.in(ada, 40_001)).isFalse();
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
