// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import org.orrery.core.node.NodeStatus;

/**
 * The node and the service around it at one moment.
 *
 * @param primaryPort of UDP and of the API
 * @param secondaryPort of UDP, 0 for none
 * @param tertiaryPort of UDP behind a port mapping, 0 for none
 * @param startedMillis when the service started, wall clock
 * @param features what this service does of that which may be switched on
 * @param fallback the way through a TCP relay
 * @param dataPlane what carries packets
 * @param portMapping where the router passes our port on, or why it does not
 */
public record ServiceStatus(
        NodeStatus node,
        int primaryPort,
        int secondaryPort,
        int tertiaryPort,
        long startedMillis,
        Features features,
        FallbackStatus fallback,
        DataPlane dataPlane,
        String portMapping) {

    /**
     * What is really going on, whatever {@code local.conf} asks for.
     *
     * @param portMapping whether routers are asked for a port
     * @param tcpRelayAllowed whether packets may go through a TCP relay
     * @param tcpRelayForced whether they all have to
     * @param tcpRelayActive whether some do now
     */
    public record Features(
            boolean portMapping, boolean tcpRelayAllowed, boolean tcpRelayForced, boolean tcpRelayActive) {
        /** Only UDP, only through the front door. */
        public static final Features NONE = new Features(false, false, false, false);
    }
}
