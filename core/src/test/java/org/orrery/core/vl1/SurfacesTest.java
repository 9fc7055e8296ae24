// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

class SurfacesTest {
    private static final Endpoint ROOT = new Endpoint(Ip.v4(50, 0, 0, 1), 9993);
    private static final Endpoint OTHER_ROOT = new Endpoint(Ip.v4(50, 0, 0, 2), 9993);
    private static final Endpoint HOME = new Endpoint(Ip.v4(60, 0, 0, 1), 1_000);
    private static final Endpoint HOME_OTHER_PORT = new Endpoint(Ip.v4(60, 0, 0, 1), 2_000);
    private static final Endpoint AWAY = new Endpoint(Ip.v4(61, 0, 0, 1), 1_000);

    private final Surfaces surfaces = new Surfaces();

    @Test
    void tellsOthersOnlyWhatRootsSaw() {
        surfaces.report(1, 1, ROOT, HOME, true, 0);
        surfaces.report(2, 1, new Endpoint(Ip.v4(70, 0, 0, 1), 9993), AWAY, false, 0);
        assertThat(surfaces.trusted(1_000)).containsExactly(HOME);
        assertThat(surfaces.isOurs(HOME.ip(), 1_000)).isTrue();
        assertThat(surfaces.isOurs(AWAY.ip(), 1_000)).isFalse();
        assertThat(surfaces.trusted(Surfaces.LIFETIME_MILLIS)).isEmpty();
        assertThat(surfaces.size()).isZero();
    }

    @Test
    void remembersWhereEachSawEachSocket() {
        surfaces.report(1, 1, ROOT, AWAY, false, 0);
        surfaces.report(1, 1, ROOT, HOME, false, 10);
        assertThat(surfaces.seenBy(1, 1, ROOT, 20)).isEqualTo(HOME);
        assertThat(surfaces.seenBy(1, 2, ROOT, 20)).isNull();
        assertThat(surfaces.seenBy(1, 1, OTHER_ROOT, 20)).isNull();
        assertThat(surfaces.seenBy(1, 1, ROOT, 10 + Surfaces.SEEN_NOW_MILLIS - 1))
                .isEqualTo(HOME);
        assertThat(surfaces.seenBy(1, 1, ROOT, 10 + Surfaces.SEEN_NOW_MILLIS)).isNull();
    }

    @Test
    void anotherIpSeenByTheSameRootMeansThatWeMoved() {
        assertThat(surfaces.report(1, 1, ROOT, HOME, true, 0)).isFalse();
        assertThat(surfaces.report(9, 1, OTHER_ROOT, HOME, true, 0)).isFalse();
        assertThat(surfaces.report(1, 1, ROOT, HOME_OTHER_PORT, true, 10))
                .as("ports change")
                .isFalse();
        assertThat(surfaces.report(1, 1, ROOT, AWAY, true, 20)).isTrue();
        assertThat(surfaces.trusted(30)).as("what others saw is out of date").containsExactly(AWAY);
        assertThat(surfaces.report(9, 1, OTHER_ROOT, AWAY, true, 40))
                .as("told once")
                .isFalse();
    }

    @Test
    void strangersCannotMakeANatCount() {
        surfaces.report(1, 1, ROOT, HOME, true, 0);
        surfaces.report(9, 1, OTHER_ROOT, HOME_OTHER_PORT, true, 0);
        Ip home = HOME.ip();
        for (int i = 0; i < 60; i++) {
            var liar = new Endpoint(Ip.v4(70, 0, 0, i), 9993);
            surfaces.report(100 + i, 1, liar, new Endpoint(home, 1_001 + i), false, i);
        }
        assertThat(surfaces.counting(100)).isFalse();
        assertThat(surfaces.predicted(100)).isEmpty();
    }

    @Test
    void strangersCannotChooseThePortsThatArePredicted() {
        surfaces.report(1, 1, ROOT, new Endpoint(HOME.ip(), 20_000), true, 0);
        surfaces.report(9, 1, OTHER_ROOT, new Endpoint(HOME.ip(), 20_001), true, 0);
        var liar = new Endpoint(Ip.v4(70, 0, 0, 1), 9993);
        for (int port : new int[] {22, 1_024, 19_999, 20_066, 65_535}) {
            surfaces.report(100, 1, liar, new Endpoint(HOME.ip(), port), false, 1);
            assertThat(surfaces.predicted(2))
                    .as("after %s", port)
                    .extracting(Endpoint::port)
                    .containsExactly(20_002, 20_003, 20_004, 20_005);
        }
        surfaces.report(100, 1, liar, new Endpoint(HOME.ip(), 20_003), false, 3);
        assertThat(surfaces.predicted(4)).extracting(Endpoint::port).startsWith(20_004);
        surfaces.report(9, 1, OTHER_ROOT, new Endpoint(HOME.ip(), 20_002), true, 5);
        assertThat(surfaces.predicted(6))
                .as("older than what a root says")
                .extracting(Endpoint::port)
                .startsWith(20_003);
    }

