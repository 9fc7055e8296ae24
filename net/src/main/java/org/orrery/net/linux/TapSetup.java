// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.orrery.net.Offloads;
import org.orrery.net.SystemCallException;
import org.orrery.net.TapPort;
import org.orrery.net.superframe.OffloadHeader;

/**
 * Makes TAP devices and opens their queues.
 *
 * @param fd the queue's descriptor
 * @param name the device's name
 * @param flags of the device, which every further queue must repeat
 * @param offloads what the kernel granted
 */
record TapSetup(int fd, String name, int flags, TapPort.InForce offloads) {
    private static final String[] CLONE_DEVICES = {"/dev/net/tun", "/dev/tun"};
    private static final int TCP_OFFLOADS =
            Constants.TUN_F_CSUM | Constants.TUN_F_TSO4 | Constants.TUN_F_TSO6 | Constants.TUN_F_TSO_ECN;
    private static final int UDP_OFFLOADS = Constants.TUN_F_USO4 | Constants.TUN_F_USO6;

    /** Whether an {@link OffloadHeader} precedes each frame. */
    boolean headed() {
        return (flags & Constants.IFF_VNET_HDR) != 0;
    }

    /** Makes a device with its first queue. */
    static TapSetup make(String wanted, boolean severalQueues, boolean segmentation) throws SystemCallException {
        int fd = openCloneDevice();
        try {
            int flags = Constants.IFF_TAP | Constants.IFF_NO_PI;
            flags |= severalQueues ? Constants.IFF_MULTI_QUEUE : 0;
            var none = new TapPort.InForce(Offloads.State.SWITCHED_OFF, Offloads.State.SWITCHED_OFF);
            if (segmentation) {
                int headed = flags | Constants.IFF_VNET_HDR;
                var made = attach(fd, wanted, headed | Constants.IFF_TUN_EXCL);
                if (made.result != -Errno.EINVAL) {
                    String name = made.name(wanted);
                    return new TapSetup(fd, name, headed, grant(fd));
                }
                var refused = Offloads.State.unavailable("kernel refused IFF_VNET_HDR: " + Errno.text(Errno.EINVAL));
                none = new TapPort.InForce(refused, refused);
            }
            String name = attach(fd, wanted, flags | Constants.IFF_TUN_EXCL).name(wanted);
            return new TapSetup(fd, name, flags, none);
        } catch (SystemCallException | RuntimeException | Error failure) {
            LibC.close(fd);
            throw failure;
        }
    }

    /** Opens a further queue of this device; answers its descriptor. */
    int openQueue() throws SystemCallException {
        int next = openCloneDevice();
        try {
            attach(next, name, flags).name(name);
            return next;
        } catch (SystemCallException | RuntimeException | Error failure) {
            LibC.close(next);
            throw failure;
        }
    }

    private static int openCloneDevice() throws SystemCallException {
        int flags = Constants.O_RDWR | Constants.O_NONBLOCK | Constants.O_CLOEXEC;
        int first = -Errno.ENOENT;
        try (Arena arena = Arena.ofConfined()) {
            for (String path : CLONE_DEVICES) {
                int fd = LibC.open(arena.allocateFrom(path), flags);
                if (fd >= 0) {
                    return fd;
                }
                first = first == -Errno.ENOENT ? fd : first;
            }
        }
        throw Errno.failure("open " + CLONE_DEVICES[0], first);
    }

    private record Attached(int result, String shown) {
        String name(String wanted) throws SystemCallException {
            // Busy is what the kernel says of a name that is taken.
            Errno.check("make device " + wanted, result == -Errno.EBUSY ? -Errno.EEXIST : result);
            return shown;
        }
    }

    private static Attached attach(int fd, String wanted, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(Layouts.IFREQ);
            MemorySegment.copy(arena.allocateFrom(wanted), 0, request, 0, wanted.length() + 1L);
            Layouts.IFR_FLAGS.set(request, 0L, (short) flags);
            int result = LibC.ioctl(fd, Constants.TUNSETIFF, request);
            return new Attached(result, request.getString(0));
        }
    }

    /** Asks for all, then for less. With nothing granted the header stays, and says nothing. */
    private static TapPort.InForce grant(int fd) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_INT, OffloadHeader.BYTES);
            Errno.check("TUNSETVNETHDRSZ", LibC.ioctl(fd, Constants.TUNSETVNETHDRSZ, bytes));
        }
        int result = offload(fd, TCP_OFFLOADS | UDP_OFFLOADS);
        if (result >= 0) {
            return new TapPort.InForce(Offloads.State.IN_FORCE, Offloads.State.IN_FORCE);
        }
        var udp = Offloads.State.unavailable("kernel refused TUN_F_USO4 and TUN_F_USO6: " + Errno.text(-result));
        result = offload(fd, TCP_OFFLOADS);
        var tcp = result >= 0
                ? Offloads.State.IN_FORCE
                : Offloads.State.unavailable("kernel refused TUNSETOFFLOAD: " + Errno.text(-result));
        return new TapPort.InForce(tcp, udp);
    }

    private static int offload(int fd, int flags) {
        return LibC.ioctl(fd, Constants.TUNSETOFFLOAD, MemorySegment.ofAddress(flags));
    }
}
