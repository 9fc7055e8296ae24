// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

/** Salsa20 in plain arithmetic, block after block. Holds nothing; any thread. */
final class ScalarSalsa implements SalsaKernel {
    @Override
    public void blocks(int[] state, long counter, int rounds, long[] out, int outOffset, int count) {
        for (int i = 0; i < count; i++) {
            block(state, counter + i, rounds, out, outOffset + i * BLOCK_WORDS);
        }
    }

    @Override
    public void wipe() {}

    private static void block(int[] state, long counter, int rounds, long[] out, int at) {
        int counterLow = (int) counter;
        int counterHigh = (int) (counter >>> 32);
        int x0 = state[0];
        int x1 = state[1];
        int x2 = state[2];
        int x3 = state[3];
        int x4 = state[4];
        int x5 = state[5];
        int x6 = state[6];
        int x7 = state[7];
        int x8 = counterLow;
        int x9 = counterHigh;
        int x10 = state[10];
        int x11 = state[11];
        int x12 = state[12];
        int x13 = state[13];
        int x14 = state[14];
        int x15 = state[15];
        for (int round = 0; round < rounds; round += 2) {
            // The columns, then the rows, of the 4 by 4 matrix, each from its diagonal element on.
            x4 ^= Integer.rotateLeft(x0 + x12, 7);
            x8 ^= Integer.rotateLeft(x4 + x0, 9);
            x12 ^= Integer.rotateLeft(x8 + x4, 13);
            x0 ^= Integer.rotateLeft(x12 + x8, 18);
            x9 ^= Integer.rotateLeft(x5 + x1, 7);
            x13 ^= Integer.rotateLeft(x9 + x5, 9);
            x1 ^= Integer.rotateLeft(x13 + x9, 13);
            x5 ^= Integer.rotateLeft(x1 + x13, 18);
            x14 ^= Integer.rotateLeft(x10 + x6, 7);
            x2 ^= Integer.rotateLeft(x14 + x10, 9);
            x6 ^= Integer.rotateLeft(x2 + x14, 13);
            x10 ^= Integer.rotateLeft(x6 + x2, 18);
            x3 ^= Integer.rotateLeft(x15 + x11, 7);
            x7 ^= Integer.rotateLeft(x3 + x15, 9);
            x11 ^= Integer.rotateLeft(x7 + x3, 13);
            x15 ^= Integer.rotateLeft(x11 + x7, 18);

            x1 ^= Integer.rotateLeft(x0 + x3, 7);
            x2 ^= Integer.rotateLeft(x1 + x0, 9);
            x3 ^= Integer.rotateLeft(x2 + x1, 13);
            x0 ^= Integer.rotateLeft(x3 + x2, 18);
            x6 ^= Integer.rotateLeft(x5 + x4, 7);
            x7 ^= Integer.rotateLeft(x6 + x5, 9);
            x4 ^= Integer.rotateLeft(x7 + x6, 13);
            x5 ^= Integer.rotateLeft(x4 + x7, 18);
            x11 ^= Integer.rotateLeft(x10 + x9, 7);
            x8 ^= Integer.rotateLeft(x11 + x10, 9);
            x9 ^= Integer.rotateLeft(x8 + x11, 13);
            x10 ^= Integer.rotateLeft(x9 + x8, 18);
            x12 ^= Integer.rotateLeft(x15 + x14, 7);
            x13 ^= Integer.rotateLeft(x12 + x15, 9);
            x14 ^= Integer.rotateLeft(x13 + x12, 13);
            x15 ^= Integer.rotateLeft(x14 + x13, 18);
        }
        out[at] = word(x0 + state[0], x1 + state[1]);
        out[at + 1] = word(x2 + state[2], x3 + state[3]);
        out[at + 2] = word(x4 + state[4], x5 + state[5]);
        out[at + 3] = word(x6 + state[6], x7 + state[7]);
        out[at + 4] = word(x8 + counterLow, x9 + counterHigh);
        out[at + 5] = word(x10 + state[10], x11 + state[11]);
        out[at + 6] = word(x12 + state[12], x13 + state[13]);
        out[at + 7] = word(x14 + state[14], x15 + state[15]);
    }

    private static long word(int low, int high) {
        return (low & 0xffff_ffffL) | (long) high << 32;
    }
}
