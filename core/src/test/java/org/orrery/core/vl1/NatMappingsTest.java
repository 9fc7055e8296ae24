// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

class NatMappingsTest {
    private static final Endpoint LOCAL = new Endpoint(Ip.v4(60, 0, 0, 9), 9993);
    private static final List<LocalSocket> SOCKETS = List.of(new LocalSocket(1, LOCAL));

    private final Surfaces surfaces = new Surfaces();

    private static Endpoint root(int number) {
        return new Endpoint(Ip.v4(50, 0, 0, number), 9993);
    }

    private static Endpoint outside(int port) {
        return new Endpoint(Ip.v4(70, 0, 0, 1), port);
    }

    private void seen(int observer, Endpoint at, boolean isRoot, long atMillis) {
        surfaces.report(observer, 1, root(observer), at, isRoot, atMillis);
    }

    private NatMapping only(long nowMillis) {
        List<NatMapping> all = NatMappings.of(surfaces.observations(), SOCKETS, nowMillis);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    @Test
    void whoIsSeenAtTheOwnAddressHasNoNat() {
        seen(1, LOCAL, true, 0);
        assertThat(only(10)).isEqualTo(new NatMapping(LOCAL, NatMapping.Kind.NONE, List.of(LOCAL), 1));
    }

    @Test
    void aSingleObserverDoesNotTellTheKind() {
        seen(1, outside(4_000), true, 0);
        assertThat(only(10).kind()).isEqualTo(NatMapping.Kind.UNKNOWN);
    }

    @Test
    void twoThatSeeTheSamePortShowEndpointIndependentMapping() {
        seen(1, outside(4_000), true, 0);
        seen(2, outside(4_000), false, 0);
        assertThat(only(10))
                .isEqualTo(new NatMapping(LOCAL, NatMapping.Kind.ENDPOINT_INDEPENDENT, List.of(outside(4_000)), 2));
    }

    @Test
    void twoThatSeeDifferentPortsShowEndpointDependentMapping() {
        seen(1, outside(4_000), true, 0);
        seen(2, outside(4_001), true, 0);
        assertThat(only(10).kind()).isEqualTo(NatMapping.Kind.ENDPOINT_DEPENDENT);
        assertThat(only(10).seen()).containsExactlyInAnyOrder(outside(4_000), outside(4_001));
    }

    @Test
    void aStrangerCannotContradictTwoRoots() {
        seen(1, outside(4_000), true, 0);
        seen(2, outside(4_000), true, 0);
        seen(3, outside(666), false, 0);
        assertThat(only(10).kind()).isEqualTo(NatMapping.Kind.ENDPOINT_INDEPENDENT);
        assertThat(only(10).observers()).isEqualTo(2);
    }

    @Test
    void whatWasSeenLongAgoIsNotCompared() {
        seen(1, outside(4_000), true, 0);
        seen(2, outside(4_001), true, 200_000);
        assertThat(only(200_010).kind()).isEqualTo(NatMapping.Kind.UNKNOWN);
    }

    @Test
    void ofASocketThatIsClosedNothingIsSaid() {
        seen(1, outside(4_000), true, 0);
        assertThat(NatMappings.of(surfaces.observations(), List.of(), 10)).isEmpty();
    }
}
