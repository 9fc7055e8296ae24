// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Salsa20 with one block in each 32-bit lane of a vector. A group of lanes costs little more than one block in plain
 * arithmetic, so a short request goes to one that has a few blocks side by side, and a single block to the scalar twin. One
 * thread.
 */
final class VectorSalsa implements SalsaKernel {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final int LANES = INTS.length();
    private static final int LONG_LANES = LONGS.length();
    private static final IntVector LANE_NUMBERS = IntVector.zero(INTS).addIndex(1);
    private static final long LOW_HALF = 0xffff_ffffL;

    /** Below this many blocks the scalar twin is faster. */
    private static final int VECTOR_BLOCKS_MIN = 3;

    private final ScalarSalsa scalar = new ScalarSalsa();
    private final VectorSalsaRows rows = new VectorSalsaRows();

    /** The 16 words of the matrix after all rounds, each for every lane. */
    private final int[] sums = new int[16 * LANES];

    /** A group of blocks, sorted by word: for each of the 8 words all even blocks, then all odd ones. */
    private final long[] group = new long[BLOCK_WORDS * LANES];

    @Override
    public void blocks(int[] state, long counter, int rounds, long[] out, int outOffset, int count) {
        int done = 0;
        while (count - done >= VECTOR_BLOCKS_MIN && !VectorSalsaRows.takes(counter + done, count - done)) {
            int now = Math.min(LANES, count - done);
            group(state, counter + done, rounds);
            unpack(out, outOffset + done * BLOCK_WORDS, now);
            done += now;
        }
        int at = outOffset + done * BLOCK_WORDS;
        if (VectorSalsaRows.takes(counter + done, count - done)) {
            rows.blocks(state, counter + done, rounds, out, at, count - done);
        } else {
            scalar.blocks(state, counter + done, rounds, out, at, count - done);
        }
    }

    @Override
    public void wipe() {
        Arrays.fill(sums, 0);
        Arrays.fill(group, 0);
        rows.wipe();
    }

