// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.FilterSide;
import org.orrery.core.rules.NetworkFilter;
import org.orrery.core.wire.BigEndian;

/**
 * The TCP or UDP flow whose frame was let through last in one direction, so that the next frame of it is known by comparing
 * the words of its header that rules can look at, as they lie there. Headers with options or extensions and later pieces of
 * packets are never remembered. One thread.
 */
final class LastFlow {
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int PORTS_BYTES = 4;
    private static final int V4_BYTES = 20;
    private static final int V6_BYTES = 40;

    /** Version, header length and service class of IPv4, and how far into its packet a piece lies. */
    private static final long V4_FIRST = 0xffff_0000_0000_1fffL;

    private static final long V4_PLAIN_MASK = 0xff00_0000_0000_1fffL;
    private static final long V4_PLAIN = 0x4500_0000_0000_0000L;

    /** Protocol and source address of IPv4. */
    private static final long V4_SECOND = 0x00ff_0000_ffff_ffffL;

    /** Version, traffic class and next header of IPv6. */
    private static final long V6_FIRST = 0xfff0_0000_0000_ff00L;

    private @Nullable NetworkFilter filter;
    private @Nullable FilterSide side;
    private long member;
    private long sourceMac;
    private long destinationMac;
    private int etherType;
    private long firstMask;
    private long secondMask;
    private long first;
    private long second;
    private long third;
    private long fourth;
    private long fifth;
    private int ports;
    private int slot;

    /** Addresses and ports, as far as they lie there, of the frame let through before. */
    private long before;

    LastFlow() {}

    /** Whether a frame belongs to the flow that was let through last, and the same holds for it. */
    boolean continuedBy(
            NetworkFilter filter,
            FilterSide side,
            long member,
            long sourceMac,
            long destinationMac,
            int etherType,
            byte[] bytes,
            int offset,
            int length) {
        return length > V4_BYTES + PORTS_BYTES
                && BigEndian.i64(bytes, offset + 16) == third
                && filter == this.filter
                && side == this.side
                && ((member ^ this.member)
                                | (sourceMac ^ this.sourceMac)
                                | (destinationMac ^ this.destinationMac)
                                | (etherType ^ this.etherType))
                        == 0
                && (((BigEndian.i64(bytes, offset) ^ first) & firstMask)
                                | ((BigEndian.i64(bytes, offset + 8) ^ second) & secondMask))
                        == 0
                && (etherType == IPV4 || restIs(bytes, offset, length));
    }

    private boolean restIs(byte[] bytes, int offset, int length) {
        return length > V6_BYTES + PORTS_BYTES
                && BigEndian.i64(bytes, offset + 24) == fourth
                && BigEndian.i64(bytes, offset + 32) == fifth
                && BigEndian.i32(bytes, offset + V6_BYTES) == ports;
    }

    /** What was remembered with it. */
    int slot() {
        return slot;
    }

    /**
     * Takes the flow of a frame that was let through, whose verdict holds for all of the flow, in place of the last; but
     * only if the frame before looked the same, for where flows alternate it is not worth the effort.
     */
    void remember(
            NetworkFilter filter,
            FilterSide side,
            long member,
            long sourceMac,
            long destinationMac,
            int etherType,
            byte[] bytes,
            int offset,
            int length,
            int slot) {
        if (length <= V4_BYTES + PORTS_BYTES) {
            return;
        }
        long now = BigEndian.i64(bytes, offset + 16);
        if (now != before) {
            before = now;
            return;
        }
        this.filter = null;
        if (etherType == IPV4) {
            long start = BigEndian.i64(bytes, offset);
            if ((start & V4_PLAIN_MASK) != V4_PLAIN || !ported(bytes[offset + 9])) {
                return;
            }
            firstMask = V4_FIRST;
            secondMask = V4_SECOND;
        } else if (etherType == IPV6 && length > V6_BYTES + PORTS_BYTES && ported(bytes[offset + 6])) {
            firstMask = V6_FIRST;
            secondMask = -1;
            fourth = BigEndian.i64(bytes, offset + 24);
            fifth = BigEndian.i64(bytes, offset + 32);
            ports = BigEndian.i32(bytes, offset + V6_BYTES);
        } else {
            return;
        }
        first = BigEndian.i64(bytes, offset);
        second = BigEndian.i64(bytes, offset + 8);
        third = now;
        this.filter = filter;
        this.side = side;
        this.member = member;
        this.sourceMac = sourceMac;
        this.destinationMac = destinationMac;
        this.etherType = etherType;
        this.slot = slot;
    }

    private static boolean ported(byte protocol) {
        return protocol == TCP || protocol == UDP;
    }
}
