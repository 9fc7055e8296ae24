// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import java.util.List;
import org.orrery.core.value.Mac;
import org.orrery.core.value.Prefix;

/**
 * A network interface of this host at one moment.
 *
 * @param index the system's number, 0 if unknown
 * @param mac {@link Mac#NONE} if it has none
 * @param up administratively up
 * @param running has a carrier
 */
public record HostInterface(
        int index,
        String name,
        Mac mac,
        int mtu,
        boolean up,
        boolean running,
        boolean loopback,
        List<Address> addresses) {
    public HostInterface {
        addresses = List.copyOf(addresses);
    }

    /**
     * One address of an interface.
     *
     * @param temporary an IPv6 privacy address that the system replaces from time to time
     * @param usable neither being checked for duplicates nor found to be one
     */
    public record Address(Prefix prefix, boolean temporary, boolean usable) {}
}
