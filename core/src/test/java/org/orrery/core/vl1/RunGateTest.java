// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RunGateTest {
    @Test
    void refusesTheEndOfALongRunUntilThereIsAPause() {
        var gate = new RunGate(128, 156);
        long now = 1_000;
        for (int i = 0; i < 128; i++) {
            assertThat(gate.pass(now += 156)).isTrue();
        }
        for (int i = 0; i < 1_000; i++) {
            assertThat(gate.pass(now += 156)).isFalse();
        }
        assertThat(gate.pass(now + 157)).isTrue();
    }
}
