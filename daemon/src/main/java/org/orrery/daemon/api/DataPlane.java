// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.util.List;
import org.orrery.core.value.Endpoint;
import org.orrery.net.Offloads;

/**
 * What carries packets and frames at one moment.
 *
 * @param ports their kind: {@code linux}, or {@code nio} for those of the JDK
 * @param lanes threads that move packets
 */
public record DataPlane(String ports, int lanes, List<Socket> sockets, List<Interface> interfaces) {
    public DataPlane {
        sockets = List.copyOf(sockets);
        interfaces = List.copyOf(interfaces);
    }

    /**
     * The sockets on one local address.
     *
     * @param device that they are tied to, empty if none
     * @param lanes how many lanes have one of their own
     * @param sending runs of datagrams leave as one message
     * @param receiving datagrams of one sender arrive as one message
     */
    public record Socket(Endpoint local, String device, int lanes, Offloads.State sending, Offloads.State receiving) {}

    /**
     * A virtual interface.
     *
     * @param queues how many lanes have one of their own
     * @param tcp super-frames of TCP segments are exchanged with the host
     * @param udp super-frames of UDP datagrams are exchanged with the host
     */
    public record Interface(String name, int queues, Offloads.State tcp, Offloads.State udp) {}
}
