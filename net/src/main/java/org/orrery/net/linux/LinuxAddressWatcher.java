// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.orrery.net.AddressWatcher;
import org.orrery.net.SystemCallException;

/** A netlink socket that the kernel tells of interfaces and addresses that come, change and go. */
final class LinuxAddressWatcher implements AddressWatcher, Descriptor {
    private static final int GROUPS = Rtnetlink.GROUP_LINK
            | Rtnetlink.GROUP_V4_ADDRESS
            | Rtnetlink.GROUP_V6_ADDRESS
            | Rtnetlink.GROUP_V4_ROUTE
            | Rtnetlink.GROUP_V6_ROUTE;

    /** Only the beginning of each message is of interest: longer ones are cut. */
    private static final int RECEIVE_BYTES = 64;

    private static final int TYPE_OFFSET = 4;

    /** Of a route: the length of its destination prefix, behind the message header and the family. */
    private static final int PREFIX_BITS_OFFSET = 17;

    /** A default route, or one of the two halves by which programs cover it. */
    private static final int DEFAULT_BITS_MAX = 1;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment received = arena.allocate(RECEIVE_BYTES, 8);
    private volatile int fd;
    private boolean rerouted;

    LinuxAddressWatcher() throws SystemCallException {
        int type = Constants.SOCK_RAW | Constants.SOCK_NONBLOCK | Constants.SOCK_CLOEXEC;
        fd = Errno.check("netlink socket", LibC.socket(Constants.AF_NETLINK, type, 0));
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment address = scratch.allocate(Layouts.SOCKADDR_NL);
            Layouts.NL_FAMILY.set(address, 0L, (short) Constants.AF_NETLINK);
            Layouts.NL_GROUPS.set(address, 0L, GROUPS);
            Errno.check("netlink bind", LibC.bind(fd, address, (int) address.byteSize()));
        } catch (SystemCallException failure) {
            close();
            throw failure;
        }
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public boolean changed() {
        boolean changed = false;
        rerouted = false;
        while (fd >= 0) {
            int result = LibC.recv(fd, received, 0);
            // ENOBUFS: more happened than the socket could hold.
            if (result == -Errno.ENOBUFS) {
                changed = true;
                rerouted = true;
            } else if (result >= 0) {
                boolean route = route();
                boolean toMost = route && received.get(ValueLayout.JAVA_BYTE, PREFIX_BITS_OFFSET) <= DEFAULT_BITS_MAX;
                rerouted |= toMost;
                changed |= !route || toMost;
            } else if (result != -Errno.EINTR) {
                break;
            }
        }
        return changed;
    }

    private boolean route() {
        int type = received.get(ValueLayout.JAVA_SHORT, TYPE_OFFSET);
        return type == Rtnetlink.NEW_ROUTE || type == Rtnetlink.DELETE_ROUTE;
    }

    @Override
    public boolean rerouted() {
        return rerouted;
    }

    @Override
    public boolean pollable() {
        return true;
    }

    @Override
    public synchronized void close() {
        if (fd >= 0) {
            LibC.close(fd);
            fd = -1;
            arena.close();
        }
    }
}
