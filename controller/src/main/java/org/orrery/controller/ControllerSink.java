// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.util.List;
import org.orrery.core.credential.Revocation;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ConfigChunk;
import org.orrery.core.verb.ErrorCode;

/**
 * Where a controller's answers go. Every call comes from the thread that called the controller, during that call, and
 * must not call back into it.
 */
public interface ControllerSink {
    /**
     * Sends a configuration, one packet per chunk.
     *
     * @param inReplyTo the request's packet ID, for OK(NETWORK_CONFIG_REQUEST); 0 for an unsolicited NETWORK_CONFIG
     * @param chunks signed by the controller, in order, at least one
     */
    void sendConfig(Address to, long inReplyTo, NetworkId network, List<ConfigChunk> chunks);

    /**
     * Sends ERROR(NETWORK_CONFIG_REQUEST, {@code code}) with the network's ID.
     *
     * @param inReplyTo the request's packet ID; 0 if a member that did not ask is told that it is one no more
     */
    void sendError(Address to, long inReplyTo, ErrorCode code, NetworkId network);

    /** Gives the node itself a configuration that it asked for or that changed: its dictionary, unsigned. */
    void configureSelf(NetworkId network, byte[] dictionary);

    /** Refuses the node itself. */
    void refuseSelf(NetworkId network, ErrorCode code);

    /**
     * Sends NETWORK_CREDENTIALS with nothing but these revocations, at most {@link Controller#REVOCATIONS_PER_PACKET_MAX}.
     * The controller keeps the pace at which receivers take such packets. When {@code to} is the node itself they are to
     * be applied, and not passed on: everybody else gets them from here.
     */
    void sendRevocations(Address to, List<Revocation> revocations);

    /** Something a person may want to know, as one finished line {@code subject.verb key=value}. */
    void event(String line);
}
