// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A fast cryptographic random source for packet IDs and keys: Salsa20/20 key stream whose first bytes become the next
 * key, so that what was given out cannot be computed from what is held. Takes no lock; one thread each. With the same
 * seed it gives the same numbers, which is what a simulation wants.
 */
public final class SecureGenerator implements RandomGenerator, AutoCloseable {
    private static final int BLOCKS = 32;
    private static final int SEED_WORDS = 5;

    private final Salsa20 salsa = new Salsa20(20);
    private final long[] words = new long[BLOCKS * SalsaKernel.BLOCK_WORDS];
    private int next;

    /** Takes 40 bytes from {@code secure}, which must be a cryptographic source; it is not kept. */
    public SecureGenerator(RandomGenerator secure) {
        for (int i = 0; i < SEED_WORDS; i++) {
            words[i] = secure.nextLong();
        }
        refill();
    }

    @Override
    public long nextLong() {
        if (next >= words.length) {
            refill();
        }
        long word = words[next];
        words[next++] = 0;
        return word;
    }

    /** The first words are the key and nonce of the stream that replaces all of them. */
    private void refill() {
        if (next > words.length) {
            throw new IllegalStateException("secure generator is closed");
        }
        salsa.start(words[0], words[1], words[2], words[3], words[4]);
        salsa.blocks(words, 0, BLOCKS);
        salsa.start(0, 0, 0, 0, 0);
        next = SEED_WORDS;
    }

    /** Wipes it; later numbers would be predictable, so there are none. */
    @Override
    public void close() {
        Arrays.fill(words, 0);
        salsa.wipe();
        next = words.length + 1;
    }

    @Override
    public String toString() {
        return "secure generator";
    }
}
