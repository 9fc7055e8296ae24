// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.value;

import java.util.Optional;

/** A 48-bit Ethernet address, first octet most significant. */
public record Mac(long bits) implements Comparable<Mac> {
    /** Bytes on the wire. */
    public static final int BYTES = 6;

    public static final Mac NONE = new Mac(0);
    public static final Mac BROADCAST = new Mac(0xffff_ffff_ffffL);

    public Mac {
        if (bits >>> 48 != 0) {
            throw new IllegalArgumentException("MAC wider than 48 bits: " + Long.toHexString(bits));
        }
    }

    /**
     * The MAC that the member {@code address} has on {@code network}. Both are raw bits; allocates nothing.
     * The first octet is locally administered, never multicast, and never {@code 0x52}.
     */
    public static long derive(long address, long network) {
        return firstOctet(network) << 40 | (address ^ mask(network));
    }

    /** The member address that {@link #derive} made {@code mac} from; any MAC gives some address. */
    public static long toAddress(long mac, long network) {
        return (mac & 0xff_ffff_ffffL) ^ mask(network);
    }

    /** The first octet of every member's MAC on {@code network}. */
    public static long firstOctet(long network) {
        long octet = (network & 0xfe) | 0x02;
        return octet == 0x52 ? 0x32 : octet;
    }

    /** Whether {@code mac} is group addressed, broadcast included. */
    public static boolean multicast(long mac) {
        return (mac & 0x0100_0000_0000L) != 0;
    }

    /** Whether {@code mac} was given by local convention and not by a manufacturer. */
    public static boolean locallyAdministered(long mac) {
        return (mac & 0x0200_0000_0000L) != 0;
    }

    /** Network ID bytes 8..47, lowest byte first: the five bytes that are mixed into the address. */
    private static long mask(long network) {
        return Long.reverseBytes(network >>> 8) >>> 24;
    }

    /** Reads six hex pairs separated by colons or dashes, or twelve digits. */
    public static Optional<Mac> parse(String text) {
        String digits = text.length() == 17 ? text.replaceAll("(..)[:-]", "$1") : text;
        return Hex.matches(digits, 12) ? Optional.of(new Mac(Long.parseLong(digits, 16))) : Optional.empty();
    }

    @Override
    public int compareTo(Mac other) {
        return Long.compare(bits, other.bits);
    }

    /** Six lower-case hex pairs separated by colons. */
    @Override
    public String toString() {
        return toString(bits);
    }

    /** Six lower-case hex pairs separated by colons. */
    public static String toString(long bits) {
        String hex = Hex.of(bits, 12);
        return hex.replaceAll("(..)(?!$)", "$1:");
    }
}
