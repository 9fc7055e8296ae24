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
import org.orrery.net.Offloads;
import org.orrery.net.Poller;
import org.orrery.net.Ports;
import org.orrery.net.RoutingRule;
import org.orrery.net.SystemCallException;
import org.orrery.net.TapPort;
import org.orrery.net.UdpPort;

/** Ports by Linux system calls, in the network namespace of the thread that makes this object. */
public final class LinuxPorts implements Ports {
    private final Arena arena = Arena.ofShared();
    private final Offloads offloads;
    private final ReceiveBlocks receiveBlocks;
    private final Netlink netlink;
    private boolean closed;

    /**
     * With every offload that the system has.
     *
     * @throws SystemCallException if the system gives no netlink socket
     */
    public LinuxPorts() throws SystemCallException {
        this(Offloads.ALL);
    }

    /**
     * With the wanted offloads, as far as the system has them.
     *
     * @throws SystemCallException if the system gives no netlink socket
     */
    public LinuxPorts(Offloads wanted) throws SystemCallException {
        offloads = wanted;
        receiveBlocks = new ReceiveBlocks(arena, wanted.udpJoining());
        netlink = new Netlink();
    }

    /**
     * Does what the first object of this class in a process would take its time for; a caller with other things to do lets
     * another thread do it meanwhile. Only where {@link #supported}.
     */
    public static void prepare() {
        LibC.prepare();
    }

    /** Whether this machine is one that these ports are written for: 64-bit Linux. */
    public static boolean supported() {
        String architecture = System.getProperty("os.arch");
        return System.getProperty("os.name").equals("Linux")
                && (architecture.equals("amd64") || architecture.equals("aarch64"));
    }

    @Override
    public Ports another() throws IOException {
        return new LinuxPorts(Offloads.NONE);
    }

    @Override
    public UdpPort openUdp(Endpoint local, String device, boolean shared) throws IOException {
        return LinuxUdpPort.open(local, device, shared, offloads, receiveBlocks);
    }

    @Override
    public TapPort openTap(String name, Mac mac, int mtu, int queues) throws IOException {
        if (!DeviceNames.valid(name)) {
            throw new IllegalArgumentException("not an interface name: " + name);
        }
        if (queues < 1) {
            throw new IllegalArgumentException(queues + " queues");
        }
        return LinuxTapPort.open(name, mac, mtu, queues, offloads.tapSegmentation(), netlink);
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
    public List<RoutingRule> routingRules() throws IOException {
        return new RoutingRules(netlink).list();
    }

    @Override
    public void addRoutingRule(RoutingRule rule) throws IOException {
        new RoutingRules(netlink).add(rule);
    }

    @Override
    public void removeRoutingRule(RoutingRule rule) throws IOException {
        new RoutingRules(netlink).remove(rule);
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
