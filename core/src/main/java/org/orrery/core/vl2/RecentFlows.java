// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import org.orrery.core.wire.BigEndian;

/**
 * The flows that were let through lately in one direction, 64 at most, each in the place that the addresses and ports of its
 * frames point to: a later flow for the same place pushes an earlier one out. One thread.
 */
final class RecentFlows {
    static final int FLOWS_MAX = 64;

    private static final int INDEX_BITS = 6;
    private static final int IPV6 = 0x86dd;

    /** Ends with the ports of IPv4, and with the source address of IPv6, whose ports come later. */
    private static final int WORD = 16;

    private static final int V6_PORTS = 40;

    /** 2^64 divided by the golden ratio: what differs anywhere below differs in the highest bits of the product. */
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private final LastFlow[] flows = new LastFlow[FLOWS_MAX];

    RecentFlows() {
        for (int i = 0; i < FLOWS_MAX; i++) {
            flows[i] = new LastFlow();
        }
    }

    /** Where the flow of a frame is, if it is remembered, and where it is to be remembered. */
    LastFlow of(int etherType, byte[] bytes, int offset, int length) {
        long word = length >= WORD + Long.BYTES ? BigEndian.i64(bytes, offset + WORD) : 0;
        if (etherType == IPV6 && length >= V6_PORTS + Integer.BYTES) {
            word += Integer.toUnsignedLong(BigEndian.i32(bytes, offset + V6_PORTS));
        }
        return flows[(int) (word * SPREAD >>> Long.SIZE - INDEX_BITS)];
    }
}
