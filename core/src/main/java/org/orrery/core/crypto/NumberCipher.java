// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import static org.orrery.core.crypto.Salsa20.LITTLE_LONG;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A permutation of 64-bit numbers under a key of two nodes, so that numbers in order go over the wire as packet IDs that
 * look random and that nobody else can foretell. It is Speck with blocks of 64 and keys of 128 bits: additions, rotations
 * and XOR of two words, 27 times. AES has blocks of twice the size, and one call of the JDK's costs more than all of this.
 *
 * <p>Immutable; any thread. Allocates nothing.
 */
public final class NumberCipher {
    private static final int ROUNDS = 27;

    /** Numbers that go through together in {@link #encryptRun}. */
    static final int RUN = 4;

    private static final byte[] LABEL = "Orrery packet numbers".getBytes(StandardCharsets.US_ASCII);

    private final int[] keys = new int[ROUNDS];

    private NumberCipher(long low, long high) {
        int key = (int) low;
        int[] line = {(int) (low >>> 32), (int) high, (int) (high >>> 32)};
        for (int i = 0; i < ROUNDS; i++) {
            keys[i] = key;
            int next = (key + Integer.rotateRight(line[i % 3], 8)) ^ i;
            line[i % 3] = next;
            key = Integer.rotateLeft(key, 3) ^ next;
        }
    }

    /** The permutation for what {@code sender} sends in one of its {@code session}s to the other holder of {@code shared}. */
    public static NumberCipher of(SharedKey shared, long sender, long session) {
        byte[] message = Arrays.copyOf(LABEL, LABEL.length + 16);
        LITTLE_LONG.set(message, LABEL.length, sender);
        LITTLE_LONG.set(message, LABEL.length + 8, session);
        byte[] key = Digests.hmacSha384(shared.borrowed(), message);
        var cipher = of((long) LITTLE_LONG.get(key, 0), (long) LITTLE_LONG.get(key, 8));
        Arrays.fill(key, (byte) 0);
        return cipher;
    }

    /** Under a key of two halves. */
    static NumberCipher of(long low, long high) {
        return new NumberCipher(low, high);
    }

    public long encrypt(long number) {
        int x = (int) (number >>> 32);
        int y = (int) number;
        for (int key : keys) {
            x = (Integer.rotateRight(x, 8) + y) ^ key;
            y = Integer.rotateLeft(y, 3) ^ x;
        }
        return (long) x << 32 | y & 0xffff_ffffL;
    }

    /** As {@link #encrypt} of {@code number} and the three that follow it. */
    void encryptRun(long number, long[] ids) {
        int x0 = (int) (number >>> 32);
        int x1 = (int) (number + 1 >>> 32);
        int x2 = (int) (number + 2 >>> 32);
        int x3 = (int) (number + 3 >>> 32);
        int y0 = (int) number;
        int y1 = y0 + 1;
        int y2 = y0 + 2;
        int y3 = y0 + 3;
        for (int key : keys) {
            x0 = (Integer.rotateRight(x0, 8) + y0) ^ key;
            x1 = (Integer.rotateRight(x1, 8) + y1) ^ key;
            x2 = (Integer.rotateRight(x2, 8) + y2) ^ key;
            x3 = (Integer.rotateRight(x3, 8) + y3) ^ key;
            y0 = Integer.rotateLeft(y0, 3) ^ x0;
            y1 = Integer.rotateLeft(y1, 3) ^ x1;
            y2 = Integer.rotateLeft(y2, 3) ^ x2;
            y3 = Integer.rotateLeft(y3, 3) ^ x3;
        }
        ids[0] = (long) x0 << 32 | y0 & 0xffff_ffffL;
        ids[1] = (long) x1 << 32 | y1 & 0xffff_ffffL;
        ids[2] = (long) x2 << 32 | y2 & 0xffff_ffffL;
        ids[3] = (long) x3 << 32 | y3 & 0xffff_ffffL;
    }

    public long decrypt(long id) {
        int x = (int) (id >>> 32);
        int y = (int) id;
        for (int i = ROUNDS - 1; i >= 0; i--) {
            y = Integer.rotateRight(y ^ x, 3);
            x = Integer.rotateLeft((x ^ keys[i]) - y, 8);
        }
        return (long) x << 32 | y & 0xffff_ffffL;
    }

    @Override
    public String toString() {
        return "number cipher";
    }
}
