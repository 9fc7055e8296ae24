// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/**
 * A bound UDP socket of this node, or the tunnel that takes the place of all of them where UDP does not pass.
 *
 * @param id what the outside calls it; unique while it is open, never reused for another address
 * @param local the address and port it is bound to; an unspecified address stands for every address of its family
 * @param device the interface that it is bound to, empty for any
 */
public record LocalSocket(int id, Endpoint local, String device) {
    /** The tunnel's id: a relay sends for us what goes there, and a path over it is used only where there is no other. */
    public static final int TUNNEL_ID = -1;

    /** The tunnel while it is open. It reaches IPv4 endpoints; where it starts is nobody's business. */
    public static final LocalSocket TUNNEL = new LocalSocket(TUNNEL_ID, new Endpoint(Ip.v4(0), 0));

    /** One that is bound to no interface. */
    public LocalSocket(int id, Endpoint local) {
        this(id, local, "");
    }

    public boolean tunnel() {
        return id == TUNNEL_ID;
    }
}
