// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The bulk of a Poly1305 message, one accumulator in each 64-bit lane: with n lanes, lane k takes every n-th block and is
 * multiplied by r^n between them; at the end each lane is multiplied by the power of r that its blocks still lack, and the
 * lanes are added. Limbs have 26 bits, so that products of limbs and sums of products fit a lane. One thread.
 *
 * <p>Operands of a product are masked to 32 bits although they are smaller: that tells the compiler to use the widening
 * 32-bit multiplication, which is several times faster than the 64-bit one.
 */
final class VectorPoly {
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;
    private static final int LANES = LONGS.length();
    private static final int LIMBS = 5;
    private static final int BLOCK_BYTES = 16;

    /** Lane for lane one block. */
    static final int GROUP_BYTES = LANES * BLOCK_BYTES;

    private static final long MASK_26 = (1L << 26) - 1;
    private static final long MASK_32 = 0xffff_ffffL;
    private static final long MASK_44 = (1L << 44) - 1;

    /** Exchanges neighbours: brings the low half of a block to where the high half is, and the other way round. */
    private static final VectorShuffle<Long> NEIGHBOURS = VectorShuffle.fromOp(LONGS, lane -> lane ^ 1);

    private static final VectorMask<Long> ODD = VectorMask.fromLong(LONGS, 0xaaaa_aaaa_aaaa_aaaaL);

    /** Limb by limb, for each lane, the power of r of the lane. */
    private final long[] powers = new long[LIMBS * LANES];

    private final long[] sums = new long[LIMBS * LANES];

    /**
     * Takes in as many whole groups as there are and leaves the accumulator in {@code poly}, which must have its r and an
     * accumulator of zero. Answers the number of bytes taken.
     */
    int absorb(Poly1305 poly, byte[] data, int offset, int length) {
        int groups = length / GROUP_BYTES;
        if (groups == 0) {
            return 0;
        }
        raise(poly);
        accumulate(data, offset, groups);
        addLanes(poly);
        return groups * GROUP_BYTES;
    }

    void wipe() {
        Arrays.fill(powers, 0);
        Arrays.fill(sums, 0);
    }

    /** Loading puts block i of a group into lane 2i, and block i + n/2 into lane 2i + 1; block i needs r^(n - i). */
    private void raise(Poly1305 poly) {
        poly.startPowers();
        for (int power = 1; power <= LANES; power++) {
            int block = LANES - power;
            int lane = block < LANES / 2 ? 2 * block : 2 * block - LANES + 1;
            long a = poly.powerA();
            long b = poly.powerB();
            long c = poly.powerC();
            powers[lane] = a & MASK_26;
            powers[LANES + lane] = (a >>> 26 | b << 18) & MASK_26;
            powers[2 * LANES + lane] = b >>> 8 & MASK_26;
            powers[3 * LANES + lane] = (b >>> 34 | c << 10) & MASK_26;
            powers[4 * LANES + lane] = c >>> 16;
            if (power < LANES) {
                poly.nextPower();
            }
        }
    }

