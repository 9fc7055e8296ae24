// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import org.orrery.core.value.Endpoint;
import org.orrery.core.vl1.Inbound;
import org.orrery.core.vl1.Peer;

/**
 * The bounded way from a data lane to the control lane. Each call answers false if there was no room; the
 * lane counts it where a packet or frame is lost.
 * Nothing here waits.
 */
public interface ControlLink {
    /** A packet for this node that is not an ordinary frame between members. */
    boolean packet(Inbound packet);

    /**
     * A frame of the local interface that is not an ordinary one to a known member.
     *
     * @param frame a whole Ethernet frame, owned by the receiver
     */
    boolean frame(long network, byte[] frame);

    /** A known peer was heard from an endpoint that is not one of its paths. */
    boolean heardElsewhere(Peer peer, int socket, Endpoint remote);

    /** A peer was heard over a relay at {@code from}, though there is a direct path, or it is sent to over another relay. */
    boolean heardRelayed(Peer peer, int socket, Endpoint from);

    /** A packet was passed on directly from one peer to another. */
    boolean relayed(long source, long destination);

    /**
     * A datagram for somebody else arrived at a node that is no root.
     *
     * @param datagram owned by the receiver
     */
    boolean relayRequest(int socket, Endpoint from, byte[] datagram);
}
