// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

/**
 * Computes Salsa20 key stream blocks. Two twins give the same bytes: plain arithmetic, and several blocks side by side
 * in vector registers. A kernel has scratch memory of its own: one thread each.
 */
sealed interface SalsaKernel permits ScalarSalsa, VectorSalsa {
    /** 64-bit words in a block. */
    int BLOCK_WORDS = 8;

    /**
     * Writes {@code count} blocks of key stream to {@code out} from {@code outOffset}, as little-endian words.
     *
     * @param state the 16 words of the Salsa20 matrix; the two counter words are ignored and left alone
     * @param counter number of the first block
     * @param rounds 12 or 20
     */
    void blocks(int[] state, long counter, int rounds, long[] out, int outOffset, int count);

    /** Overwrites scratch memory that may hold key stream. */
    void wipe();

    /** The faster twin of those that this JVM has ready. */
    static SalsaKernel fastest() {
        return VectorSupport.ready() ? new VectorSalsa() : new ScalarSalsa();
    }
}
