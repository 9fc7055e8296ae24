// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BridgeTableTest {
    private final BridgeTable table = new BridgeTable();

    @Test
    void theLatestWordCounts() {
        assertThat(table.find(0xaaaa)).isZero();
        table.learn(0xaaaa, 1);
        table.learn(0xaaaa, 1);
        assertThat(table.find(0xaaaa)).isEqualTo(1);
        table.learn(0xaaaa, 2);
        assertThat(table.find(0xaaaa)).isEqualTo(2);
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void whenFullWhoeverOwnsTheMostLosesAll() {
        for (int i = 0; i < 100; i++) {
            table.learn(i, 1);
        }
        for (int i = 100; i < BridgeTable.ROUTES_MAX; i++) {
            table.learn(i, 2);
        }
        assertThat(table.size()).isEqualTo(BridgeTable.ROUTES_MAX);
        table.learn(1_000_000, 3);
        assertThat(table.size()).isEqualTo(101);
        assertThat(table.find(5)).isEqualTo(1);
        assertThat(table.find(500)).isZero();
        assertThat(table.find(1_000_000)).isEqualTo(3);
    }

    @Test
    void aFloodNeverPassesTheBoundEvenIfRoutesChangeOwners() {
        for (int i = 0; i < 3 * BridgeTable.ROUTES_MAX; i++) {
            table.learn(i, i % 3);
            table.learn(i / 2, 4);
            assertThat(table.size()).isLessThanOrEqualTo(BridgeTable.ROUTES_MAX);
        }
    }
}
