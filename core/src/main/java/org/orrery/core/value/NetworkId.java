// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.value;

import java.util.Optional;

/**
 * A virtual network's 64-bit number: 40 bits of its controller's address, then 24 bits of the controller's choice.
 * Numbers whose first byte is {@code 0xff} are ad-hoc networks without a controller.
 */
public record NetworkId(long bits) implements Comparable<NetworkId> {
    /** Reads exactly sixteen hex digits, upper or lower case. */
    public static Optional<NetworkId> parse(String text) {
        return Hex.matches(text, 16) ? Optional.of(new NetworkId(Long.parseUnsignedLong(text, 16))) : Optional.empty();
    }

    /** The address of the controller, meaningless when {@link #adHoc}. */
    public Address controller() {
        return new Address(bits >>> 24);
    }

    /** Whether the network has no controller and makes its own configuration. */
    public boolean adHoc() {
        return bits >>> 56 == 0xff;
    }

    /** Unsigned order. */
    @Override
    public int compareTo(NetworkId other) {
        return Long.compareUnsigned(bits, other.bits);
    }

    /** Sixteen lower-case hex digits. */
    @Override
    public String toString() {
        return Hex.of(bits, 16);
    }
}
