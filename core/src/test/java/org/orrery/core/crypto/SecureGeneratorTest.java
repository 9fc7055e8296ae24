// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SecureGeneratorTest {
    @Test
    void sameSeedSameNumbersOtherSeedOtherNumbers() {
        var one = new SecureGenerator(new Random(71));
        var two = new SecureGenerator(new Random(71));
        var other = new SecureGenerator(new Random(72));
        for (int i = 0; i < 1000; i++) {
            long number = one.nextLong();
            assertThat(two.nextLong()).isEqualTo(number);
            assertThat(other.nextLong()).isNotEqualTo(number);
        }
    }

    @Test
    void givesKeyStreamUnderKeysThatItNeverGivesOut() {
        var seed = new Random(73);
        long[] words = new long[32 * SalsaKernel.BLOCK_WORDS];
        for (int i = 0; i < 5; i++) {
            words[i] = seed.nextLong();
        }
        var generator = new SecureGenerator(new Random(73));
        for (int refill = 0; refill < 4; refill++) {
            var salsa = new Salsa20(20, new ScalarSalsa());
            salsa.start(words[0], words[1], words[2], words[3], words[4]);
            salsa.blocks(words, 0, 32);
            for (int i = 5; i < words.length; i++) {
                assertThat(generator.nextLong()).isEqualTo(words[i]);
            }
        }
    }

    @Test
    void doesNotRepeatAndIsBalanced() {
        var generator = new SecureGenerator(new Random(74));
        Set<Long> seen = new HashSet<>();
        long bits = 0;
        for (int i = 0; i < 100_000; i++) {
            long number = generator.nextLong();
            assertThat(seen.add(number)).isTrue();
            bits += Long.bitCount(number);
        }
        // 6.4 million bits: the standard deviation of the count is 1,265.
        assertThat(bits).isBetween(3_200_000L - 6_000, 3_200_000L + 6_000);
    }

    @Test
    void givesNothingAfterClosing() {
        var generator = new SecureGenerator(new Random(75));
        generator.close();
        assertThatThrownBy(generator::nextLong).isInstanceOf(IllegalStateException.class);
    }
}
