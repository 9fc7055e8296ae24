// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import org.jspecify.annotations.Nullable;

/**
 * The Poly1305 one-time authenticator. The accumulator and r are kept in limbs of 44, 44 and 42 bits; sums of the low and
 * the high halves of products then fit a long each, and no carry has to be watched for between them. Messages of some
 * length go through the vector twin first, where there is one. One thread.
 */
final class Poly1305 {
    private static final long MASK_44 = (1L << 44) - 1;
    private static final long MASK_42 = (1L << 42) - 1;

    /** The bit above a full block of 16 bytes, in the limb that starts at bit 88. */
    private static final long ABOVE_BLOCK = 1L << 40;

    /** Below this many bytes, computing the powers of r costs more than the vector twin saves. */
    private static final int VECTOR_BYTES_MIN = 384;

    private @Nullable VectorPoly vector;
    private long ra;
    private long rb;
    private long rc;
    private long ha;
    private long hb;
    private long hc;
    private long powerA;
    private long powerB;
    private long powerC;
    private long tagLow;
    private long tagHigh;

    Poly1305() {
        this(VectorSupport.ready());
    }

    Poly1305(boolean useVectors) {
        this.vector = useVectors ? new VectorPoly() : null;
    }

    /** Goes on with the vector twin, which must be usable. */
    void useVectors() {
        vector = new VectorPoly();
    }

    /** The first 8 bytes of the last tag, as a little-endian word. */
    long tagLow() {
        return tagLow;
    }

    /** The last 8 bytes of the last tag, as a little-endian word. */
    long tagHigh() {
        return tagHigh;
    }

    /** Computes a tag under a key of four little-endian words: two for r, which is clamped here, and two for s. */
    void compute(long r0, long r1, long s0, long s1, byte[] data, int offset, int length) {
        long low = r0 & 0x0fff_fffc_0fff_ffffL;
        long high = r1 & 0x0fff_fffc_0fff_fffcL;
        ra = low & MASK_44;
        rb = (low >>> 44 | high << 20) & MASK_44;
        rc = high >>> 24;
        accumulator(0, 0, 0);
        int done = 0;
        if (vector != null && length >= VECTOR_BYTES_MIN) {
            done = vector.absorb(this, data, offset, length);
        }
        absorb(data, offset + done, offset + length);
        finish(s0, s1);
    }

    /** Replaces the accumulator: three limbs that start at bits 0, 44 and 88. */
    void accumulator(long a, long b, long c) {
        ha = a;
        hb = b;
        hc = c;
    }

    /** Makes r the current power of r. */
    void startPowers() {
        powerA = ra;
        powerB = rb;
        powerC = rc;
    }

    long powerA() {
        return powerA;
    }

    long powerB() {
        return powerB;
    }

    long powerC() {
        return powerC;
    }

    /** Multiplies the current power by r. */
    void nextPower() {
        long rb20 = rb * 20;
        long rc20 = rc * 20;
        long low0 = (powerA * ra & MASK_44) + (powerB * rc20 & MASK_44) + (powerC * rb20 & MASK_44);
        long low1 = (powerA * rb & MASK_44) + (powerB * ra & MASK_44) + (powerC * rc20 & MASK_44);
        long low2 = (powerA * rc & MASK_44) + (powerB * rb & MASK_44) + (powerC * ra & MASK_44);
        long ua = powerA << 10;
        long ub = powerB << 10;
        long uc = powerC << 10;
        low1 += (low0 >>> 44) + upper(ua, ra, ub, rc20, uc, rb20);
        low2 += (low1 >>> 44) + upper(ua, rb, ub, ra, uc, rc20);
        long a = (low0 & MASK_44) + ((low2 >>> 42) + (upper(ua, rc, ub, rb, uc, ra) << 2)) * 5;
        long b = (low1 & MASK_44) + (a >>> 44);
        powerA = a & MASK_44;
        powerB = b & MASK_44;
        powerC = (low2 & MASK_42) + (b >>> 44);
    }

    /** What three products, whose left factors come ten bits up, have from bit 44 on. */
    private static long upper(long u0, long v0, long u1, long v1, long u2, long v2) {
        // Ten bits up on both sides, the upper 64 bits of a product start at its bit 44.
        return Math.multiplyHigh(u0, v0 << 10) + Math.multiplyHigh(u1, v1 << 10) + Math.multiplyHigh(u2, v2 << 10);
    }