    @Test
    void aNatCountsIfMostPortsThatRootsToldFollowEachOther() {
        assertThat(surfaces.counting(0)).isFalse();
        surfaces.report(1, 1, ROOT, HOME, true, 0);
        assertThat(surfaces.counting(0)).as("of one nothing can be told").isFalse();
        surfaces.report(9, 1, OTHER_ROOT, new Endpoint(HOME.ip(), 1_064), true, 0);
        assertThat(surfaces.counting(0)).isTrue();
        surfaces.report(11, 1, new Endpoint(Ip.v4(50, 0, 0, 3), 9993), HOME_OTHER_PORT, true, 0);
        assertThat(surfaces.counting(0)).as("one near, one far").isFalse();
    }

    @Test
    void strangersCannotMakeUsMove() {
        surfaces.report(2, 1, OTHER_ROOT, HOME, false, 0);
        assertThat(surfaces.report(2, 1, OTHER_ROOT, AWAY, false, 10)).isFalse();
    }

    @Test
    void ignoresWhatWasSeenFromAnotherScope() {
        Endpoint lan = new Endpoint(Ip.v4(192, 168, 1, 5), 9993);
        assertThat(surfaces.report(1, 1, ROOT, lan, true, 0)).isFalse();
        assertThat(surfaces.report(1, 1, lan, HOME, true, 0)).isFalse();
        Endpoint loopback = new Endpoint(Ip.v4(127, 0, 0, 1), 9993);
        assertThat(surfaces.report(1, 1, loopback, loopback, true, 0)).isFalse();
        assertThat(surfaces.size()).isZero();
    }

    @Test
    void strangersCannotPushOutWhatRootsSaid() {
        surfaces.report(1, 1, ROOT, HOME, true, 0);
        for (int i = 0; i < 2 * Surfaces.SURFACES_MAX; i++) {
            surfaces.report(1_000 + i, 1, OTHER_ROOT, AWAY, false, 1);
            assertThat(surfaces.size()).isLessThanOrEqualTo(Surfaces.SURFACES_MAX);
        }
        assertThat(surfaces.trusted(2)).containsExactly(HOME);
        for (int i = 0; i < 2 * Surfaces.SURFACES_MAX; i++) {
            surfaces.report(5_000 + i, 1, OTHER_ROOT, HOME, true, 1);
        }
        assertThat(surfaces.size()).isEqualTo(Surfaces.SURFACES_MAX);
        surfaces.report(9_999, 1, OTHER_ROOT, AWAY, false, 1);
        assertThat(surfaces.size()).isEqualTo(Surfaces.SURFACES_MAX);
    }

    @Test
    void predictsThePortsAfterTheLastOneOfANatThatCountsUp() {
        surfaces.report(1, 1, ROOT, new Endpoint(HOME.ip(), 65_530), true, 0);
        assertThat(surfaces.predicted(1)).as("one root is no evidence").isEmpty();
        surfaces.report(2, 1, OTHER_ROOT, new Endpoint(HOME.ip(), 65_531), true, 10);
        surfaces.report(7, 1, new Endpoint(Ip.v4(70, 0, 0, 1), 9993), new Endpoint(HOME.ip(), 65_533), false, 20);
        assertThat(surfaces.predicted(30)).extracting(Endpoint::port).containsExactly(65_534, 65_535, 1_025, 1_026);
        assertThat(surfaces.predicted(20 + Surfaces.LIFETIME_MILLIS)).isEmpty();
    }

    @Test
    void predictsNothingWhereRootsAgreeOrPortsAreRandom() {
        surfaces.report(1, 1, ROOT, HOME, true, 0);
        surfaces.report(2, 1, OTHER_ROOT, HOME, true, 10);
        surfaces.report(1, 2, ROOT, HOME_OTHER_PORT, true, 0);
        assertThat(surfaces.predicted(30)).as("two sockets have two ports").isEmpty();
        surfaces.report(2, 1, OTHER_ROOT, HOME_OTHER_PORT, true, 20);
        assertThat(surfaces.predicted(30)).as("a thousand apart").isEmpty();
    }
}
