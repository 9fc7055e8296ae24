// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.value;

/**
 * IPv6 addresses that follow from a network ID and a member's address, so that nobody has to assign or resolve them.
 * Networks and addresses are raw bits. Any thread.
 */
public final class DerivedAddresses {
    /** Prefix length with which an {@link #rfc4193} address is announced. */
    public static final int RFC4193_BITS = 88;

    /** Prefix length with which a {@link #sixPlane} address is announced. */
    public static final int SIX_PLANE_BITS = 40;

    private static final long RFC4193_MARK = 0x9993;

    private DerivedAddresses() {}

    /**
     * The RFC 4193 style address of a member, one /128 in the network's /88: {@code fd}, the network ID, {@code 9993},
     * the member's address.
     */
    public static Prefix rfc4193(long network, long address) {
        long high = 0xfdL << 56 | network >>> 8;
        long low = network << 56 | RFC4193_MARK << 40 | address;
        return new Prefix(Ip.v6(high, low), RFC4193_BITS);
    }

    /**
     * The 6PLANE address of a member, the first of its own /80 in the network's /40: {@code fc}, the two halves of the
     * network ID combined by exclusive or, the member's address, then 41 bits zero up to the last, which is 1.
     */
    public static Prefix sixPlane(long network, long address) {
        long folded = (network ^ network >>> 32) & 0xffff_ffffL;
        long high = 0xfcL << 56 | folded << 24 | address >>> 16;
        long low = address << 48 | 1;
        return new Prefix(Ip.v6(high, low), SIX_PLANE_BITS);
    }

    /** The link-local address that a host makes from a MAC: {@code fe80::/64} and the modified EUI-64 of RFC 4291. */
    public static Prefix linkLocal(long mac) {
        long upper = mac >>> 24 ^ 0x02_0000; // the universal/local bit is inverted
        return new Prefix(Ip.v6(0xfe80L << 48, upper << 40 | 0xfffeL << 24 | mac & 0xff_ffffL), 64);
    }

    /**
     * The member whose derived address {@code target} is, judged by one of our own managed addresses on the same network.
     * Every address in a member's 6PLANE /80 counts as its own. This is what lets neighbour solicitations be answered
     * without asking anyone.
     *
     * @param own a managed address with its prefix length
     * @return the member's address bits (which a stranger chose: zero and our own are possible), or -1 if {@code own} is
     *     no derived address of this network or {@code target} lies outside its prefix
     */
    public static long embeddedAddress(long network, Prefix own, Ip target) {
        if (!own.ip().v6() || !own.contains(target)) {
            return -1;
        }
        if (own.bits() == RFC4193_BITS) {
            boolean derived = own.ip().octet(0) == 0xfd && (own.ip().low() >>> 40 & 0xffff) == RFC4193_MARK;
            return derived ? target.low() & 0xff_ffff_ffffL : -1;
        }
        if (own.bits() == SIX_PLANE_BITS
                && own.network().equals(sixPlane(network, 0).network())) {
            return (target.high() & 0xff_ffffL) << 16 | target.low() >>> 48;
        }
        return -1;
    }
}
