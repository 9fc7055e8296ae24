// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import org.orrery.core.wire.BigEndian;

/**
 * Which flow a frame belongs to, as a number that is the same in both directions: addresses, protocol and, where they are
 * there, ports. Later pieces of an IP packet have no ports, so all pieces go by the addresses alone. Frames that are not
 * IP are one flow for each kind.
 */
public final class FlowKey {
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int V4_BYTES = 20;
    private static final int V6_BYTES = 40;
    private static final int PIECE_MASK = 0x3fff; // more to come, or not the first

    private FlowKey() {}

    /** @param offset of what follows the ether type */
    public static int of(int etherType, byte[] bytes, int offset, int length) {
        if (etherType == IPV4 && length >= V4_BYTES) {
            int header = (bytes[offset] & 0xf) * 4;
            int protocol = bytes[offset + 9] & 0xff;
            int addresses = BigEndian.i32(bytes, offset + 12) ^ BigEndian.i32(bytes, offset + 16);
            boolean piece = (BigEndian.u16(bytes, offset + 6) & PIECE_MASK) != 0;
            return mixed(addresses, protocol, piece ? 0 : ports(protocol, bytes, offset, length, header));
        }
        if (etherType == IPV6 && length >= V6_BYTES) {
            int protocol = bytes[offset + 6] & 0xff;
            long halves = BigEndian.i64(bytes, offset + 8)
                    ^ BigEndian.i64(bytes, offset + 16)
                    ^ BigEndian.i64(bytes, offset + 24)
                    ^ BigEndian.i64(bytes, offset + 32);
            return mixed((int) (halves ^ halves >>> 32), protocol, ports(protocol, bytes, offset, length, V6_BYTES));
        }
        return mixed(etherType, 0, 0);
    }

    private static int ports(int protocol, byte[] bytes, int offset, int length, int header) {
        boolean hasPorts =
                switch (protocol) {
                    case 6, 17, 132, 136 -> true; // TCP, UDP, SCTP, UDP-Lite
                    default -> false;
                };
        return hasPorts && header >= V4_BYTES && length >= header + 4
                ? BigEndian.u16(bytes, offset + header) ^ BigEndian.u16(bytes, offset + header + 2)
                : 0;
    }

    private static int mixed(int addresses, int protocol, int ports) {
        int mixed = addresses * 0x9e3779b1 ^ (ports << 8 | protocol) * 0x85ebca6b;
        mixed ^= mixed >>> 15;
        mixed *= 0x2c1b3c6d;
        return mixed ^ mixed >>> 13;
    }
}
