// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.net.Offloads;
import org.orrery.net.PacketBatch;
import org.orrery.net.Ports;
import org.orrery.net.SystemCallException;
import org.orrery.net.UdpPort;

/** A UDP socket with batched calls. */
final class LinuxUdpPort implements UdpPort, Descriptor {
    /**
     * How long a flush waits, once, for a full send buffer. The buffer of 1 MiB drains in 8 ms at 1 Gbit/s, so this
     * paces the sender; what does not fit even then is dropped, as a congested device would.
     */
    private static final int FULL_WAIT_MILLIS = 2;

    /** A socket from which no run ever left, and this many were refused, sends none any more. */
    private static final int REFUSALS_MAX = 8;

    private static final int SEND_FLAGS = Constants.MSG_DONTWAIT | Constants.MSG_NOSIGNAL;

    private final Endpoint local;
    private final String device;
    private final ReceiveBlocks receiveBlocks;

    /** The block that holds datagrams for the next receive. Owner only. */
    private @Nullable ReceiveBlock held;

    private final Arena arena = Arena.ofShared();
    private final SendQueue queue = new SendQueue(arena);
    private final MemorySegment pollWritable = arena.allocate(Layouts.POLLFD);

    private final AtomicLong received = new AtomicLong();
    private final AtomicLong truncated = new AtomicLong();
    private final AtomicLong receiveErrors = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong sendErrors = new AtomicLong();
    private final AtomicLong sendDropped = new AtomicLong();
    private final AtomicLong receivedJoined = new AtomicLong();
    private final AtomicLong sentJoined = new AtomicLong();
    private final AtomicLong segmentationRefusals = new AtomicLong();
    private volatile int lastErrno;

    private final SegmentLimits limits = new SegmentLimits();
    private volatile InForce offloads;

    /** Guards direct sends against a close meanwhile, which could hand their descriptor's number to another file. */
    private final Object directLock = new Object();

    private final MemorySegment directAddress = arena.allocate(SocketAddresses.BYTES_MAX, 8);
    private final MemorySegment directData = arena.allocate(DATAGRAM_BYTES_MAX);
    private volatile int fd;

    private LinuxUdpPort(int fd, Endpoint local, String device, InForce offloads, ReceiveBlocks receiveBlocks) {
        this.fd = fd;
        this.local = local;
        this.device = device;
        this.offloads = offloads;
        this.receiveBlocks = receiveBlocks;
        Layouts.POLL_FD.set(pollWritable, 0L, fd);
        Layouts.POLL_EVENTS.set(pollWritable, 0L, (short) Constants.POLLOUT);
    }

