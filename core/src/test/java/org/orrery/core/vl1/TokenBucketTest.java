// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    @Test
    void givesABurstThenOneForEachInterval() {
        var bucket = new TokenBucket(3, 100);
        for (int i = 0; i < 3; i++) {
            assertThat(bucket.take(1_000)).isTrue();
        }
        assertThat(bucket.take(1_000)).isFalse();
        assertThat(bucket.take(1_099)).isFalse();
        assertThat(bucket.take(1_100)).isTrue();
        assertThat(bucket.take(1_100)).isFalse();
        assertThat(bucket.take(1_400)).isTrue();
        assertThat(bucket.take(1_400)).isTrue();
        assertThat(bucket.take(1_400)).isTrue();
        assertThat(bucket.take(1_400)).isFalse();
    }

    @Test
    void saysNoWithoutMakingTheWaitLonger() {
        var bucket = new TokenBucket(1, 1_000);
        assertThat(bucket.take(0)).isTrue();
        for (int now = 1; now < 1_000; now++) {
            assertThat(bucket.take(now)).isFalse();
        }
        assertThat(bucket.take(1_000)).isTrue();
    }

    @Test
    void neverGivesMoreThanTheBurstAndTheRateAllow() {
        for (int seed = 0; seed < 100; seed++) {
            var random = new Random(seed);
            int burst = 2 + random.nextInt(10);
            int interval = 1 + random.nextInt(500);
            var bucket = new TokenBucket(burst, interval);
            long start = random.nextLong(1L << 42);
            long now = start;
            long taken = 0;
            for (int i = 0; i < 2_000; i++) {
                now += random.nextInt(interval);
                taken += bucket.take(now) ? 1 : 0;
                assertThat(taken).isLessThanOrEqualTo(burst + (now - start) / interval);
            }
            assertThat(taken).isGreaterThanOrEqualTo((now - start) / interval - 1);
        }
    }
}
