// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.Prefix;

/**
 * A virtual Ethernet device of this host, and the first of its queues. Frames are read by one owner thread; everything
 * else may be called by any thread.
 */
public interface TapPort extends TapQueue {
    /** Ethernet header: two MACs and the type. */
    int HEADER_BYTES = 14;

    /** The largest MTU a virtual network may have. */
    int MTU_MAX = 10_000;

    /** The longest frame read or written: the largest MTU, the header, and one VLAN tag. */
    int FRAME_BYTES_MAX = MTU_MAX + HEADER_BYTES + 4;

    String name();

    /** The system's number of the interface. */
    int index();

    Mac mac();

    int mtu();

    /** Which offloads are in force. */
    InForce offloads();

    /** How many queues may be open at once, this one included: as asked for when the device was made. */
    int queuesMax();

    /**
     * Opens a further queue of this device. Close it before the device, or soon after: it then carries nothing more.
     *
     * @throws IllegalStateException beyond {@link #queuesMax}
     */
    TapQueue openQueue() throws IOException;

    void setMtu(int mtu) throws IOException;

    void setMac(Mac mac) throws IOException;

    /** Link administratively up or down. A port is up when it is opened. */
    void setUp(boolean up) throws IOException;

    /** The addresses on the device now, by hand added ones and link-local ones included, in their natural order. */
    List<Prefix> addresses() throws IOException;

    /** Adds an address; one that is there already is fine. */
    void addAddress(Prefix address) throws IOException;

    /** Removes an address; one that is not there is fine. */
    void removeAddress(Prefix address) throws IOException;

    /** The routes of all tables that leave through this device, those made by the system included. */
    List<Route> routes() throws IOException;

    /**
     * Adds a route; one that is there already, through this device, is fine. A route of another device with the same
     * target and metric is never replaced: that fails with {@link SystemCallException#exists}.
     */
    void addRoute(Route route) throws IOException;

    /** Removes a route; one that is not there is fine. */
    void removeRoute(Route route) throws IOException;

    /**
     * The multicast groups that the host listens to on this device: each group MAC of the system's filter, and the
     * address-resolution group of each address.
     */
    Set<MulticastGroup> multicastGroups() throws IOException;

    /** Removes the device from the host, with its addresses and routes, even if further queues are still open. */
    @Override
    void close();

    /**
     * What became of the offloads of a device.
     *
     * @param tcp super-frames of TCP segments, and checksums left to the receiver
     * @param udp super-frames of UDP datagrams
     */
    record InForce(Offloads.State tcp, Offloads.State udp) {}
}