    private void accumulate(byte[] data, int offset, int groups) {
        // r^n is in the first lane. It multiplies all lanes until the last group, when each lane gets its own power.
        LongVector r0 = LongVector.broadcast(LONGS, powers[0]).and(MASK_32);
        LongVector r1 = LongVector.broadcast(LONGS, powers[LANES]).and(MASK_32);
        LongVector r2 = LongVector.broadcast(LONGS, powers[2 * LANES]).and(MASK_32);
        LongVector r3 = LongVector.broadcast(LONGS, powers[3 * LANES]).and(MASK_32);
        LongVector r4 = LongVector.broadcast(LONGS, powers[4 * LANES]).and(MASK_32);
        LongVector s1 = LongVector.broadcast(LONGS, powers[LANES] * 5).and(MASK_32);
        LongVector s2 = LongVector.broadcast(LONGS, powers[2 * LANES] * 5).and(MASK_32);
        LongVector s3 = LongVector.broadcast(LONGS, powers[3 * LANES] * 5).and(MASK_32);
        LongVector s4 = LongVector.broadcast(LONGS, powers[4 * LANES] * 5).and(MASK_32);
        LongVector h0 = LongVector.zero(LONGS);
        LongVector h1 = h0;
        LongVector h2 = h0;
        LongVector h3 = h0;
        LongVector h4 = h0;
        int at = offset;
        for (int group = 0; group < groups; group++) {
            LongVector first = ByteVector.fromArray(BYTES, data, at).reinterpretAsLongs();
            LongVector second =
                    ByteVector.fromArray(BYTES, data, at + GROUP_BYTES / 2).reinterpretAsLongs();
            at += GROUP_BYTES;
            LongVector low = first.blend(second.rearrange(NEIGHBOURS), ODD);
            LongVector high = first.rearrange(NEIGHBOURS).blend(second, ODD);
            if (group == groups - 1) {
                r0 = LongVector.fromArray(LONGS, powers, 0).and(MASK_32);
                r1 = LongVector.fromArray(LONGS, powers, LANES).and(MASK_32);
                r2 = LongVector.fromArray(LONGS, powers, 2 * LANES).and(MASK_32);
                r3 = LongVector.fromArray(LONGS, powers, 3 * LANES).and(MASK_32);
                r4 = LongVector.fromArray(LONGS, powers, 4 * LANES).and(MASK_32);
                s1 = r1.lanewise(VectorOperators.LSHL, 2).add(r1).and(MASK_32);
                s2 = r2.lanewise(VectorOperators.LSHL, 2).add(r2).and(MASK_32);
                s3 = r3.lanewise(VectorOperators.LSHL, 2).add(r3).and(MASK_32);
                s4 = r4.lanewise(VectorOperators.LSHL, 2).add(r4).and(MASK_32);
            }
            LongVector x0 = h0.add(low.and(MASK_26)).and(MASK_32);
            LongVector x1 =
                    h1.add(low.lanewise(VectorOperators.LSHR, 26).and(MASK_26)).and(MASK_32);
            LongVector x2 = h2.add(low.lanewise(VectorOperators.LSHR, 52)
                            .or(high.lanewise(VectorOperators.LSHL, 12))
                            .and(MASK_26))
                    .and(MASK_32);
            LongVector x3 =
                    h3.add(high.lanewise(VectorOperators.LSHR, 14).and(MASK_26)).and(MASK_32);
            LongVector x4 =
                    h4.add(high.lanewise(VectorOperators.LSHR, 40).or(1L << 24)).and(MASK_32);

            h0 = x0.mul(r0).add(x1.mul(s4)).add(x2.mul(s3)).add(x3.mul(s2)).add(x4.mul(s1));
            h1 = x0.mul(r1).add(x1.mul(r0)).add(x2.mul(s4)).add(x3.mul(s3)).add(x4.mul(s2));
            h2 = x0.mul(r2).add(x1.mul(r1)).add(x2.mul(r0)).add(x3.mul(s4)).add(x4.mul(s3));
            h3 = x0.mul(r3).add(x1.mul(r2)).add(x2.mul(r1)).add(x3.mul(r0)).add(x4.mul(s4));
            h4 = x0.mul(r4).add(x1.mul(r3)).add(x2.mul(r2)).add(x3.mul(r1)).add(x4.mul(r0));

            // Two chains of carries side by side; no limb keeps more than a bit above its 26.
            h1 = h1.add(h0.lanewise(VectorOperators.LSHR, 26));
            h0 = h0.and(MASK_26);
            h4 = h4.add(h3.lanewise(VectorOperators.LSHR, 26));
            h3 = h3.and(MASK_26);
            h2 = h2.add(h1.lanewise(VectorOperators.LSHR, 26));
            h1 = h1.and(MASK_26);
            LongVector over = h4.lanewise(VectorOperators.LSHR, 26);
            h0 = h0.add(over).add(over.lanewise(VectorOperators.LSHL, 2));
            h4 = h4.and(MASK_26);
            h3 = h3.add(h2.lanewise(VectorOperators.LSHR, 26));
            h2 = h2.and(MASK_26);
            h1 = h1.add(h0.lanewise(VectorOperators.LSHR, 26));
            h0 = h0.and(MASK_26);
            h4 = h4.add(h3.lanewise(VectorOperators.LSHR, 26));
            h3 = h3.and(MASK_26);
        }
        h0.intoArray(sums, 0);
        h1.intoArray(sums, LANES);
        h2.intoArray(sums, 2 * LANES);
        h3.intoArray(sums, 3 * LANES);
        h4.intoArray(sums, 4 * LANES);
    }

    /** Adds the lanes and goes over to limbs of 44 bits. */
    private void addLanes(Poly1305 poly) {
        long h0 = 0;
        long h1 = 0;
        long h2 = 0;
        long h3 = 0;
        long h4 = 0;
        for (int lane = 0; lane < LANES; lane++) {
            h0 += sums[lane];
            h1 += sums[LANES + lane];
            h2 += sums[2 * LANES + lane];
            h3 += sums[3 * LANES + lane];
            h4 += sums[4 * LANES + lane];
        }
        // No sum has more than 31 bits: the limbs of 26 bits start at bits 0, 26, 52, 78 and 104.
        long a = h0 + (h1 << 26);
        long b = (a >>> 44) + (h2 << 8) + ((h3 & 0x3ff) << 34);
        long c = (b >>> 44) + (h3 >>> 10) + (h4 << 16);
        poly.accumulator(a & MASK_44, b & MASK_44, c);
    }
}
