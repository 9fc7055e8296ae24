// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NumberCipherTest {
    /** The example of the cipher's authors for blocks of 64 and keys of 128 bits. */
    @Test
    void isSpeck() {
        NumberCipher cipher = NumberCipher.of(0x0b0a0908_03020100L, 0x1b1a1918_13121110L);
        assertThat(cipher.encrypt(0x3b726574_7475432dL)).isEqualTo(0x8c6fa548_454e028bL);
        assertThat(cipher.decrypt(0x8c6fa548_454e028bL)).isEqualTo(0x3b726574_7475432dL);
    }

    @Test
    void isAPermutation() {
        var random = new Random(1);
        NumberCipher cipher = NumberCipher.of(random.nextLong(), random.nextLong());
        Set<Long> ids = new HashSet<>();
        for (long number = 0; number < 10_000; number++) {
            long id = cipher.encrypt(number);
            assertThat(ids.add(id)).isTrue();
            assertThat(cipher.decrypt(id)).isEqualTo(number);
        }
        for (int i = 0; i < 10_000; i++) {
            long any = random.nextLong();
            assertThat(cipher.decrypt(cipher.encrypt(any))).isEqualTo(any);
        }
    }

    /** Half of the bits change from one number to the next. */
    @Test
    void neighboursHaveNothingInCommon() {
        NumberCipher cipher = NumberCipher.of(1, 2);
        long changed = 0;
        for (long number = 0; number < 10_000; number++) {
            changed += Long.bitCount(cipher.encrypt(number) ^ cipher.encrypt(number + 1));
        }
        assertThat(changed / 10_000.0).isBetween(31.5, 32.5);
    }

    @Test
    void anotherSenderSessionOrKeyIsAnotherPermutation() {
        var bytes = new byte[SharedKey.BYTES];
        try (SharedKey key = SharedKey.of(bytes)) {
            bytes[47] = 1;
            try (SharedKey other = SharedKey.of(bytes)) {
                Set<Long> ids = new HashSet<>();
                ids.add(NumberCipher.of(key, 1, 1).encrypt(1));
                ids.add(NumberCipher.of(key, 2, 1).encrypt(1));
                ids.add(NumberCipher.of(key, 1, 2).encrypt(1));
                ids.add(NumberCipher.of(other, 1, 1).encrypt(1));
                assertThat(ids).hasSize(4);
                assertThat(ids).contains(NumberCipher.of(key, 1, 1).encrypt(1));
            }
        }
    }

    @Test
    void aRunGivesTheSameIdsAndNumbersInWhateverOrder() {
        var random = new Random(2);
        NumberCipher cipher = NumberCipher.of(3, 4);
        var sender = new NumberRun(cipher);
        var receiver = new NumberRun(cipher);
        long number = (1L << 58) + 0xffff_fff0L; // the low word overflows on the way
        for (int i = 0; i < 1_000; i++) {
            long id = sender.encryptNext(number);
            assertThat(id).isEqualTo(cipher.encrypt(number));
            assertThat(receiver.decrypt(id)).isEqualTo(number);
            if (random.nextInt(10) == 0) {
                long other = random.nextInt(3) == 0 ? random.nextLong() : number + random.nextInt(-9, 9);
                assertThat(receiver.decrypt(cipher.encrypt(other))).isEqualTo(other);
            }
            if (random.nextInt(10) == 0) {
                number++; // one that is lost
                sender.encryptNext(number);
            }
            number++;
        }
    }
}
