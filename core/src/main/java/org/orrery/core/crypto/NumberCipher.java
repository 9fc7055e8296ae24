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
