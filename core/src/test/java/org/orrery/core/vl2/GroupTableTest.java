// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;

class GroupTableTest {
    private static final long NETWORK = 0x1234567890abcdefL;

    private final Random random = new Random(1);

    private static MulticastGroup group(int number) {
        return new MulticastGroup(new Mac(0x0100_5e00_0000L + number), 0);
    }

    @Test
    void knowsWhoWantsWhat() {
        var table = new GroupTable();
        assertThat(table.add(NETWORK, group(1), 10, 0)).isTrue();
        assertThat(table.add(NETWORK, group(1), 10, 5)).as("known already").isFalse();
        assertThat(table.add(NETWORK, group(1), 11, 0)).isTrue();
        assertThat(table.add(NETWORK, group(2), 12, 0)).isTrue();
        assertThat(table.add(NETWORK + 1, group(1), 13, 0)).isTrue();
        assertThat(table.members(NETWORK, group(1), random, 10)).containsExactlyInAnyOrder(10L, 11L);
        assertThat(table.members(NETWORK, group(3), random, 10)).isEmpty();
        table.remove(NETWORK, group(1), 11);
        assertThat(table.members(NETWORK, group(1), random, 10)).containsExactly(10L);
        table.remove(NETWORK, group(2), 12);
        assertThat(table.groups()).isEqualTo(2);
        table.forget(NETWORK);
        assertThat(table.groups()).isEqualTo(1);
        assertThat(table.memberships()).isEqualTo(1);
    }

    @Test
    void forgetsWhoWasNotHeardOfForTenMinutes() {
        var table = new GroupTable();
        table.add(NETWORK, group(1), 10, 0);
        table.add(NETWORK, group(1), 11, 100_000);
        assertThat(table.members(NETWORK, group(1), random, 600_000)).containsExactly(11L);
        table.expire(600_000);
        assertThat(table.memberships()).isEqualTo(1);
        table.expire(700_000);
        assertThat(table.memberships()).isZero();
        assertThat(table.groups()).isZero();
    }

    @Test
    void namesMembersInRandomOrder() {
        var table = new GroupTable();
        for (int member = 0; member < 20; member++) {
            table.add(NETWORK, group(1), member, 0);
        }
        List<Long> once = table.members(NETWORK, group(1), random, 0);
        List<Long> again = table.members(NETWORK, group(1), random, 0);
        assertThat(once).containsExactlyInAnyOrderElementsOf(again).isNotEqualTo(again);
    }

    @Test
    void nobodyHasMoreThanHisShare() {
        var table = new GroupTable();
        for (int i = 0; i < GroupTable.GROUPS_PER_MEMBER_MAX + 10; i++) {
            assertThat(table.add(NETWORK, group(i), 66, 0)).isEqualTo(i < GroupTable.GROUPS_PER_MEMBER_MAX);
        }
        assertThat(table.groups()).isEqualTo(GroupTable.GROUPS_PER_MEMBER_MAX);
        assertThat(table.add(NETWORK, group(1_000_000), 10, 0)).isTrue();
    }

    @Test
    void whenFullWhoeverHasTheMostLosesAll() {
        var table = new GroupTable(100);
        for (int i = 0; i < 10; i++) {
            table.add(NETWORK, group(i), 10, 0);
        }
        for (int i = 10; i < 100; i++) {
            table.add(NETWORK, group(i), 66, 0);
        }
        assertThat(table.add(NETWORK, group(1_000), 11, 0)).isTrue();
        assertThat(table.groups()).isEqualTo(11);
        assertThat(table.memberships()).isEqualTo(11);
        assertThat(table.members(NETWORK, group(3), random, 0)).containsExactly(10L);
        assertThat(table.members(NETWORK, group(1_000), random, 0)).containsExactly(11L);
    }

    @Test
    void theBoundHoldsEvenIfNoGroupHasASingleMember() {
        var table = new GroupTable(100);
        for (int i = 0; i < 100; i++) {
            for (int member = 1; member <= 3; member++) {
                table.add(NETWORK, group(i), member, 0);
            }
        }
        assertThat(table.add(NETWORK, group(1_000), 11, 0)).isTrue();
        assertThat(table.groups()).isLessThanOrEqualTo(100);
        assertThat(table.members(NETWORK, group(1_000), random, 0)).containsExactly(11L);
    }

    @Test
    void manyWithOnePlaceEachMakeRoomForMoreThanOne() {
        var table = new GroupTable(640);
        for (int member = 1; member <= 640; member++) {
            table.add(NETWORK, group(member), member, 0);
        }
        table.add(NETWORK, group(1_000), 1_000, 0);
        assertThat(table.groups()).as("the search was not for one place only").isEqualTo(631);
    }
}
