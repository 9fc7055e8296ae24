// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * What Orrery nodes tell only each other, behind the last field of HELLO and OK(HELLO) that others know: zero u16 (older
 * nodes take it for the length of a certificate that is not there), the marker u64, the features u32; with {@link
 * #NUMBERS_PACKETS} the life u64, the session u64, the receiver's life u64, how many lanes follow u8, and for each the
 * number of its last packet u64. Others skip it. In both messages only the peer can read it.
 *
 * @param bits a sum of the constants here; bits that are not known are kept and mean nothing
 * @param life a random number that stays as long as the sender remembers what came from the receiver; zero if it does not
 * @param session a random number under which the sender numbers its packets to the receiver; zero if it does not
 * @param receiverLife the receiver's life, to which all packets of the session were sent; zero if it is not known
 * @param last for each of the sender's lanes how many packets it sent in this session; at most {@link #LANES_MAX}
 */
public record Features(int bits, long life, long session, long receiverLife, List<Long> last) {
    /** The sender wants packets of suite 1 although its protocol knows suite 3: it opens them faster. */
    public static final int PREFERS_SALSA = 1;

    /** The sender numbers its packets, so that who knows the session can refuse those that came before. */
    public static final int NUMBERS_PACKETS = 2;

    /** The sender searches for a common port with a peer behind another kind of NAT, and helps such peers. */
    public static final int SEARCHES_PORTS = 4;

    /** The control lane, sixteen data lanes and the tunnel's, and some to spare. */
    public static final int LANES_MAX = 20;

    /** "Orrery", and a version in the last two bytes. */
    private static final long MARKER = 0x4f72_7265_7279_0001L;

    private static final int BYTES = 2 + 8 + 4;
    private static final int NUMBERS_BYTES = 3 * 8 + 1;

    public Features {
        last = List.copyOf(last);
        if (last.size() > LANES_MAX) {
            throw new IllegalArgumentException(last.size() + " lanes");
        }
    }

    /** Without numbers. */
    public Features(int bits) {
        this(bits & ~NUMBERS_PACKETS, 0, 0, 0, List.of());
    }

    /** Whether all of {@code wanted} is set. */
    public boolean has(int wanted) {
        return (bits & wanted) == wanted;
    }

    public boolean numbers() {
        return has(NUMBERS_PACKETS);
    }

    /** {@link #last} as an array of its own. */
    public long[] lastNumbers() {
        return last.stream().mapToLong(Long::longValue).toArray();
    }

    /** Takes what is left of a message; null, and no fault, if it is not this. */
    static @Nullable Features read(WireReader in) {
        if (in.remaining() < BYTES || in.u16() != 0 || in.u64() != MARKER) {
            return null;
        }
        int bits = (int) in.u32();
        if ((bits & NUMBERS_PACKETS) == 0 || in.remaining() < NUMBERS_BYTES) {
            return new Features(bits);
        }
        long life = in.u64();
        long session = in.u64();
        long receiverLife = in.u64();
        int lanes = in.u8();
        if (lanes > LANES_MAX || in.remaining() < lanes * Long.BYTES) {
            return new Features(bits); // in a form that is not known here
        }
        var last = new Long[lanes];
        for (int lane = 0; lane < lanes; lane++) {
            last[lane] = in.u64();
        }
        return new Features(bits, life, session, receiverLife, List.of(last));
    }

    static void write(WireWriter out, @Nullable Features features) {
        if (features == null) {
            return;
        }
        out.u16(0).u64(MARKER).u32(Integer.toUnsignedLong(features.bits));
        if (features.numbers()) {
            out.u64(features.life).u64(features.session).u64(features.receiverLife);
            out.u8(features.last.size());
            features.last.forEach(out::u64);
        }
    }
}
