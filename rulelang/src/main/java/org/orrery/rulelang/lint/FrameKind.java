// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang.lint;

import org.jspecify.annotations.Nullable;
import org.orrery.rulelang.Entry;

/**
 * A kind of frames, as far as it decides what a match says.
 *
 * @param etherType null for any
 * @param ipProtocol null for any
 * @param icmpType null for any
 */
record FrameKind(
        @Nullable Integer etherType,
        @Nullable Integer ipProtocol,
        @Nullable Integer icmpType) {
    static final FrameKind ANY = new FrameKind(null, null, null);
    static final FrameKind ARP = new FrameKind(0x0806, null, null);
    static final FrameKind IPV4 = new FrameKind(0x0800, null, null);
    static final FrameKind IPV6_TCP = new FrameKind(0x86dd, 6, null);
    static final FrameKind NEIGHBOR_SOLICITATION = new FrameKind(0x86dd, 58, 135);

    /** The bits that any frame can have: direction, destination and authentication. */
    private static final long NOT_OF_TCP = 0xf800_0000_0000_0000L;

    private boolean ip() {
        return etherType == null || etherType == 0x0800 || etherType == 0x86dd;
    }

    /** Whether the match is so. Where a match does not apply it fails, inverted or not. */
    Truth matches(Entry match) {
        if (!applies(match)) {
            return Truth.NO;
        }
        Truth plain = plain(match);
        return match.not() ? plain.inverted() : plain;
    }

    private boolean applies(Entry match) {
        return switch (match.type()) {
            case IPV4_SOURCE, IPV4_DEST -> etherType == null || etherType == 0x0800;
            case IPV6_SOURCE, IPV6_DEST -> etherType == null || etherType == 0x86dd;
            case IP_TOS, IP_PROTOCOL, SOURCE_PORT, DEST_PORT -> ip();
            case ICMP ->
                ip()
                        && (ipProtocol == null || ipProtocol == 1 || ipProtocol == 58)
                        && (icmpType == null || icmpType == match.number("icmpType"));
            default -> true;
        };
    }

    private Truth plain(Entry match) {
        return switch (match.type()) {
            case ETHERTYPE -> known(etherType, match.number("etherType") & 0xffff);
            case IP_PROTOCOL -> protocol(match.number("ipProtocol") & 0xff);
            case SOURCE_PORT, DEST_PORT -> ipProtocol == null || ipProtocol == 6 ? Truth.SOMETIMES : Truth.NO;
            case VLAN_ID -> Truth.of((match.number("vlanId") & 0xffff) == 0);
            case VLAN_PCP -> Truth.of((match.number("vlanPcp") & 0xff) == 0);
            case VLAN_DEI -> Truth.of((match.number("vlanDei") & 0xff) == 0);
            case RANDOM -> match.number("probability") == 0xffff_ffffL ? Truth.YES : Truth.SOMETIMES;
            case CHARACTERISTICS ->
                (Long.parseUnsignedLong(match.text("mask"), 16) & NOT_OF_TCP) != 0 || mayBeTcp()
                        ? Truth.SOMETIMES
                        : Truth.NO;
            default -> Truth.SOMETIMES;
        };
    }

    /** ICMPv6 does not come over IPv4. */
    private Truth protocol(long wanted) {
        boolean v4 = etherType != null && etherType == 0x0800;
        return v4 && wanted == 58 ? Truth.NO : known(ipProtocol, wanted);
    }

    private boolean mayBeTcp() {
        return ip() && (ipProtocol == null || ipProtocol == 6);
    }

    private static Truth known(@Nullable Integer here, long wanted) {
        return here == null ? Truth.SOMETIMES : Truth.of(here == wanted);
    }
}
