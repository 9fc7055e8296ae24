// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The Salsa20 stream cipher with a 256-bit key, a 64-bit nonce and 12 or 20 rounds. It counts blocks from 0; every call
 * starts at a fresh block and drops what it left of its last one. Allocates nothing after construction. One thread.
 */
final class Salsa20 {
    static final int BLOCK_BYTES = 64;

    /** Blocks computed at a time: a full-sized frame (1,400 bytes and the block of its one-time key) in one go. */
    static final int CHUNK_BLOCKS = 32;

    static final VarHandle LITTLE_LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int rounds;
    private SalsaKernel kernel;
    private final int[] state = new int[16];
    private final long[] chunk = new long[CHUNK_BLOCKS * SalsaKernel.BLOCK_WORDS];
    private long counter;

    Salsa20(int rounds) {
        this(rounds, SalsaKernel.fastest());
    }

    Salsa20(int rounds, SalsaKernel ownedKernel) {
        if (rounds != 12 && rounds != 20) {
            throw new IllegalArgumentException("rounds: " + rounds);
        }
        this.rounds = rounds;
        this.kernel = ownedKernel;
        // "expand 32-byte k", four little-endian words on the diagonal.
        state[0] = 0x61707865;
        state[5] = 0x3320646e;
        state[10] = 0x79622d32;
        state[15] = 0x6b206574;
    }

    /** Goes on with the vector twin, which must be usable. */
    void useVectors() {
        kernel.wipe();
        kernel = new VectorSalsa();
    }

    /** Sets key and nonce, given as the little-endian words of their bytes, and starts again at block 0. */
    void start(long key0, long key1, long key2, long key3, long nonce) {
        state[1] = (int) key0;
        state[2] = (int) (key0 >>> 32);
        state[3] = (int) key1;
        state[4] = (int) (key1 >>> 32);
        state[6] = (int) nonce;
        state[7] = (int) (nonce >>> 32);
        state[11] = (int) key2;
        state[12] = (int) (key2 >>> 32);
        state[13] = (int) key3;
        state[14] = (int) (key3 >>> 32);
        counter = 0;
    }

    /** As {@link #start(long, long, long, long, long)}, from 32 key bytes and 8 nonce bytes. */
    void start(byte[] key, int keyOffset, byte[] nonce, int nonceOffset) {
        start(
                (long) LITTLE_LONG.get(key, keyOffset),
                (long) LITTLE_LONG.get(key, keyOffset + 8),
                (long) LITTLE_LONG.get(key, keyOffset + 16),
                (long) LITTLE_LONG.get(key, keyOffset + 24),
                (long) LITTLE_LONG.get(nonce, nonceOffset));
    }

    /** The next {@code count} blocks of key stream as little-endian words. */
    void blocks(long[] out, int offset, int count) {
        kernel.blocks(state, counter, rounds, out, offset, count);
        counter += count;
    }

    /**
     * The next block, and as many after it as {@code bytes} need but no more than a chunk, in memory of this object.
     * Valid until the next call; {@link #xorPrepared} uses the blocks after the first.
     */
    long[] prepare(int bytes) {
        blocks(chunk, 0, Math.min(CHUNK_BLOCKS, 1 + blocksOf(bytes)));
        return chunk;
    }

    /** Encrypts or decrypts in place with the blocks that follow the first of {@link #prepare}. */
    void xorPrepared(byte[] data, int offset, int length) {
        int now = Math.min(length, (CHUNK_BLOCKS - 1) * BLOCK_BYTES);
        xor(data, offset, now, SalsaKernel.BLOCK_WORDS);
        if (now < length) {
            xor(data, offset + now, length - now);
        }
    }

    /** Encrypts or decrypts in place. */
    void xor(byte[] data, int offset, int length) {
        int done = 0;
        while (done < length) {
            int now = Math.min(length - done, CHUNK_BLOCKS * BLOCK_BYTES);
            blocks(chunk, 0, blocksOf(now));
            xor(data, offset + done, now, 0);
            done += now;
        }
    }

    private void xor(byte[] data, int offset, int length, int firstWord) {
        int words = length >>> 3;
        for (int i = 0; i < words; i++) {
            int at = offset + (i << 3);
            LITTLE_LONG.set(data, at, (long) LITTLE_LONG.get(data, at) ^ chunk[firstWord + i]);
        }
        long last = (length & 7) == 0 ? 0 : chunk[firstWord + words];
        for (int i = words << 3; i < length; i++) {
            data[offset + i] ^= (byte) last;
            last >>>= 8;
        }
    }

    private static int blocksOf(int bytes) {
        return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
    }

    /** Forgets key and key stream; {@link #start} makes it usable again. */
    void wipe() {
        start(0, 0, 0, 0, 0);
        Arrays.fill(chunk, 0);
        kernel.wipe();
    }
}
