// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Mac;
import org.orrery.net.AddressWatcher;
import org.orrery.net.DeviceNames;
import org.orrery.net.HostInterface;
import org.orrery.net.Poller;
import org.orrery.net.Ports;
import org.orrery.net.SystemCallException;
import org.orrery.net.TapPort;
import org.orrery.net.UdpPort;

/** Ports by Linux system calls, in the network namespace of the thread that makes this object. */
public final class LinuxPorts implements Ports {
    private final Arena arena = Arena.ofShared();
    private final ReceiveBlock receiveBlock = new ReceiveBlock(arena);
    private final Netlink netlink;
    private boolean closed;

    /** @throws SystemCallException if the system gives no netlink socket */
    public LinuxPorts() throws SystemCallException {
        netlink = new Netlink();
    }

    /** Whether this machine is one that these ports are written for: 64-bit Linux. */
    public static boolean supported() {
        String architecture = System.getProperty("os.arch");
        return System.getProperty("os.name").equals("Linux")
                && (architecture.equals("amd64") || architecture.equals("aarch64"));
    }

    @Override
    public UdpPort openUdp(Endpoint local, String device) throws IOException {
        return LinuxUdpPort.open(local, device, receiveBlock);
    }

    @Override
    public TapPort openTap(String name, Mac mac, int mtu) throws IOException {
        if (!DeviceNames.valid(name)) {
            throw new IllegalArgumentException("not an interface name: " + name);
        }
        return LinuxTapPort.open(name, mac, mtu, netlink);
    }

    @Override
    public boolean opensTaps() {
        return true;
    }

    @Override
    public Poller openPoller() throws IOException {
        return new LinuxPoller();
    }

    @Override
    public AddressWatcher openAddressWatcher() throws IOException {
        return new LinuxAddressWatcher();
    }

    @Override
    public List<HostInterface> interfaces() throws IOException {
        return new Interfaces(netlink).list();
    }

    @Override
    public String kind() {
        return "linux";
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        netlink.close();
        arena.close();
    }
}
