// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.Prefix;
import org.orrery.net.PacketBatch;
import org.orrery.net.Route;
import org.orrery.net.SystemCallException;
import org.orrery.net.TapPort;
import org.orrery.net.TapQueue;

/** A TAP device and its first queue. */
final class LinuxTapPort implements TapPort, Descriptor {
    private final String name;
    private final int index;
    private final TapSetup setup;
    private final int queuesMax;
    private final LinuxTapQueue first;
    private final Netlink netlink;
    private final DeviceAddresses addresses;
    private final DeviceRoutes routes;

    /** The queues beside the first; guarded by itself, as is the closing of the device. */
    private final List<LinuxTapQueue> further = new ArrayList<>();

    private boolean closed;

    private volatile Mac mac;
    private volatile int mtu;

    private LinuxTapPort(TapSetup setup, int queuesMax, int index, Mac mac, int mtu, Netlink netlink) {
        this.setup = setup;
        this.queuesMax = queuesMax;
        this.first = new LinuxTapQueue(setup.fd(), setup.headed(), setup.offloads());
        this.name = setup.name();
        this.index = index;
        this.mac = mac;
        this.mtu = mtu;
        this.netlink = netlink;
        this.addresses = new DeviceAddresses(netlink, name, index);
        this.routes = new DeviceRoutes(netlink, index);
    }

    static LinuxTapPort open(String wanted, Mac mac, int mtu, int queues, boolean segmentation, Netlink netlink)
            throws SystemCallException {
        TapSetup setup = TapSetup.make(wanted, queues > 1, segmentation);
        LinuxTapPort tap;
        try {
            int index = new Interfaces(netlink)
                    .named(setup.name())
                    .orElseThrow(() -> Errno.failure("find device " + setup.name(), -Errno.ENODEV))
                    .index();
            tap = new LinuxTapPort(setup, queues, index, mac, mtu, netlink);
        } catch (SystemCallException | RuntimeException | Error failure) {
            LibC.close(setup.fd());
            throw failure;
        }
        return configured(tap); // which closes the descriptor itself if it fails
    }

    private static LinuxTapPort configured(LinuxTapPort tap) throws SystemCallException {
        try {
            tap.setMac(tap.mac); // before it is up: the link-local address is made from it
            tap.setMtu(tap.mtu);
            tap.setUp(true);
            return tap;
        } catch (SystemCallException | RuntimeException | Error failure) {
            tap.close();
            throw failure;
        }
    }

    @Override
    public int fd() {
        return first.fd();
    }

    @Override
    public boolean holdsInput() {
        return first.holdsInput();
    }

    @Override
    public InForce offloads() {
        return setup.offloads();
    }

    @Override
    public int queuesMax() {
        return queuesMax;
    }

    @Override
    public TapQueue openQueue() throws SystemCallException {
        synchronized (further) {
            further.removeIf(each -> each.fd() < 0);
            if (closed || further.size() + 1 >= queuesMax) {
                throw new IllegalStateException(closed ? "closed" : "more than " + queuesMax + " queues of " + name);
            }
            var queue = new LinuxTapQueue(setup.openQueue(), setup.headed(), setup.offloads());
            further.add(queue);
            return queue;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean gone() {
        return first.gone();
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public Mac mac() {
        return mac;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public int read(PacketBatch into) {
        return first.read(into);
    }

    @Override
    public boolean write(byte[] frame, int offset, int length) {
        return first.write(frame, offset, length);
    }

    @Override
    public void flush() {
        first.flush();
    }

    @Override
    public Counters counters() {
        return first.counters();
    }

    @Override
    public void setMtu(int mtu) throws SystemCallException {
        if (mtu < 68 || mtu > MTU_MAX) {
            throw new IllegalArgumentException("MTU " + mtu);
        }
        netlink.request("set MTU of " + name, change(0, 0).with(Rtnetlink.LINK_MTU, mtu));
        this.mtu = mtu;
    }

    @Override
    public void setMac(Mac mac) throws SystemCallException {
        byte[] bytes = new byte[Mac.BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (mac.bits() >>> (40 - 8 * i));
        }
        netlink.request("set MAC of " + name, change(0, 0).with(Rtnetlink.LINK_ADDRESS, bytes));
        this.mac = mac;
    }

    @Override
    public void setUp(boolean up) throws SystemCallException {
        netlink.request(
                (up ? "bring up " : "take down ") + name,
                change(up ? Rtnetlink.INTERFACE_UP : 0, Rtnetlink.INTERFACE_UP));
    }

    private NetlinkMessage change(int flags, int mask) {
        return NetlinkMessage.link(Rtnetlink.NEW_LINK, NetlinkMessage.ACK, index, flags, mask);
    }

    @Override
    public List<Prefix> addresses() throws SystemCallException {
        return addresses.list();
    }

    @Override
    public void addAddress(Prefix address) throws SystemCallException {
        addresses.add(address);
    }

    @Override
    public void removeAddress(Prefix address) throws SystemCallException {
        addresses.remove(address);
    }

    @Override
    public List<Route> routes() throws SystemCallException {
        return routes.list();
    }

    @Override
    public void addRoute(Route route) throws SystemCallException {
        routes.add(route);
    }

    @Override
    public void removeRoute(Route route) throws SystemCallException {
        routes.remove(route);
    }

    @Override
    public Set<MulticastGroup> multicastGroups() throws IOException {
        try (InputStream in = Files.newInputStream(Path.of(MulticastScan.FILE))) {
            String list = new String(in.readNBytes(MulticastScan.FILE_BYTES_MAX), StandardCharsets.US_ASCII);
            return MulticastScan.groups(list, name, addresses.list());
        }
    }

    @Override
    public void close() {
        synchronized (further) {
            if (closed) {
                return;
            }
            closed = true;
            further.removeIf(each -> each.fd() < 0);
            if (!further.isEmpty()) {
                deleteDevice();
            }
        }
        first.close();
    }

    /** The device would live as long as one queue is open, and those of others are theirs to close. */
    private void deleteDevice() {
        try {
            netlink.request(
                    "delete " + name, NetlinkMessage.link(Rtnetlink.DELETE_LINK, NetlinkMessage.ACK, index, 0, 0));
        } catch (SystemCallException gone) {
            // Somebody else removed it already, or it goes when the last queue is closed.
        }
    }
}
