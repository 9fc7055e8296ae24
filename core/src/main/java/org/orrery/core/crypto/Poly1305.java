// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

/**
 * The Poly1305 one-time authenticator. The accumulator and r are kept in limbs of 44, 44 and 42 bits; sums of the low and
 * the high halves of products then fit a long each, and no carry has to be watched for between them. One thread.
 */
final class Poly1305 {
    private static final long MASK_44 = (1L << 44) - 1;
    private static final long MASK_42 = (1L << 42) - 1;

    /** The bit above a full block of 16 bytes, in the limb that starts at bit 88. */
    private static final long ABOVE_BLOCK = 1L << 40;

    private long tagLow;
    private long tagHigh;

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
        long ra = low & MASK_44;
        long rb = (low >>> 44 | high << 20) & MASK_44;
        long rc = high >>> 24;
        // 2^132 is 20 modulo the prime: what a product carries beyond the third limb comes back in times 20.
        long rb20 = rb * 20;
        long rc20 = rc * 20;

        long ha = 0;
        long hb = 0;
        long hc = 0;
        int at = offset;
        int end = offset + length;
        while (at < end) {
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
            at += 16;
            ha += b0 & MASK_44;
            hb += (b0 >>> 44 | b1 << 20) & MASK_44;
            hc += (b1 >>> 24) | above;

            long low0 = (ha * ra & MASK_44) + (hb * rc20 & MASK_44) + (hc * rb20 & MASK_44);
            long low1 = (ha * rb & MASK_44) + (hb * ra & MASK_44) + (hc * rc20 & MASK_44);
            long low2 = (ha * rc & MASK_44) + (hb * rb & MASK_44) + (hc * ra & MASK_44);
            // Ten bits up on both sides: the upper 64 bits of the product then start at its bit 44.
            long ua = ha << 10;
            long ub = hb << 10;
            long uc = hc << 10;
            long high0 = Math.multiplyHigh(ua, ra << 10)
                    + Math.multiplyHigh(ub, rc20 << 10)
                    + Math.multiplyHigh(uc, rb20 << 10);
            long high1 = Math.multiplyHigh(ua, rb << 10)
                    + Math.multiplyHigh(ub, ra << 10)
                    + Math.multiplyHigh(uc, rc20 << 10);
            long high2 =
                    Math.multiplyHigh(ua, rc << 10) + Math.multiplyHigh(ub, rb << 10) + Math.multiplyHigh(uc, ra << 10);

            ha = low0 & MASK_44;
            low1 += (low0 >>> 44) + high0;
            hb = low1 & MASK_44;
            low2 += (low1 >>> 44) + high1;
            hc = low2 & MASK_42;
            ha += ((low2 >>> 42) + (high2 << 2)) * 5;
            hb += ha >>> 44;
            ha &= MASK_44;
        }
        finish(ha, hb, hc, s0, s1);
    }

    private static long tail(byte[] data, int at, int count) {
        long word = 0;
        for (int i = 0; i < count; i++) {
            word |= (data[at + i] & 0xffL) << (i << 3);
        }
        return word;
    }

    /** Reduces fully and adds s. */
    private void finish(long ha, long hb, long hc, long s0, long s1) {
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
}
