// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.orrery.core.value.Address;

/**
 * The memory-hard function that binds an address to a public key: a walk over 2 MiB of Salsa20/20 key stream that swaps
 * words as it goes. The first byte of the digest is the proof of work, its last five are the address. Holds the 2 MiB until
 * it is closed, so that many attempts can share them; they lie outside the heap, which would keep room for them long after
 * the last attempt. One thread.
 */
final class IdentityHash implements AutoCloseable {
    static final int DIGEST_BYTES = 64;

    private static final int MEMORY_BYTES = 2 * 1024 * 1024;
    private static final int MEMORY_WORDS = MEMORY_BYTES / Long.BYTES;
    private static final int DIGEST_WORDS = DIGEST_BYTES / Long.BYTES;

    /** A digest must start with a byte below this: one public key in fifteen. */
    private static final int FIRST_BYTE_LIMIT = 17;

    /** Blocks of key stream fetched at a time during the walk, which uses one for every two words. */
    private static final int WALK_BLOCKS = 64;

    /** All words are kept as the bytes stand in memory, because the key stream arrives so. */
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Salsa20 salsa = new Salsa20(20);
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(MEMORY_BYTES, Long.BYTES);

    private final long[] digest = new long[DIGEST_WORDS];
    private final long[] stream = new long[WALK_BLOCKS * SalsaKernel.BLOCK_WORDS];

    /** Computes the digest of 64 bytes of public key. */
    void run(byte[] publicKey) {
        byte[] start = Digests.sha512(publicKey);
        for (int i = 0; i < DIGEST_WORDS; i++) {
            digest[i] = (long) Salsa20.LITTLE_LONG.get(start, i * Long.BYTES);
        }
        salsa.start(digest[0], digest[1], digest[2], digest[3], digest[4]);
        fill();
        walk();
    }

    /** Each block is the key stream so far, XORed together. */
    private void fill() {
        long[] sum = new long[SalsaKernel.BLOCK_WORDS];
        for (int i = 0; i < MEMORY_WORDS; i += stream.length) {
            salsa.blocks(stream, 0, WALK_BLOCKS);
            for (int word = 0; word < stream.length; word++) {
                sum[word % SalsaKernel.BLOCK_WORDS] ^= stream[word];
                memory.setAtIndex(WORD, i + word, sum[word % SalsaKernel.BLOCK_WORDS]);
            }
        }
    }

    private void walk() {
        int i = 0;
        while (i < MEMORY_WORDS) {
            salsa.blocks(stream, 0, WALK_BLOCKS);
            for (int word = 0; word < stream.length; word += SalsaKernel.BLOCK_WORDS) {
                // Indices are big-endian numbers modulo powers of two: their low bits are in the last byte.
                int x = (int) (memory.getAtIndex(WORD, i) >>> 56) & (DIGEST_WORDS - 1);
                int y = (int) Long.reverseBytes(memory.getAtIndex(WORD, i + 1)) & (MEMORY_WORDS - 1);
                i += 2;
                long swapped = memory.getAtIndex(WORD, y);
                memory.setAtIndex(WORD, y, digest[x]);
                digest[x] = swapped;
                for (int k = 0; k < DIGEST_WORDS; k++) {
                    digest[k] ^= stream[word + k];
                }
            }
        }
    }

    /** Whether the last digest is low enough. */
    boolean passes() {
        return (digest[0] & 0xff) < FIRST_BYTE_LIMIT;
    }

    /** The address in the last digest, which may be a reserved one. */
    long addressBits() {
        return Long.reverseBytes(digest[DIGEST_WORDS - 1]) & 0xff_ffff_ffffL;
    }

    /** Whether {@code publicKey} passes and gives {@code address}. */
    boolean leadsTo(byte[] publicKey, Address address) {
        run(publicKey);
        return passes() && addressBits() == address.bits();
    }

    /** A copy of the last digest. */
    byte[] digest() {
        byte[] out = new byte[DIGEST_BYTES];
        for (int i = 0; i < DIGEST_WORDS; i++) {
            Salsa20.LITTLE_LONG.set(out, i * Long.BYTES, digest[i]);
        }
        return out;
    }

    /** Forgets everything and gives the memory back. */
    @Override
    public void close() {
        memory.fill((byte) 0);
        arena.close();
        Arrays.fill(digest, 0);
        Arrays.fill(stream, 0);
        salsa.wipe();
    }
}
