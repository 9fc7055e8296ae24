// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.value.DerivedAddresses;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;

/**
 * The part of a network's configuration that rules look at, beside the tables. Immutable.
 *
 * @param self this node's address bits
 * @param own what this node holds itself
 * @param unknownMatches the result of a match of unknown type
 * @param sixPlane this node's own 6PLANE address if senders in the network's range count as authenticated, else null
 * @param rfc4193 the same for RFC 4193
 */
public record FilterScope(
        long self,
        FilterSide own,
        boolean unknownMatches,
        @Nullable Ip sixPlane,
        @Nullable Ip rfc4193) {
    /** Configuration flag: IPv6 neighbour discovery is answered locally. */
    private static final long FLAG_NDP_EMULATION = 0x04;

    /** Configuration flag: a match of unknown type counts as matching. */
    private static final long FLAG_UNKNOWN_MATCHES = 0x08;

    /**
     * The scope of {@code self} on {@code network}. With NDP emulation a derived IPv6 address among the node's own
     * {@code staticIps} makes the network's derived range trusted, because members cannot take others' addresses in it.
     */
    public static FilterScope of(
            NetworkId network, Address self, FilterSide own, long flags, Collection<Ip> staticIps) {
        boolean emulation = (flags & FLAG_NDP_EMULATION) != 0;
        Ip sixPlane = DerivedAddresses.sixPlane(network.bits(), self.bits()).ip();
        Ip rfc4193 = DerivedAddresses.rfc4193(network.bits(), self.bits()).ip();
        return new FilterScope(
                self.bits(),
                own,
                (flags & FLAG_UNKNOWN_MATCHES) != 0,
                emulation && staticIps.contains(sixPlane) ? sixPlane : null,
                emulation && staticIps.contains(rfc4193) ? rfc4193 : null);
    }

    /** Whether the IPv6 address lies in a derived range that this node trusts: the first 5 or 11 bytes are its own. */
    boolean derived(long high, long low) {
        return (sixPlane != null && high >>> 24 == sixPlane.high() >>> 24)
                || (rfc4193 != null && high == rfc4193.high() && low >>> 40 == rfc4193.low() >>> 40);
    }
}
