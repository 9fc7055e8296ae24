// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;

class MulticastTallyTest {
    private static final MulticastGroup GROUP = new MulticastGroup(new Mac(0x0100_5e00_00fbL), 0);

    private final MulticastTally tally = new MulticastTally();

    @Test
    void theLargestRecentWordCounts() {
        assertThat(tally.size(GROUP)).isZero();
        tally.told(GROUP, 99, 0);
        tally.told(GROUP, 3, 1_000);
        assertThat(tally.size(GROUP)).as("one who knows a part").isEqualTo(99);
        tally.told(GROUP, 120, 2_000);
        assertThat(tally.size(GROUP)).isEqualTo(120);
        tally.told(GROUP, 50, 200_000);
        assertThat(tally.size(GROUP)).as("some have gone").isEqualTo(50);
        tally.told(GROUP, 1L << 32, 200_001);
        assertThat(tally.size(GROUP)).isEqualTo(GroupTable.MEMBERS_PER_GROUP_MAX);
        tally.expire(900_000);
        assertThat(tally.size(GROUP)).isZero();
    }

    @Test
    void keepsTheSizesOfABoundedNumberOfGroups() {
        for (int i = 0; i <= MulticastTally.GROUPS_MAX; i++) {
            tally.told(new MulticastGroup(Mac.BROADCAST, i), 7, i);
        }
        assertThat(tally.size(new MulticastGroup(Mac.BROADCAST, 0))).isZero();
        assertThat(tally.size(new MulticastGroup(Mac.BROADCAST, 1))).isEqualTo(7);
        assertThat(tally.size(new MulticastGroup(Mac.BROADCAST, MulticastTally.GROUPS_MAX)))
                .isEqualTo(7);
    }

    @Test
    void countsWhomTheLimitCutOffAndIsNewsOnlyAtFirst() {
        assertThat(tally.cut(32)).isEqualTo(new MulticastCut(32, 0, 0, 0, 0));
        assertThat(tally.cut(99, 32, 5_000)).isTrue();
        assertThat(tally.cut(40, 32, 6_000)).isFalse();
        assertThat(tally.cut(32)).isEqualTo(new MulticastCut(32, 2, 67 + 8, 99, 6_000));
        assertThat(tally.cut(40, 32, 700_000)).as("after a long time without").isTrue();
        assertThat(tally.cut(32)).isEqualTo(new MulticastCut(32, 3, 67 + 8 + 8, 40, 700_000));
    }
}
