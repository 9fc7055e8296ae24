// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import org.orrery.core.value.Address;

/**
 * A member with roles: 64 bits, the lower 40 are its address.
 *
 * @param bits as on the wire; role bits that are not known are kept
 */
public record Specialist(long bits) {
    /** Role: may carry frames of foreign MACs. */
    public static final long ACTIVE_BRIDGE = 0x0000_0200_0000_0000L;

    /** Role: a member to stay in contact with. */
    public static final long ANCHOR = 0x0000_0400_0000_0000L;

    /** Role: distributes multicasts for others. To members of protocol 9 the same bit allows circuit tests. */
    public static final long REPLICATOR = 0x0000_0800_0000_0000L;

    private static final long ADDRESS = 0xff_ffff_ffffL;

    /** {@code roles} is a sum of the role constants. */
    public static Specialist of(Address address, long roles) {
        return new Specialist(address.bits() | (roles & ~ADDRESS));
    }

    public Address address() {
        return new Address(bits & ADDRESS);
    }

    public boolean activeBridge() {
        return (bits & ACTIVE_BRIDGE) != 0;
    }

    public boolean anchor() {
        return (bits & ANCHOR) != 0;
    }

    public boolean replicator() {
        return (bits & REPLICATOR) != 0;
    }
}
