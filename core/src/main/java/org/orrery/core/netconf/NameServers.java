// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import java.util.List;
import org.orrery.core.value.Ip;

/**
 * The network's name service, known since protocol 12.
 *
 * @param domain the search domain, empty for none; the wire form holds 127 bytes
 * @param servers at most {@link #SERVERS_MAX}
 */
public record NameServers(String domain, List<Ip> servers) {
    /** What the wire form holds. */
    public static final int SERVERS_MAX = 4;

    public static final NameServers NONE = new NameServers("", List.of());

    public NameServers {
        if (servers.size() > SERVERS_MAX) {
            throw new IllegalArgumentException(servers.size() + " name servers");
        }
        servers = List.copyOf(servers);
    }
}