    private void group(int[] state, long counter, int rounds) {
        IntVector counterLow = LANE_NUMBERS.add((int) counter);
        // A lane whose low word wrapped around has carried into its high word.
        IntVector counterHigh = IntVector.broadcast(INTS, (int) (counter >>> 32))
                .sub(
                        IntVector.broadcast(INTS, -1),
                        counterLow.compare(VectorOperators.ULT, IntVector.broadcast(INTS, (int) counter)));
        IntVector x0 = IntVector.broadcast(INTS, state[0]);
        IntVector x1 = IntVector.broadcast(INTS, state[1]);
        IntVector x2 = IntVector.broadcast(INTS, state[2]);
        IntVector x3 = IntVector.broadcast(INTS, state[3]);
        IntVector x4 = IntVector.broadcast(INTS, state[4]);
        IntVector x5 = IntVector.broadcast(INTS, state[5]);
        IntVector x6 = IntVector.broadcast(INTS, state[6]);
        IntVector x7 = IntVector.broadcast(INTS, state[7]);
        IntVector x8 = counterLow;
        IntVector x9 = counterHigh;
        IntVector x10 = IntVector.broadcast(INTS, state[10]);
        IntVector x11 = IntVector.broadcast(INTS, state[11]);
        IntVector x12 = IntVector.broadcast(INTS, state[12]);
        IntVector x13 = IntVector.broadcast(INTS, state[13]);
        IntVector x14 = IntVector.broadcast(INTS, state[14]);
        IntVector x15 = IntVector.broadcast(INTS, state[15]);
        for (int round = 0; round < rounds; round += 2) {
            // As in the scalar twin: columns, then rows.
            x4 = x4.lanewise(VectorOperators.XOR, x0.add(x12).lanewise(VectorOperators.ROL, 7));
            x8 = x8.lanewise(VectorOperators.XOR, x4.add(x0).lanewise(VectorOperators.ROL, 9));
            x12 = x12.lanewise(VectorOperators.XOR, x8.add(x4).lanewise(VectorOperators.ROL, 13));
            x0 = x0.lanewise(VectorOperators.XOR, x12.add(x8).lanewise(VectorOperators.ROL, 18));
            x9 = x9.lanewise(VectorOperators.XOR, x5.add(x1).lanewise(VectorOperators.ROL, 7));
            x13 = x13.lanewise(VectorOperators.XOR, x9.add(x5).lanewise(VectorOperators.ROL, 9));
            x1 = x1.lanewise(VectorOperators.XOR, x13.add(x9).lanewise(VectorOperators.ROL, 13));
            x5 = x5.lanewise(VectorOperators.XOR, x1.add(x13).lanewise(VectorOperators.ROL, 18));
            x14 = x14.lanewise(VectorOperators.XOR, x10.add(x6).lanewise(VectorOperators.ROL, 7));
            x2 = x2.lanewise(VectorOperators.XOR, x14.add(x10).lanewise(VectorOperators.ROL, 9));
            x6 = x6.lanewise(VectorOperators.XOR, x2.add(x14).lanewise(VectorOperators.ROL, 13));
            x10 = x10.lanewise(VectorOperators.XOR, x6.add(x2).lanewise(VectorOperators.ROL, 18));
            x3 = x3.lanewise(VectorOperators.XOR, x15.add(x11).lanewise(VectorOperators.ROL, 7));
            x7 = x7.lanewise(VectorOperators.XOR, x3.add(x15).lanewise(VectorOperators.ROL, 9));
            x11 = x11.lanewise(VectorOperators.XOR, x7.add(x3).lanewise(VectorOperators.ROL, 13));
            x15 = x15.lanewise(VectorOperators.XOR, x11.add(x7).lanewise(VectorOperators.ROL, 18));

            x1 = x1.lanewise(VectorOperators.XOR, x0.add(x3).lanewise(VectorOperators.ROL, 7));
            x2 = x2.lanewise(VectorOperators.XOR, x1.add(x0).lanewise(VectorOperators.ROL, 9));
            x3 = x3.lanewise(VectorOperators.XOR, x2.add(x1).lanewise(VectorOperators.ROL, 13));
            x0 = x0.lanewise(VectorOperators.XOR, x3.add(x2).lanewise(VectorOperators.ROL, 18));
            x6 = x6.lanewise(VectorOperators.XOR, x5.add(x4).lanewise(VectorOperators.ROL, 7));
            x7 = x7.lanewise(VectorOperators.XOR, x6.add(x5).lanewise(VectorOperators.ROL, 9));
            x4 = x4.lanewise(VectorOperators.XOR, x7.add(x6).lanewise(VectorOperators.ROL, 13));
            x5 = x5.lanewise(VectorOperators.XOR, x4.add(x7).lanewise(VectorOperators.ROL, 18));
            x11 = x11.lanewise(VectorOperators.XOR, x10.add(x9).lanewise(VectorOperators.ROL, 7));
            x8 = x8.lanewise(VectorOperators.XOR, x11.add(x10).lanewise(VectorOperators.ROL, 9));
            x9 = x9.lanewise(VectorOperators.XOR, x8.add(x11).lanewise(VectorOperators.ROL, 13));
            x10 = x10.lanewise(VectorOperators.XOR, x9.add(x8).lanewise(VectorOperators.ROL, 18));
            x12 = x12.lanewise(VectorOperators.XOR, x15.add(x14).lanewise(VectorOperators.ROL, 7));
            x13 = x13.lanewise(VectorOperators.XOR, x12.add(x15).lanewise(VectorOperators.ROL, 9));
            x14 = x14.lanewise(VectorOperators.XOR, x13.add(x12).lanewise(VectorOperators.ROL, 13));
            x15 = x15.lanewise(VectorOperators.XOR, x14.add(x13).lanewise(VectorOperators.ROL, 18));
        }
        x0.add(state[0]).intoArray(sums, 0);
        x1.add(state[1]).intoArray(sums, LANES);
        x2.add(state[2]).intoArray(sums, 2 * LANES);
        x3.add(state[3]).intoArray(sums, 3 * LANES);
        x4.add(state[4]).intoArray(sums, 4 * LANES);
        x5.add(state[5]).intoArray(sums, 5 * LANES);
        x6.add(state[6]).intoArray(sums, 6 * LANES);
        x7.add(state[7]).intoArray(sums, 7 * LANES);
        x8.add(counterLow).intoArray(sums, 8 * LANES);
        x9.add(counterHigh).intoArray(sums, 9 * LANES);
        x10.add(state[10]).intoArray(sums, 10 * LANES);
        x11.add(state[11]).intoArray(sums, 11 * LANES);
        x12.add(state[12]).intoArray(sums, 12 * LANES);
        x13.add(state[13]).intoArray(sums, 13 * LANES);
        x14.add(state[14]).intoArray(sums, 14 * LANES);
        x15.add(state[15]).intoArray(sums, 15 * LANES);
    }

    /**
     * Joins the low and the high half of each word and puts the words where they belong. Seen as longs, a lane holds an
     * even block below an odd one. This is not a helper of the method above on purpose: a vector that is passed to a
     * method which the compiler does not inline is allocated.
     */
    private void unpack(long[] out, int at, int count) {
        for (int word = 0; word < BLOCK_WORDS; word++) {
            int low = 2 * word * LANES;
            LongVector lows = IntVector.fromArray(INTS, sums, low).reinterpretAsLongs();
            LongVector highs = IntVector.fromArray(INTS, sums, low + LANES).reinterpretAsLongs();
            lows.and(LOW_HALF).or(highs.lanewise(VectorOperators.LSHL, 32)).intoArray(group, word * LANES);
            lows.lanewise(VectorOperators.LSHR, 32)
                    .or(highs.and(~LOW_HALF))
                    .intoArray(group, word * LANES + LONG_LANES);
        }
        for (int block = 0; block < count; block++) {
            int from = (block >> 1) + (block & 1) * LONG_LANES;
            int to = at + block * BLOCK_WORDS;
            for (int word = 0; word < BLOCK_WORDS; word++) {
                out[to + word] = group[word * LANES + from];
            }
        }
    }
}
