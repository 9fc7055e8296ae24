// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/**
 * What a router granted: UDP datagrams to {@code external} arrive at {@code internalPort} of this host.
 *
 * @param router that granted it
 * @param seconds how long from the answer on; 0 if until somebody removes it
 */
public record PortMapping(MappingMethod method, Ip router, Ip local, int internalPort, Endpoint external, int seconds) {
    /**
     * Whether the external address is one of the Internet. If not, there is another NAT behind the router, and the mapping
     * helps only those on this side of that one.
     */
    public boolean global() {
        return external.ip().scope() == org.orrery.core.value.IpScope.GLOBAL
                || external.ip().scope() == org.orrery.core.value.IpScope.PSEUDO_PRIVATE;
    }
}
