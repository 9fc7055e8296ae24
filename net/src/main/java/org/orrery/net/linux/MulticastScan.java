// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.Prefix;

/** The multicast groups of a device, from the kernel's list of filters and the device's addresses. */
final class MulticastScan {
    /** The list of the namespace of the thread that reads it. */
    static final String FILE = "/proc/thread-self/net/dev_mcast";

    /** Longest part of the list that is read. A device of an ordinary host has some ten lines of 50 bytes. */
    static final int FILE_BYTES_MAX = 128 * 1024;

    private static final int FIELD_DEVICE = 1;
    private static final int FIELD_GROUP = 4;
    private static final int FIELDS = 5;

    /** 33:33:ff and the last three bytes of the address: who listens to the solicited-node group of IPv6. */
    private static final long SOLICITED_NODE = 0x3333_ff00_0000L;

    private MulticastScan() {}

    /**
     * Reads lines of index, device, users, global users, and group as hex digits. Groups that are not Ethernet's are
     * left out. The same group is in the answer once.
     */
    static Set<MulticastGroup> groups(String list, String device, Collection<Prefix> addresses) {
        Set<MulticastGroup> groups = new TreeSet<>();
        for (String line : list.split("\n")) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length == FIELDS && fields[FIELD_DEVICE].equals(device)) {
                Mac.parse(fields[FIELD_GROUP]).ifPresent(mac -> groups.add(new MulticastGroup(mac, 0)));
            }
        }
        for (Prefix address : addresses) {
            groups.add(resolution(address.ip()));
        }
        return groups;
    }

    /** The group in which the owner of {@code ip} is asked for its MAC. */
    static MulticastGroup resolution(Ip ip) {
        return ip.v6()
                ? new MulticastGroup(new Mac(SOLICITED_NODE | (ip.low() & 0xff_ffffL)), 0)
                : MulticastGroup.arp((int) ip.low());
    }
}
