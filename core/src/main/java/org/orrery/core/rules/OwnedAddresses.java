// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.Collection;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;

/**
 * The addresses that certificates say one member uses. Immutable; looking one up allocates nothing. It is searched from
 * end to end: a member has a handful.
 */
public final class OwnedAddresses {
    public static final OwnedAddresses EMPTY = new OwnedAddresses(java.util.List.of(), java.util.List.of());

    private final long[] macs;
    private final int[] ipv4s;
    private final long[] ipv6Highs;
    private final long[] ipv6Lows;

    public OwnedAddresses(Collection<Mac> macs, Collection<Ip> ips) {
        this.macs = macs.stream().mapToLong(Mac::bits).toArray();
        this.ipv4s = ips.stream()
                .filter(ip -> !ip.v6())
                .mapToInt(ip -> (int) ip.low())
                .toArray();
        this.ipv6Highs = ips.stream().filter(Ip::v6).mapToLong(Ip::high).toArray();
        this.ipv6Lows = ips.stream().filter(Ip::v6).mapToLong(Ip::low).toArray();
    }

    public boolean ownsMac(long mac) {
        for (long owned : macs) {
            if (owned == mac) {
                return true;
            }
        }
        return false;
    }

    /** {@code ip} in network order as an int. */
    public boolean ownsIpv4(int ip) {
        for (int owned : ipv4s) {
            if (owned == ip) {
                return true;
            }
        }
        return false;
    }

    public boolean ownsIpv6(long high, long low) {
        for (int i = 0; i < ipv6Highs.length; i++) {
            if (ipv6Highs[i] == high && ipv6Lows[i] == low) {
                return true;
            }
        }
        return false;
    }
}
