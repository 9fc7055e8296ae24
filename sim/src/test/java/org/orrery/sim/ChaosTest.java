// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad weather by seed: nothing unsafe happens in it, and all reach each other again after it. */
class ChaosTest {
    static LongStream seeds() {
        return Lab.seeds(2, 19, 36, 199); // each was slow for a reason of its own
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingUnsafeHappensAndAllReconnect(long seed) {
        Chaos.Outcome outcome = Chaos.run(seed);
        assertThat(outcome.violations()).as("seed %d, %s", seed, outcome).isEmpty();
        assertThat(outcome.reconnectMillis()).isBetween(0L, 10_000L);
        assertThat(outcome.troubles()).hasSizeGreaterThan(10);
    }
}
