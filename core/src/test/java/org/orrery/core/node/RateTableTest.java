// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateTableTest {
    private final RateTable table = new RateTable(10, 50, 2_000);

    private int taken(long key, int tries, long nowMillis) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += table.take(key, nowMillis) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void allowsABurstAndThenASteadyRate() {
        assertThat(taken(1, 1_000, 5_000)).isEqualTo(50);
        assertThat(taken(1, 1_000, 5_001)).isEqualTo(2);
        assertThat(taken(1, 1_000, 5_011)).isEqualTo(20);
        assertThat(taken(1, 1_000, 9_000)).as("never more than a burst").isEqualTo(50);
    }

    @Test
    void keysHaveLimitsOfTheirOwn() {
        int whole = 0;
        for (int key = 0; key < 100; key++) {
            whole += taken(key * 0x1_0001L, 60, 5_000) == 50 ? 1 : 0;
        }
        assertThat(whole).as("but for those that fall on one place").isGreaterThan(85);
    }
}