    private void absorb(byte[] data, int from, int end) {
        final long ra = this.ra;
        final long rb = this.rb;
        final long rc = this.rc;
        // 2^132 is 20 modulo the prime: what a product carries beyond the third limb comes back in times 20.
        final long rb20 = rb * 20;
        final long rc20 = rc * 20;
        long ha = this.ha;
        long hb = this.hb;
        long hc = this.hc;
        for (int at = from; at < end; at += 16) {
            long b0;
            long b1;
            long above;
            if (end - at >= 16) {
                b0 = (long) Salsa20.LITTLE_LONG.get(data, at);
                b1 = (long) Salsa20.LITTLE_LONG.get(data, at + 8);
                above = ABOVE_BLOCK;
            } else {
                int rest = end - at;
                b0 = tail(data, at, Math.min(rest, 8));
                b1 = tail(data, at + 8, rest - 8);
                if (rest < 8) {
                    b0 |= 1L << (rest << 3);
                } else {
                    b1 |= 1L << (rest << 3);
                }
                above = 0;
            }
            ha += b0 & MASK_44;
            hb += (b0 >>> 44 | b1 << 20) & MASK_44;
            hc += (b1 >>> 24) | above;

            long low0 = (ha * ra & MASK_44) + (hb * rc20 & MASK_44) + (hc * rb20 & MASK_44);
            long low1 = (ha * rb & MASK_44) + (hb * ra & MASK_44) + (hc * rc20 & MASK_44);
            long low2 = (ha * rc & MASK_44) + (hb * rb & MASK_44) + (hc * ra & MASK_44);
            long ua = ha << 10;
            long ub = hb << 10;
            long uc = hc << 10;
            low1 += (low0 >>> 44) + upper(ua, ra, ub, rc20, uc, rb20);
            low2 += (low1 >>> 44) + upper(ua, rb, ub, ra, uc, rc20);
            ha = (low0 & MASK_44) + ((low2 >>> 42) + (upper(ua, rc, ub, rb, uc, ra) << 2)) * 5;
            hb = (low1 & MASK_44) + (ha >>> 44);
            ha &= MASK_44;
            hc = low2 & MASK_42;
        }
        accumulator(ha, hb, hc);
    }

    private static long tail(byte[] data, int at, int count) {
        long word = 0;
        for (int i = 0; i < count; i++) {
            word |= (data[at + i] & 0xffL) << (i << 3);
        }
        return word;
    }

    /** Reduces fully and adds s. */
    private void finish(long s0, long s1) {
        long ha = this.ha;
        long hb = this.hb;
        long hc = this.hc;
        hc += hb >>> 44;
        hb &= MASK_44;
        ha += (hc >>> 42) * 5;
        hc &= MASK_42;
        hb += ha >>> 44;
        ha &= MASK_44;
        hc += hb >>> 44;
        hb &= MASK_44;
        ha += (hc >>> 42) * 5;
        hc &= MASK_42;
        hb += ha >>> 44;
        ha &= MASK_44;
        // h - p = h + 5 - 2^130; take it if it is not negative, without a branch.
        long ga = ha + 5;
        long gb = hb + (ga >>> 44);
        ga &= MASK_44;
        long gc = hc + (gb >>> 44) - (1L << 42);
        gb &= MASK_44;
        long keep = gc >> 63;
        ha = (ha & keep) | (ga & ~keep);
        hb = (hb & keep) | (gb & ~keep);
        hc = (hc & keep) | (gc & ~keep);

        long h0 = ha | hb << 44;
        long h1 = hb >>> 20 | hc << 24;
        tagLow = h0 + s0;
        tagHigh = h1 + s1 + (Long.compareUnsigned(tagLow, h0) < 0 ? 1 : 0);
    }

    /** Forgets key, accumulator and tag. */
    void wipe() {
        ra = 0;
        rb = 0;
        rc = 0;
        accumulator(0, 0, 0);
        startPowers();
        tagLow = 0;
        tagHigh = 0;
        if (vector != null) {
            vector.wipe();
        }
    }
}
