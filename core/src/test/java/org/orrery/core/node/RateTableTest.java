// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateTableTest {
    private final RateTable table = new RateTable(7, 10, 50, 2_000);

    private static int taken(RateTable table, long key, int tries, long nowMillis) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += table.take(key, nowMillis) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void allowsABurstAndThenASteadyRate() {
        assertThat(taken(table, 1, 1_000, 5_000)).isEqualTo(50);
        assertThat(taken(table, 1, 1_000, 5_001)).isEqualTo(2);
        assertThat(taken(table, 1, 1_000, 5_011)).isEqualTo(20);
        assertThat(taken(table, 1, 1_000, 9_000)).as("never more than a burst").isEqualTo(50);
    }

    @Test
    void keysHaveLimitsOfTheirOwn() {
        int whole = 0;
        for (int key = 0; key < 100; key++) {
            whole += taken(table, key * 0x1_0001L, 60, 5_000) == 50 ? 1 : 0;
        }
        assertThat(whole).as("but for those that fall on one place").isGreaterThan(85);
    }

    @Test
    void keysThatShareAPlaceDoSoInOneTableOnly() {
        var other = new RateTable(8, 10, 50, 2_000);
        taken(table, 0, 50, 5_000);
        taken(other, 0, 50, 5_000);
        int shared = 0;
        int inBoth = 0;
        for (long key = 1; key < 10_000; key++) {
            if (!table.take(key, 5_000)) {
                shared++;
                inBoth += other.take(key, 5_000) ? 0 : 1;
            }
        }
        assertThat(shared).isPositive();
        assertThat(inBoth).isLessThan(shared);
    }
}
