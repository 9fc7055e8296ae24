// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.core.crypto.Vectors.bytes;
import static org.orrery.core.crypto.Vectors.hex;
import static org.orrery.core.crypto.Vectors.list;
import static org.orrery.core.crypto.Vectors.text;

import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class Poly1305Test {
    /** By both twins. */
    private static byte[] tag(byte[] key, byte[] message, int offset, int length) {
        byte[] scalar = tag(new Poly1305(false), key, message, offset, length);
        assertThat(tag(new Poly1305(true), key, message, offset, length)).isEqualTo(scalar);
        return scalar;
    }

    private static byte[] tag(Poly1305 poly, byte[] key, byte[] message, int offset, int length) {
        poly.compute(
                (long) Salsa20.LITTLE_LONG.get(key, 0),
                (long) Salsa20.LITTLE_LONG.get(key, 8),
                (long) Salsa20.LITTLE_LONG.get(key, 16),
                (long) Salsa20.LITTLE_LONG.get(key, 24),
                message,
                offset,
                length);
        byte[] out = new byte[16];
        Salsa20.LITTLE_LONG.set(out, 0, poly.tagLow());
        Salsa20.LITTLE_LONG.set(out, 8, poly.tagHigh());
        return out;
    }

    private static byte[] oracle(byte[] key, byte[] message, int offset, int length) {
        byte[] clamped = key.clone();
        for (int i = 3; i < 16; i += 4) {
            clamped[i] &= 0x0f;
        }
        for (int i = 4; i < 16; i += 4) {
            clamped[i] &= (byte) 0xfc;
        }
        var mac = new org.bouncycastle.crypto.macs.Poly1305();
        mac.init(new KeyParameter(clamped));
        mac.update(message, offset, length);
        byte[] out = new byte[16];
        mac.doFinal(out, 0);
        return out;
    }

    @Test
    void givesEveryRecordedTag() {
        for (JsonNode entry : list("poly1305.json", "cases")) {
            byte[] message = bytes(entry, "message");
            assertThat(hex(tag(bytes(entry, "key"), message, 0, message.length)))
                    .isEqualTo(text(entry, "tag"));
        }
    }

    @Test
    void agreesWithAnIndependentImplementationAtEveryLength() {
        var random = new Random(51);
        byte[] key = new byte[32];
        for (int length = 0; length <= 10_100; length += length < 2200 ? 1 : 131) {
            random.nextBytes(key);
            int offset = random.nextInt(9);
            byte[] message = new byte[offset + length + random.nextInt(9)];
            random.nextBytes(message);
            assertThat(tag(key, message, offset, length)).isEqualTo(oracle(key, message, offset, length));
        }
    }

    @Test
    void carriesRightlyWhereEveryBitIsSet() {
        byte[] extremes = {0, 1, 2, 3, 4, 5, 0x7f, (byte) 0x80, (byte) 0xfa, (byte) 0xfb, (byte) 0xfc, (byte) 0xff};
        var random = new Random(52);
        for (int round = 0; round < 20_000; round++) {
            byte[] key = new byte[32];
            byte[] message = new byte[random.nextInt(1200)];
            Arrays.fill(key, 0, 16, random.nextInt(4) == 0 ? (byte) 2 : (byte) -1);
            Arrays.fill(key, 16, 32, extremes[random.nextInt(extremes.length)]);
            byte fill = extremes[random.nextInt(extremes.length)];
            Arrays.fill(message, fill);
            if (message.length > 0 && random.nextBoolean()) {
                message[random.nextInt(message.length)] = extremes[random.nextInt(extremes.length)];
            }
            assertThat(tag(key, message, 0, message.length)).isEqualTo(oracle(key, message, 0, message.length));
        }
    }

    @Test
    void reducesSumsAroundThePrime() {
        // r = 1 makes the accumulator the plain sum of the blocks: these hit p - 1, p, p + 1 and 2^130 exactly.
        byte[] key = new byte[32];
        key[0] = 1;
        for (int last = 0xf0; last <= 0xff; last++) {
            for (int second = 0; second < 8; second++) {
                byte[] message = new byte[48];
                Arrays.fill(message, 0, 32, (byte) 0xff);
                message[0] = (byte) last;
                message[32] = (byte) second;
                for (int length = 16; length <= 48; length++) {
                    assertThat(tag(key, message, 0, length)).isEqualTo(oracle(key, message, 0, length));
                }
            }
        }
    }
}
