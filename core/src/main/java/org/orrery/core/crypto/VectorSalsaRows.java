// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Salsa20 for the few blocks of a small packet: a diagonal of the matrix in four lanes of a vector, and as many blocks side by
 * side as that leaves room for. Four vectors hold them all, so that a round is short, where {@link VectorSalsa} has
 * sixteen and as many blocks as lanes. One thread.
 */
final class VectorSalsaRows {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = INTS.length();
    private static final int ROW = 4;

    /** Most blocks at a time; one alone is better off in plain arithmetic. */
    static final int BLOCKS_MAX = LANES / ROW;

    /** Which word of the matrix is where: four diagonals, each from its element in the first column on. */
    private static final int[] DIAGONALS = {0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11};

    /** The first four lanes for each block. */
    private static final VectorShuffle<Integer> EACH = VectorShuffle.fromOp(INTS, lane -> lane % ROW);

    private static final VectorShuffle<Integer> LEFT = turned(1);
    private static final VectorShuffle<Integer> HALF = turned(2);
    private static final VectorShuffle<Integer> RIGHT = turned(3);

    /** The number of each block where the low word of its counter is. */
    private static final IntVector BLOCK_NUMBERS = IntVector.fromArray(INTS, blockNumbers(), 0);

    private final int[] matrix = new int[4 * ROW + LANES]; // the last diagonal is read a whole vector long
    private final int[] sums = new int[4 * LANES];

    private static VectorShuffle<Integer> turned(int by) {
        return VectorShuffle.fromOp(INTS, lane -> lane / ROW * ROW + (lane + by) % ROW);
    }

    private static int[] blockNumbers() {
        int[] numbers = new int[LANES];
        for (int lane = 0; lane < LANES; lane += ROW) {
            numbers[lane] = lane / ROW;
        }
        return numbers;
    }

    /** Whether it can do {@code count} blocks from {@code counter} on: none of their counters carries into its high word. */
    static boolean takes(long counter, int count) {
        return count > 1 && count <= BLOCKS_MAX && Integer.compareUnsigned((int) counter, -BLOCKS_MAX) < 0;
    }

    /** As {@link SalsaKernel#blocks}, of at most {@link #BLOCKS_MAX}. */
    void blocks(int[] state, long counter, int rounds, long[] out, int outOffset, int count) {
        for (int i = 0; i < 4 * ROW; i++) {
            matrix[i] = state[DIAGONALS[i]];
        }
        matrix[5] = (int) (counter >>> 32);
        matrix[8] = (int) counter;
        rounds(rounds);
        for (int block = 0; block < count; block++) {
            unpack(block * ROW, out, outOffset + block * SalsaKernel.BLOCK_WORDS);
        }
    }

    private void rounds(int rounds) {
        IntVector start0 = IntVector.fromArray(INTS, matrix, 0).rearrange(EACH);
        IntVector start1 = IntVector.fromArray(INTS, matrix, ROW).rearrange(EACH);
        IntVector start2 =
                IntVector.fromArray(INTS, matrix, 2 * ROW).rearrange(EACH).add(BLOCK_NUMBERS);
        IntVector start3 = IntVector.fromArray(INTS, matrix, 3 * ROW).rearrange(EACH);
        IntVector d0 = start0;
        IntVector d1 = start1;
        IntVector d2 = start2;
        IntVector d3 = start3;
        for (int round = 0; round < rounds; round += 2) {
            d1 = d1.lanewise(VectorOperators.XOR, d0.add(d3).lanewise(VectorOperators.ROL, 7));
            d2 = d2.lanewise(VectorOperators.XOR, d1.add(d0).lanewise(VectorOperators.ROL, 9));
            d3 = d3.lanewise(VectorOperators.XOR, d2.add(d1).lanewise(VectorOperators.ROL, 13));
            d0 = d0.lanewise(VectorOperators.XOR, d3.add(d2).lanewise(VectorOperators.ROL, 18));
            // Turned, the diagonals lie over each other as rows do.
            IntVector t1 = d1.rearrange(RIGHT);
            IntVector t2 = d2.rearrange(HALF);
            IntVector t3 = d3.rearrange(LEFT);
            t3 = t3.lanewise(VectorOperators.XOR, d0.add(t1).lanewise(VectorOperators.ROL, 7));
            t2 = t2.lanewise(VectorOperators.XOR, t3.add(d0).lanewise(VectorOperators.ROL, 9));
            t1 = t1.lanewise(VectorOperators.XOR, t2.add(t3).lanewise(VectorOperators.ROL, 13));
            d0 = d0.lanewise(VectorOperators.XOR, t1.add(t2).lanewise(VectorOperators.ROL, 18));
            d1 = t1.rearrange(LEFT);
            d2 = t2.rearrange(HALF);
            d3 = t3.rearrange(RIGHT);
        }
        d0.add(start0).intoArray(sums, 0);
        d1.add(start1).intoArray(sums, LANES);
        d2.add(start2).intoArray(sums, 2 * LANES);
        d3.add(start3).intoArray(sums, 3 * LANES);
    }

    private void unpack(int d0, long[] out, int at) {
        int d1 = d0 + LANES;
        int d2 = d1 + LANES;
        int d3 = d2 + LANES;
        out[at] = word(d0, d3 + 1);
        out[at + 1] = word(d2 + 2, d1 + 3);
        out[at + 2] = word(d1, d0 + 1);
        out[at + 3] = word(d3 + 2, d2 + 3);
        out[at + 4] = word(d2, d1 + 1);
        out[at + 5] = word(d0 + 2, d3 + 3);
        out[at + 6] = word(d3, d2 + 1);
        out[at + 7] = word(d1 + 2, d0 + 3);
    }

    private long word(int low, int high) {
        return sums[low] & 0xffff_ffffL | (long) sums[high] << 32;
    }

    /** Overwrites scratch memory that may hold key stream. */
    void wipe() {
        Arrays.fill(matrix, 0);
        Arrays.fill(sums, 0);
    }
}
