// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import org.jspecify.annotations.Nullable;

/**
 * Verdicts about flows, so that of a flow only the first packet is put to the rules. A flow is everything that rules can
 * look at in a packet's headers: both MACs and members, ether type, IP addresses, service class, protocol, ports or ICMP
 * type and code; and which filter and which of the other side's credentials are in force. Equal keys get equal verdicts
 * as long as no rule looks at sizes, flags, bytes or chance, which {@link #find} makes sure of.
 *
 * <p>Not kept are verdicts about ARP and neighbour discovery, whose bodies rules look into; about later pieces of
 * packets and frames cut short; about tables so small that asking them is as quick; and those that ask for copies.
 *
 * <p>One thread. Its memory is taken when the first verdict is kept; after that it allocates nothing.
 */
public final class VerdictCache {
    /**
     * Verdicts kept, in pairs: of three flows whose keys fall on one pair, one is forgotten and asked for again. At 80
     * bytes each that is 160 kB.
     */
    static final int FLOWS_MAX = 2_048;

    private static final int WAYS = 2;
    private static final int SET_BITS = 10;
    private static final int STRIDE = 10;

    /** Longs of an entry that only IPv6 needs, at its end. */
    private static final int REST = 3;

    private static final long PORTS = 0xffff_ffffL;
    private static final int LATER_PIECE = 0x1fff;
    private static final int SOLICITATION = 0x87;
    private static final int ADVERTISEMENT = 0x88;
    private static final int VERDICT_SHIFT = 60;
    private static final int SLOT_SHIFT = 32;
    private static final int SLOT_MASK = 0x0fff_ffff;
    private static final Verdict[] VERDICTS = Verdict.values();

    private long @Nullable [] entries;
    private int victim;

    // The key of a find that found nothing, and where it belongs.
    private final long[] key = new long[STRIDE];
    private int at;
    private boolean keyed;

    private Verdict verdict = Verdict.DROP;
    private int slot;

    public VerdictCache() {}

    /** Whether the verdict on this flow is known; then {@link #verdict} and {@link #slot} tell it. */
    public boolean find(NetworkFilter filter, FilterSide remote, FilterFrame frame) {
        keyed = false;
        boolean inbound = frame.inbound();
        if (!filter.worthKeeping(inbound, remote)) {
            return false;
        }
        boolean v6 = frame.ipv6();
        int protocol = 0;
        int serviceClass = 0;
        long ports = 0;
        long addresses = 0;
        if (v6 || frame.ipv4()) {
            protocol = frame.protocol();
            ports = upper(frame, protocol, v6);
            if (ports < 0) {
                return false;
            }
            addresses = frame.u64(v6 ? 8 : 12);
            serviceClass = v6 ? frame.u16(0) >>> 4 & 0xff : frame.u8(1);
        } else if (frame.etherType() == FilterFrame.ARP || frame.claimsIp()) {
            return false;
        }
        long members = (inbound ? frame.source() | 1L << 40 : frame.destination()) | (long) frame.vlanId() << 48;
        long source = frame.sourceMac() | (long) frame.etherType() << 48;
        long destination = frame.destinationMac() | (long) serviceClass << 48 | (long) protocol << 56;
        int place = place(addresses, source ^ ports << 20, Long.rotateLeft(destination, 24) ^ members);
        long[] all = entries;
        if (all != null) {
            int way = place;
            for (int i = 0; i < WAYS; i++) {
                if (all[way + 4] == addresses
                        && (all[way + 5] & PORTS) == ports
                        && all[way] == filter.serial()
                        && all[way + 1] == remote.serial()
                        && all[way + 2] == source
                        && all[way + 3] == destination
                        && all[way + 6] == members
                        && (!v6 || restIs(all, way, frame))) {
                    long kept = all[way + 5];
                    verdict = VERDICTS[(int) (kept >>> VERDICT_SHIFT)];
                    slot = (int) (kept >>> SLOT_SHIFT) & SLOT_MASK;
                    return true;
                }
                way += STRIDE;
            }
        }
        keyed = true;
        at = place;
        key[0] = filter.serial();
        key[1] = remote.serial();
        key[2] = source;
        key[3] = destination;
        key[4] = addresses;
        key[5] = ports;
        key[6] = members;
        for (int i = 0; i < REST; i++) {
            key[STRIDE - REST + i] = v6 ? frame.u64(16 + 8 * i) : 0;
        }
        return false;
    }

    /** Whether {@link #keep} kept the last verdict: it holds for the flow. */
    public boolean kept() {
        return keyed;
    }

    /** Of the flow that was found. */
    public Verdict verdict() {
        return verdict;
    }

    /** What was given with it. */
    public int slot() {
        return slot;
    }

    /**
     * Keeps the verdict on the flow that was just not found, unless it is one that must not be kept.
     *
     * @param slot 0 to 2^28-1, given back with the verdict
     */
    public void keep(Verdict verdict, int slot) {
        if (!keyed) {
            return;
        }
        long[] all = entries;
        if (all == null) {
            all = new long[FLOWS_MAX * STRIDE];
            entries = all;
        }
        victim ^= STRIDE;
        System.arraycopy(key, 0, all, at + victim, STRIDE);
        all[at + victim + 5] |= (long) verdict.ordinal() << VERDICT_SHIFT | (long) (slot & SLOT_MASK) << SLOT_SHIFT;
    }

    /** Compares what an IPv6 key has beyond others: the rest of both addresses. */
    private static boolean restIs(long[] all, int way, FilterFrame frame) {
        return all[way + 7] == frame.u64(16) && all[way + 8] == frame.u64(24) && all[way + 9] == frame.u64(32);
    }

    /** Of an IPv6 flow only half an address counts here, and its ports: good enough to spread flows. */
    private static int place(long a, long b, long c) {
        long mixed = a * 0x9e37_79b9_7f4a_7c15L ^ b * 0xc2b2_ae3d_27d4_eb4fL ^ c * 0x1656_67b1_9e37_79f9L;
        return (int) ((mixed ^ mixed >>> 32) * 0x9e37_79b9_7f4a_7c15L >>> (Long.SIZE - SET_BITS)) * (WAYS * STRIDE);
    }

    /** Ports, or ICMP type and code, or 0 for a protocol without; -1 if they are cut off, or of what is not remembered. */
    private static long upper(FilterFrame frame, int protocol, boolean v6) {
        if (protocol < 0 || (!v6 && (frame.u16(6) & LATER_PIECE) != 0)) {
            return -1;
        }
        int start = frame.transport();
        if (FilterFrame.hasPorts(protocol)) {
            return frame.length() > start + 4 ? frame.i32(start) & PORTS : -1;
        }
        if (protocol != (v6 ? FilterFrame.ICMPV6 : FilterFrame.ICMP)) {
            return 0;
        }
        if (frame.length() < start + 2) {
            return -1;
        }
        int type = frame.u8(start);
        boolean discovery = v6 && (type == SOLICITATION || type == ADVERTISEMENT);
        return discovery ? -1 : frame.u16(start);
    }
}
