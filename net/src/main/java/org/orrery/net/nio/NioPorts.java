// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.nio;

import java.io.IOException;
import java.util.List;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Mac;
import org.orrery.net.AddressWatcher;
import org.orrery.net.HostInterface;
import org.orrery.net.Poller;
import org.orrery.net.Ports;
import org.orrery.net.RoutingRule;
import org.orrery.net.TapPort;
import org.orrery.net.UdpPort;

/**
 * Ports of the JDK. What it cannot do: tie a socket to a device, send with a time to live, make virtual devices, tell
 * of address changes without being asked. A socket on {@code ::} also takes IPv4, so one on {@code 0.0.0.0} with the
 * same port cannot be bound beside it.
 */
public final class NioPorts implements Ports {
    private final NioAddresses addresses = new NioAddresses();

    public NioPorts() {}

    @Override
    public Ports another() {
        return new NioPorts();
    }

    @Override
    public UdpPort openUdp(Endpoint local, String device, boolean shared) throws IOException {
        if (shared) {
            throw new IOException("no sockets that share a port on this kind of ports: " + local);
        }
        return NioUdpPort.open(local, addresses);
    }

    @Override
    public TapPort openTap(String name, Mac mac, int mtu, int queues) throws IOException {
        throw new IOException("no virtual Ethernet devices on this system: " + name);
    }

    @Override
    public boolean opensTaps() {
        return false;
    }

    @Override
    public Poller openPoller() throws IOException {
        return new NioPoller();
    }

    @Override
    public AddressWatcher openAddressWatcher() throws IOException {
        return new NioAddressWatcher();
    }

    @Override
    public List<HostInterface> interfaces() throws IOException {
        return NioInterfaces.list();
    }

    @Override
    public List<RoutingRule> routingRules() {
        return List.of();
    }

    @Override
    public void addRoutingRule(RoutingRule rule) throws IOException {
        throw new IOException("no routing rules on this kind of ports: " + rule);
    }

    @Override
    public void removeRoutingRule(RoutingRule rule) {}

    @Override
    public String kind() {
        return "nio";
    }

    @Override
    public void close() {}
}
