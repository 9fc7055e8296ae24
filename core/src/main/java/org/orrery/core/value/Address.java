// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.value;

import java.util.Optional;

/**
 * A node's 40-bit address, derived from its identity. Zero and addresses whose first byte is {@code 0xff} are
 * reserved: they can be held here (they occur on the wire) but {@link #reserved} nodes do not exist.
 */
public record Address(long bits) implements Comparable<Address> {
    /** Bytes on the wire, big-endian. */
    public static final int BYTES = 5;

    /** The absent address. */
    public static final Address NONE = new Address(0);

    public Address {
        if (bits >>> 40 != 0) {
            throw new IllegalArgumentException("address wider than 40 bits: " + Long.toHexString(bits));
        }
    }

    /** Reads exactly ten hex digits, upper or lower case. */
    public static Optional<Address> parse(String text) {
        return Hex.matches(text, 10) ? Optional.of(new Address(Long.parseLong(text, 16))) : Optional.empty();
    }

    /** Whether no node may have this address. */
    public boolean reserved() {
        return reserved(bits);
    }

    /** Whether no node may have the address {@code bits}. */
    public static boolean reserved(long bits) {
        return bits == 0 || bits >>> 32 == 0xff;
    }

    @Override
    public int compareTo(Address other) {
        return Long.compare(bits, other.bits);
    }

    /** Ten lower-case hex digits. */
    @Override
    public String toString() {
        return Hex.of(bits, 10);
    }
}
