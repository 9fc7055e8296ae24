// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import java.io.IOException;
import java.util.List;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Mac;

/**
 * Opens the ports of one lane. The ports of one {@code Ports} share receive memory: datagrams are received by one
 * thread. Opening and listing may be done by any thread.
 */
public interface Ports extends RoutingRuleTable, AutoCloseable {
    /**
     * The mark that sockets put on their packets, where the system lets them: rules of the host can tell the node's own
     * traffic by it. It has none of the bits that common packet filters of container systems act on.
     */
    int UNDERLAY_MARK = 9993;

    /**
     * Binds a UDP socket.
     *
     * @param local address and port; port 0 lets the system choose
     * @param device the device to tie the socket to, so that routes of virtual networks do not capture its traffic;
     *     empty for none. Best effort: {@link UdpPort#device} tells whether it worked
     * @param shared whether several sockets, all of them shared, may bind this address and port, one for each lane: the
     *     system then keeps the datagrams of one source on one of them
     * @throws IOException also if {@code shared} is asked for where it cannot be had
     */
    UdpPort openUdp(Endpoint local, String device, boolean shared) throws IOException;

    /** As {@link #openUdp(Endpoint, String, boolean)}, not shared. */
    default UdpPort openUdp(Endpoint local, String device) throws IOException {
        return openUdp(local, device, false);
    }

    /**
     * Makes a virtual Ethernet device and brings it up.
     *
     * @param name as it shall appear in the system; see {@link DeviceNames}
     * @param queues how many queues will be open at most: 1, or more to share the device among lanes
     * @throws SystemCallException that {@link SystemCallException#exists} if an interface has that name
     * @throws IOException also where this kind of ports has no devices: see {@link #opensTaps}
     */
    TapPort openTap(String name, Mac mac, int mtu, int queues) throws IOException;

    /** As {@link #openTap(String, Mac, int, int)}, with one queue. */
    default TapPort openTap(String name, Mac mac, int mtu) throws IOException {
        return openTap(name, mac, mtu, 1);
    }

    /** Whether this kind of ports has virtual devices. */
    boolean opensTaps();

    Poller openPoller() throws IOException;

    AddressWatcher openAddressWatcher() throws IOException;

    /** The host's interfaces with their addresses now. */
    List<HostInterface> interfaces() throws IOException;

    /** Ports of the same kind for another thread, with no offload. */
    Ports another() throws IOException;

    /** What this is, for a status report: {@code linux} or {@code nio}. */
    String kind();

    /** Releases shared memory. Close what was opened before. A second call does nothing. */
    @Override
    void close();
}
