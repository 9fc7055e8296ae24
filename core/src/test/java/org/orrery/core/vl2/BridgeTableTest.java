// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BridgeTableTest {
    private final BridgeTable table = new BridgeTable();

    @Test
    void theLatestWordCounts() {
        assertThat(table.find(0xaaaa, 0)).isZero();
        table.learn(0xaaaa, 1, 0);
        table.learn(0xaaaa, 1, 0);
        assertThat(table.find(0xaaaa, 0)).isEqualTo(1);
        table.learn(0xaaaa, 2, 0);
        assertThat(table.find(0xaaaa, 0)).isEqualTo(2);
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void whenFullWhoeverOwnsTheMostLosesAll() {
        for (int i = 0; i < 100; i++) {
            table.learn(i, 1, 0);
        }
        for (int i = 100; i < BridgeTable.ROUTES_MAX; i++) {
            table.learn(i, 2, 0);
        }
        assertThat(table.size()).isEqualTo(BridgeTable.ROUTES_MAX);
        table.learn(1_000_000, 3, 0);
        assertThat(table.size()).isEqualTo(101);
        assertThat(table.find(5, 0)).isEqualTo(1);
        assertThat(table.find(500, 0)).isZero();
        assertThat(table.find(1_000_000, 0)).isEqualTo(3);
    }

    @Test
    void aFloodNeverPassesTheBoundEvenIfRoutesChangeOwners() {
        for (int i = 0; i < 3 * BridgeTable.ROUTES_MAX; i++) {
            table.learn(i, i % 3, 0);
            table.learn(i / 2, 4, 0);
            assertThat(table.size()).isLessThanOrEqualTo(BridgeTable.ROUTES_MAX);
        }
    }

    @Test
    void whatIsNotSeenForLongIsForgotten() {
        long lifetime = BridgeTable.LIFETIME_MILLIS;
        table.learn(0xaaaa, 1, 0);
        table.learn(0xbbbb, 1, 0);
        table.learn(0xaaaa, 1, lifetime - 1);
        assertThat(table.find(0xbbbb, lifetime - 1)).isEqualTo(1);
        assertThat(table.find(0xbbbb, lifetime)).as("not swept yet").isZero();
        table.expire(lifetime);
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.find(0xaaaa, lifetime)).isEqualTo(1);
        table.expire(2 * lifetime);
        assertThat(table.size()).isZero();
    }
}
