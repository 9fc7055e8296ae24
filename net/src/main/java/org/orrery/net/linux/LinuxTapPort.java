// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.Prefix;
import org.orrery.net.PacketBatch;
import org.orrery.net.Route;
import org.orrery.net.SystemCallException;
import org.orrery.net.TapPort;

/** A TAP device with one queue and without packet information; it disappears when its descriptor is closed. */
final class LinuxTapPort implements TapPort, Descriptor {
    private static final String[] CLONE_DEVICES = {"/dev/net/tun", "/dev/tun"};

    private final String name;
    private final int index;
    private final Netlink netlink;
    private final DeviceAddresses addresses;
    private final DeviceRoutes routes;

    private final AtomicLong framesRead = new AtomicLong();
    private final AtomicLong readErrors = new AtomicLong();
    private final AtomicLong framesWritten = new AtomicLong();
    private final AtomicLong writeErrors = new AtomicLong();
    private volatile int lastErrno;

    private volatile Mac mac;
    private volatile int mtu;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment readFrame = arena.allocate(FRAME_BYTES_MAX);
    private final MemorySegment writtenFrame = arena.allocate(FRAME_BYTES_MAX);

    /** Guards the written frame, and against a close meanwhile. */
    private final Object writeLock = new Object();

    private volatile int fd;

    private LinuxTapPort(int fd, String name, int index, Mac mac, int mtu, Netlink netlink) {
        this.fd = fd;
        this.name = name;
        this.index = index;
        this.mac = mac;
        this.mtu = mtu;
        this.netlink = netlink;
        this.addresses = new DeviceAddresses(netlink, name, index);
        this.routes = new DeviceRoutes(netlink, index);
    }

    static LinuxTapPort open(String wanted, Mac mac, int mtu, Netlink netlink) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            int fd = openCloneDevice(arena);
            LinuxTapPort tap;
            try {
                String name = attach(fd, wanted, arena);
                int index = new Interfaces(netlink)
                        .named(name)
                        .orElseThrow(() -> Errno.failure("find device " + name, -Errno.ENODEV))
                        .index();
                tap = new LinuxTapPort(fd, name, index, mac, mtu, netlink);
            } catch (SystemCallException | RuntimeException | Error failure) {
                LibC.close(fd);
                throw failure;
            }
            return configured(tap); // which closes the descriptor itself if it fails
        }
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

    private static int openCloneDevice(Arena arena) throws SystemCallException {
        int flags = Constants.O_RDWR | Constants.O_NONBLOCK | Constants.O_CLOEXEC;
        int first = -Errno.ENOENT;
        for (String path : CLONE_DEVICES) {
            int fd = LibC.open(arena.allocateFrom(path), flags);
            if (fd >= 0) {
                return fd;
            }
            first = first == -Errno.ENOENT ? fd : first;
        }
        throw Errno.failure("open " + CLONE_DEVICES[0], first);
    }

    /** Makes the device of the descriptor; answers its name. */
    private static String attach(int fd, String wanted, Arena arena) throws SystemCallException {
        MemorySegment request = arena.allocate(Layouts.IFREQ);
        MemorySegment.copy(arena.allocateFrom(wanted), 0, request, 0, wanted.length() + 1L);
        int flags = Constants.IFF_TAP | Constants.IFF_NO_PI | Constants.IFF_TUN_EXCL;
        Layouts.IFR_FLAGS.set(request, 0L, (short) flags);
        int result = LibC.ioctl(fd, Constants.TUNSETIFF, request);
        // Busy is what the kernel says of a name that is taken.
        Errno.check("make device " + wanted, result == -Errno.EBUSY ? -Errno.EEXIST : result);
        return request.getString(0);
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public String name() {
        return name;
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
        int before = into.count();
        int bytesMax = Math.min(FRAME_BYTES_MAX, into.slotBytes());
        while (!into.full() && fd >= 0) {
            int length = LibC.read(fd, readFrame, bytesMax);
            if (length >= HEADER_BYTES) {
                MemorySegment.copy(readFrame, ValueLayout.JAVA_BYTE, 0, into.bytes(), into.claim(), length);
                into.commit(length, null);
            } else if (length == -Errno.EAGAIN) {
                break;
            } else if (length != -Errno.EINTR) {
                readErrors.incrementAndGet();
                lastErrno = length < 0 ? -length : 0;
                break;
            }
        }
        int appended = into.count() - before;
        if (appended > 0) {
            framesRead.addAndGet(appended);
        }
        return appended;
    }

    @Override
    public boolean write(byte[] frame, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, frame.length);
        int result;
        if (length < HEADER_BYTES) {
            result = -Errno.EINVAL;
        } else if (length > FRAME_BYTES_MAX) {
            result = -Errno.EMSGSIZE;
        } else {
            synchronized (writeLock) {
                result = fd < 0 ? -Errno.EBADF : writeOpen(frame, offset, length);
            }
        }
        if (result >= 0) {
            framesWritten.incrementAndGet();
            return true;
        }
        writeErrors.incrementAndGet();
        lastErrno = -result;
        return false;
    }

    private int writeOpen(byte[] frame, int offset, int length) {
        MemorySegment.copy(frame, offset, writtenFrame, ValueLayout.JAVA_BYTE, 0, length);
        int result;
        do {
            result = LibC.write(fd, writtenFrame, length);
        } while (result == -Errno.EINTR);
        return result;
    }

    /** Nothing to do: each frame is delivered as it is written. */
    @Override
    public void flush() {}

    @Override
    public Counters counters() {
        return new Counters(framesRead.get(), readErrors.get(), framesWritten.get(), writeErrors.get(), lastErrno);
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
        synchronized (writeLock) {
            if (fd < 0) {
                return;
            }
            LibC.close(fd);
            fd = -1;
        }
        arena.close();
    }
}
