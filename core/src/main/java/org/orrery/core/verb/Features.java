// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * What Orrery nodes tell only each other, behind the last field of HELLO and OK(HELLO) that others know: zero u16 (older
 * nodes take it for the length of a certificate that is not there), the marker u64, the features u32. Others skip it. In
 * both messages only the peer can read it.
 *
 * @param bits a sum of the constants here; bits that are not known are kept and mean nothing
 */
public record Features(int bits) {
    /** The sender wants packets of suite 1 although its protocol knows suite 3: it opens them faster. */
    public static final int PREFERS_SALSA = 1;

    /** "Orrery", and a version in the last two bytes. */
    private static final long MARKER = 0x4f72_7265_7279_0001L;

    private static final int BYTES = 2 + 8 + 4;

    /** Whether all of {@code wanted} is set. */
    public boolean has(int wanted) {
        return (bits & wanted) == wanted;
    }

    /** Takes what is left of a message; null, and no fault, if it is not this. */
    static @Nullable Features read(WireReader in) {
        if (in.remaining() < BYTES || in.u16() != 0 || in.u64() != MARKER) {
            return null;
        }
        return new Features((int) in.u32());
    }

    static void write(WireWriter out, @Nullable Features features) {
        if (features != null) {
            out.u16(0).u64(MARKER).u32(Integer.toUnsignedLong(features.bits));
        }
    }
}
