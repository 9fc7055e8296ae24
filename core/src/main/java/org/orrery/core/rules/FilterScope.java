// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.Collection;
import org.orrery.core.value.Address;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;

/**
 * The part of a network's configuration that rules look at, beside the tables. Immutable.
 *
 * @param self this node's address bits
 * @param own what this node holds itself
 * @param unknownMatches the result of a match of unknown type
 * @param sixPlane whether senders in this network's 6PLANE range count as authenticated
 * @param rfc4193 the same for the RFC 4193 range
 * @param sixPlanePrefix the first 5 bytes of the 6PLANE range
 * @param networkId the network's ID bits
 */
public record FilterScope(
        long self,
        FilterSide own,
        boolean unknownMatches,
        boolean sixPlane,
        boolean rfc4193,
        long sixPlanePrefix,
        long networkId) {
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
        long nwid = network.bits();
        long fold = (nwid ^ nwid >>> 32) & 0xffff_ffffL;
        long sixPlanePrefix = 0xfcL << 32 | fold;
        Ip sixPlaneIp = Ip.v6(sixPlanePrefix << 24 | self.bits() >>> 16, (self.bits() & 0xffff) << 48 | 1);
        Ip rfc4193Ip = Ip.v6(0xfdL << 56 | nwid >>> 8, nwid << 56 | 0x9993L << 40 | self.bits());
        return new FilterScope(
                self.bits(),
                own,
                (flags & FLAG_UNKNOWN_MATCHES) != 0,
                emulation && staticIps.contains(sixPlaneIp),
                emulation && staticIps.contains(rfc4193Ip),
                sixPlanePrefix,
                nwid);
    }

    /** Whether the IPv6 address lies in a derived range that this node trusts. */
    boolean derived(long high, long low) {
        return (sixPlane && high >>> 24 == sixPlanePrefix)
                || (rfc4193
                        && high == (0xfdL << 56 | networkId >>> 8)
                        && low >>> 40 == ((networkId & 0xff) << 16 | 0x9993));
    }
}