    static LinuxUdpPort open(
            Endpoint wanted, String device, boolean shared, Offloads offloads, ReceiveBlocks receiveBlocks)
            throws SystemCallException {
        boolean v6 = wanted.ip().v6();
        int type = Constants.SOCK_DGRAM | Constants.SOCK_NONBLOCK | Constants.SOCK_CLOEXEC;
        int fd = Errno.check("socket", LibC.socket(v6 ? Constants.AF_INET6 : Constants.AF_INET, type, 0));
        try (Arena arena = Arena.ofConfined()) {
            configure(fd, v6);
            if (shared) {
                Errno.check("SO_REUSEPORT", LibC.setsockopt(fd, Constants.SOL_SOCKET, Constants.SO_REUSEPORT, 1));
            }
            boolean tied = !device.isEmpty() && tie(fd, arena.allocateFrom(device)) >= 0;
            var inForce = new InForce(
                    offloads.udpSegmentation() ? segmentation(fd) : Offloads.State.SWITCHED_OFF,
                    offloads.udpJoining() ? joining(fd) : Offloads.State.SWITCHED_OFF);
            MemorySegment address = arena.allocate(SocketAddresses.BYTES_MAX, 8);
            int addressBytes = SocketAddresses.write(wanted, address, 0);
            Errno.check("bind " + wanted, LibC.bind(fd, address, addressBytes));
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, SocketAddresses.BYTES_MAX);
            Errno.check("getsockname", LibC.getsockname(fd, address, length));
            Endpoint local = Objects.requireNonNull(SocketAddresses.read(address, 0, new EndpointCache()));
            return new LinuxUdpPort(fd, local, tied ? device : "", inForce, receiveBlocks);
        } catch (SystemCallException | RuntimeException | Error failure) {
            LibC.close(fd);
            throw failure;
        }
    }

    /** Whether the kernel knows runs at all; whether a device can send one shows only when it shall. */
    private static Offloads.State segmentation(int fd) {
        int known = LibC.getsockopt(fd, Constants.IPPROTO_UDP, Constants.UDP_SEGMENT);
        return known >= 0
                ? Offloads.State.IN_FORCE
                : Offloads.State.unavailable("kernel refused UDP_SEGMENT: " + Errno.text(-known));
    }

    private static Offloads.State joining(int fd) {
        int result = LibC.setsockopt(fd, Constants.IPPROTO_UDP, Constants.UDP_GRO, 1);
        return result >= 0
                ? Offloads.State.IN_FORCE
                : Offloads.State.unavailable("kernel refused UDP_GRO: " + Errno.text(-result));
    }

    private static void configure(int fd, boolean v6) throws SystemCallException {
        Errno.check("SO_BROADCAST", LibC.setsockopt(fd, Constants.SOL_SOCKET, Constants.SO_BROADCAST, 1));
        if (v6) {
            Errno.check("IPV6_V6ONLY", LibC.setsockopt(fd, Constants.IPPROTO_IPV6, Constants.IPV6_V6ONLY, 1));
            // Long datagrams may be cut by IP: with discovery off the host does so itself, by the route's MTU.
            LibC.setsockopt(fd, Constants.IPPROTO_IPV6, Constants.IPV6_MTU_DISCOVER, Constants.PMTUDISC_DONT);
        } else {
            LibC.setsockopt(fd, Constants.IPPROTO_IP, Constants.IP_MTU_DISCOVER, Constants.PMTUDISC_DONT);
        }
        // Only a process that may also make interfaces may do so; without interfaces nothing asks for the mark.
        LibC.setsockopt(fd, Constants.SOL_SOCKET, Constants.SO_MARK, Ports.UNDERLAY_MARK);
        buffer(fd, Constants.SO_RCVBUFFORCE, Constants.SO_RCVBUF);
        buffer(fd, Constants.SO_SNDBUFFORCE, Constants.SO_SNDBUF);
    }

    /** Past the administrator's limit where the process may, up to that limit otherwise. */
    private static void buffer(int fd, int forced, int limited) {
        if (LibC.setsockopt(fd, Constants.SOL_SOCKET, forced, SOCKET_BUFFER_BYTES) < 0) {
            LibC.setsockopt(fd, Constants.SOL_SOCKET, limited, SOCKET_BUFFER_BYTES);
        }
    }

    private static int tie(int fd, MemorySegment device) {
        return LibC.setsockopt(fd, Constants.SOL_SOCKET, Constants.SO_BINDTODEVICE, device);
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public Endpoint local() {
        return local;
    }

    @Override
    public String device() {
        return device;
    }

    @Override
    public InForce offloads() {
        return offloads;
    }

    @Override
    public boolean holdsInput() {
        return held != null && fd >= 0;
    }

    @Override
    public int receive(PacketBatch into) {
        int before = into.count();
        ReceiveBlock block = held != null ? held : receiveBlocks.take();
        if (block.pending()) {
            drain(block, into);
        }
        while (!into.full() && fd >= 0) {
            int want = Math.min(block.messagesMax(), into.capacity() - into.count());
            int taken = block.fill(fd, want);
            if (taken == -Errno.EINTR) {
                continue;
            }
            if (taken < 0) {
                if (taken != -Errno.EAGAIN) {
                    receiveErrors.incrementAndGet();
                    lastErrno = -taken;
                }
                break;
            }
            drain(block, into);
            if (taken < want) {
                break;
            }
        }
        if (block.pending()) {
            held = block;
        } else {
            held = null;
            receiveBlocks.give(block);
        }
        int appended = into.count() - before;
        if (appended > 0) {
            received.addAndGet(appended);
        }
        return appended;
    }

    private void drain(ReceiveBlock block, PacketBatch into) {
        block.drain(into);
        if (block.truncated() > 0) {
            truncated.addAndGet(block.truncated());
        }
        if (block.joined() > 0) {
            receivedJoined.addAndGet(block.joined());
        }
    }

    @Override
    public void send(byte[] bytes, int offset, int length, Endpoint to) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (refused(length, to.ip())) {
            return;
        }
        if (!queue.hasRoomFor(length)) {
            flush();
        }
        if (queue.continuesRun(length, to)) {
            queue.addToRun(bytes, offset, length);
        } else {
            boolean mayGrow = offloads.segmentation().inForce() && limits.allows(to, length);
            queue.add(bytes, offset, length, to, mayGrow);
        }
    }

    /** Counts and refuses what the socket could not send, before it takes up memory. */
    private boolean refused(int length, Ip to) {
        if (fd < 0) {
            return refuse(Errno.EBADF);
        }
        if (to.v6() != local.ip().v6()) {
            return refuse(Errno.EAFNOSUPPORT);
        }
        return length > DATAGRAM_BYTES_MAX && refuse(Errno.EMSGSIZE);
    }

    private boolean refuse(int errno) {
        sendErrors.incrementAndGet();
        lastErrno = errno;
        return true;
    }

    @Override
    public void flush() {
        int first = 0;
        boolean waited = false;
        while (first < queue.count() && fd >= 0) {
            int left = queue.send(fd, first);
            if (left > 0) {
                countSent(first, first + left);
                first += left;
            } else if (left == -Errno.EAGAIN && !waited) {
                waited = true;
                LibC.poll(pollWritable, 1, FULL_WAIT_MILLIS);
            } else if (left == -Errno.EAGAIN || left == -Errno.ENOBUFS) {
                sendDropped.addAndGet(datagrams(first, queue.count()));
                lastErrno = -left;
                break;
            } else if (left != -Errno.EINTR) {
                // Only the first one is at fault; the others are tried again.
                if (queue.datagrams(first) > 1 && refusesRuns(-left)) {
                    sendSingly(first, -left);
                } else {
                    sendErrors.addAndGet(queue.datagrams(first));
                    lastErrno = -left;
                }
                first++;
            }
        }
        queue.clear();
    }

    private int datagrams(int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += queue.datagrams(i);
        }
        return sum;
    }

    private void countSent(int from, int to) {
        int all = 0;
        int joined = 0;
        for (int i = from; i < to; i++) {
            int datagrams = queue.datagrams(i);
            all += datagrams;
            joined += datagrams > 1 ? datagrams : 0;
        }
        sent.addAndGet(all);
        if (joined > 0) {
            sentJoined.addAndGet(joined);
        }
    }

    /** Too long for the path, or a path that cannot carry runs at all: those through some tunnels for example. */
    private static boolean refusesRuns(int errno) {
        return errno == Errno.EMSGSIZE || errno == Errno.EINVAL || errno == Errno.EIO || errno == Errno.EOPNOTSUPP;
    }

    /** Sends the datagrams of a refused run; if they leave, the refusal was of the run, and is kept in mind. */
    private void sendSingly(int index, int errno) {
        int left = 0;
        for (int part = 0; part < queue.datagrams(index); part++) {
            int result;
            do {
                result = queue.sendSingly(fd, index, part);
            } while (result == -Errno.EINTR);
            left += result >= 0 ? 1 : 0;
            countDirect(result);
        }
        if (left == 0 || !limits.allows(queue.endpoint(index), queue.datagramBytes(index))) {
            return; // not the run's fault; or known since a run before in the same queue
        }
        segmentationRefusals.incrementAndGet();
        lastErrno = errno;
        limits.refused(queue.endpoint(index), queue.datagramBytes(index));
        boolean never = sentJoined.get() == 0 && segmentationRefusals.get() >= REFUSALS_MAX;
        if (errno == Errno.EIO || errno == Errno.EOPNOTSUPP || never) {
            String reason = "given up after " + segmentationRefusals.get() + " refusals: " + Errno.text(errno);
            offloads = new InForce(Offloads.State.unavailable(reason), offloads.joining());
        }
    }

    @Override
    public boolean sendNow(byte[] bytes, int offset, int length, Endpoint to) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (refused(length, to.ip())) {
            return false;
        }
        synchronized (directLock) {
            if (fd < 0) {
                return countDirect(-Errno.EBADF);
            }
            MemorySegment.copy(bytes, offset, directData, ValueLayout.JAVA_BYTE, 0, length);
            int addressBytes = SocketAddresses.write(to, directAddress, 0);
            int result;
            do {
                result = LibC.sendto(fd, directData, length, SEND_FLAGS, directAddress, addressBytes);
            } while (result == -Errno.EINTR);
            return countDirect(result);
        }
    }

    private boolean countDirect(int result) {
        if (result >= 0) {
            sent.incrementAndGet();
            return true;
        }
        (result == -Errno.EAGAIN || result == -Errno.ENOBUFS ? sendDropped : sendErrors).incrementAndGet();
        lastErrno = -result;
        return false;
    }

    @Override
    public boolean sendWithTtl(byte[] bytes, int offset, int length, Endpoint to, int ttl) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (ttl < 1 || ttl > 255) {
            throw new IllegalArgumentException("TTL " + ttl);
        }
        if (refused(length, to.ip())) {
            return false;
        }
        boolean v6 = local.ip().v6();
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment message = scratch.allocate(Layouts.MSGHDR);
            MemorySegment vector = scratch.allocate(Layouts.IOVEC);
            MemorySegment address = scratch.allocate(SocketAddresses.BYTES_MAX, 8);
            MemorySegment control = scratch.allocate(Layouts.CMSG_INT);
            MemorySegment datagram = scratch.allocate(Math.max(length, 1));
            MemorySegment.copy(bytes, offset, datagram, ValueLayout.JAVA_BYTE, 0, length);
            Layouts.IOV_BASE.set(vector, 0L, datagram);
            Layouts.IOV_LEN.set(vector, 0L, (long) length);
            Layouts.CMSG_LEN.set(control, 0L, Layouts.CMSG_INT_LENGTH);
            Layouts.CMSG_LEVEL.set(control, 0L, v6 ? Constants.IPPROTO_IPV6 : Constants.IPPROTO_IP);
            Layouts.CMSG_TYPE.set(control, 0L, v6 ? Constants.IPV6_HOPLIMIT : Constants.IP_TTL);
            Layouts.CMSG_VALUE.set(control, 0L, ttl);
            Layouts.MSG_NAME.set(message, 0L, address);
            Layouts.MSG_NAMELEN.set(message, 0L, SocketAddresses.write(to, address, 0));
            Layouts.MSG_IOV.set(message, 0L, vector);
            Layouts.MSG_IOVLEN.set(message, 0L, 1L);
            Layouts.MSG_CONTROL.set(message, 0L, control);
            Layouts.MSG_CONTROLLEN.set(message, 0L, control.byteSize());
            synchronized (directLock) {
                return countDirect(fd < 0 ? -Errno.EBADF : LibC.sendmsg(fd, message, SEND_FLAGS));
            }
        }
    }

    @Override
    public boolean sendsWithTtl() {
        return true;
    }

    @Override
    public Counters counters() {
        return new Counters(
                received.get(),
                truncated.get(),
                receiveErrors.get(),
                sent.get(),
                sendErrors.get(),
                sendDropped.get(),
                receivedJoined.get(),
                sentJoined.get(),
                segmentationRefusals.get(),
                lastErrno);
    }

    @Override
    public void close() {
        synchronized (directLock) {
            if (fd < 0) {
                return;
            }
            LibC.close(fd);
            fd = -1;
        }
        if (held != null) {
            receiveBlocks.give(held);
            held = null;
        }
        arena.close();
    }
}
