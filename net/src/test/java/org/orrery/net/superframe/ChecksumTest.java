// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.superframe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    /** Word by word, as the definition has it. */
    static int plainSum(byte[] bytes, int offset, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            int value = bytes[offset + i] & 0xff;
            sum += i % 2 == 0 ? value << 8 : value;
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    @Test
    void agreesWithTheDefinitionOnEveryLengthAndPlace() {
        var random = new Random(4);
        byte[] bytes = new byte[400];
        for (int length = 0; length <= 300; length++) {
            for (int offset = 0; offset < 9; offset++) {
                random.nextBytes(bytes);
                assertThat(Checksum.sum(bytes, offset, length))
                        .as("%s bytes at %s", length, offset)
                        .isEqualTo(plainSum(bytes, offset, length));
            }
        }
    }

    @Test
    void carriesOfTheLargestWordsAreKept() {
        byte[] bytes = new byte[65_535];
        Arrays.fill(bytes, (byte) 0xff);
        assertThat(Checksum.sum(bytes, 0, 65_534)).isEqualTo(0xffff);
        assertThat(Checksum.sum(bytes, 0, 65_535)).isEqualTo(0xff00);
        assertThat(Checksum.fold(0xffff_ffff_ffff_ffffL)).isEqualTo(0xffff);
        assertThat(Checksum.fold(0)).isZero();
        assertThat(Checksum.fold(0x1_0000_ffffL)).isEqualTo(1);
    }

    /** The example of RFC 1071, section 3. */
    @Test
    void knowsThePublishedExample() {
        byte[] bytes = {0x00, 0x01, (byte) 0xf2, 0x03, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7};
        assertThat(Checksum.sum(bytes, 0, 8)).isEqualTo(0xddf2);
    }
}
