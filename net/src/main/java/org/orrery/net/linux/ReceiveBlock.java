// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.net.PacketBatch;
import org.orrery.net.UdpPort;

/**
 * Memory that {@code recvmmsg} writes to. Each message is one datagram, or where the socket joins them many of one
 * sender, all of the size that the kernel tells but for the last, which may be shorter. One thread.
 */
final class ReceiveBlock {
    /** Datagrams per call: beyond some dozens the cost of the call is lost in that of the datagrams. */
    private static final int DATAGRAMS_MAX = 64;

    /** Messages per call where each may hold many datagrams: 16 * 64 kB = 1 MB, touched only as far as it is used. */
    private static final int JOINED_MAX = 16;

    /** The longest UDP message is 65,527 bytes, over IPv6. */
    private static final int JOINED_BYTES = 65_536;

    private static final long MESSAGE_BYTES = Layouts.MMSGHDR.byteSize();
    private static final long CONTROL_BYTES = Layouts.CMSG_INT.byteSize();

    private final int messagesMax;
    private final int slotBytes;
    private final MemorySegment messages;
    private final MemorySegment addresses;
    private final MemorySegment controls;
    private final MemorySegment data;
    private final EndpointCache endpoints = new EndpointCache();

    /** Messages of the last call, the one to go on with, and how much of that one was taken. */
    private int taken;

    private int current;
    private int takenBytes;

    // The current message.
    private int messageBytes;
    private int datagramBytes;
    private @Nullable Endpoint from;

    /** Since the last {@link #fill}: datagrams left out because they were too long, and those that came joined. */
    private int truncated;

    private int joined;

    ReceiveBlock(Arena arena, boolean joining) {
        messagesMax = joining ? JOINED_MAX : DATAGRAMS_MAX;
        slotBytes = joining ? JOINED_BYTES : UdpPort.DATAGRAM_BYTES_MAX;
        messages = arena.allocate(Layouts.MMSGHDR, messagesMax);
        addresses = arena.allocate((long) messagesMax * SocketAddresses.STRIDE_BYTES, 8);
        controls = arena.allocate(Layouts.CMSG_INT, messagesMax);
        data = LibC.map((long) messagesMax * slotBytes, arena);
        MemorySegment vectors = arena.allocate(Layouts.IOVEC, messagesMax);
        for (int i = 0; i < messagesMax; i++) {
            long vector = i * Layouts.IOVEC.byteSize();
            long message = i * MESSAGE_BYTES;
            Layouts.IOV_BASE.set(vectors, vector, data.asSlice((long) i * slotBytes, slotBytes));
            Layouts.IOV_LEN.set(vectors, vector, (long) slotBytes);
            Layouts.MSG_NAME.set(messages, message, addresses.asSlice((long) i * SocketAddresses.STRIDE_BYTES));
            Layouts.MSG_NAMELEN.set(messages, message, SocketAddresses.BYTES_MAX);
            Layouts.MSG_IOV.set(messages, message, vectors.asSlice(vector));
            Layouts.MSG_IOVLEN.set(messages, message, 1L);
            Layouts.MSG_CONTROL.set(messages, message, controls.asSlice(i * CONTROL_BYTES, CONTROL_BYTES));
            Layouts.MSG_CONTROLLEN.set(messages, message, CONTROL_BYTES);
        }
    }

    /** Most messages of one call. */
    int messagesMax() {
        return messagesMax;
    }

    /** One call, when nothing is {@link #pending}: how many messages it brought, or the negated error number. */
    int fill(int fd, int want) {
        int result = LibC.recvmmsg(fd, messages.address(), want, Constants.MSG_DONTWAIT);
        taken = Math.max(result, 0);
        current = 0;
        takenBytes = 0;
        return result;
    }

    /** Whether datagrams are left of the last {@link #fill}. */
    boolean pending() {
        return current < taken;
    }

    void clear() {
        taken = 0;
        current = 0;
        takenBytes = 0;
        from = null;
    }

    /** Appends datagrams until none is left or the batch is full. */
    void drain(PacketBatch into) {
        truncated = 0;
        joined = 0;
        int longest = Math.min(UdpPort.DATAGRAM_BYTES_MAX, into.slotBytes());
        while (current < taken && !into.full()) {
            if (takenBytes == 0) {
                beginMessage();
            }
            boolean whole = from != null;
            int length = Math.min(datagramBytes, messageBytes - takenBytes);
            if (!whole || length > longest) {
                truncated++;
            } else {
                long at = (long) current * slotBytes + takenBytes;
                MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, into.bytes(), into.claim(), length);
                into.commit(length, from);
                joined += datagramBytes < messageBytes ? 1 : 0;
            }
            takenBytes += length;
            if (takenBytes >= messageBytes || !whole) {
                current++;
                takenBytes = 0;
            }
        }
    }

    private void beginMessage() {
        long message = current * MESSAGE_BYTES;
        messageBytes = (int) Layouts.MSG_LEN.get(messages, message);
        datagramBytes = messageBytes;
        if ((long) Layouts.MSG_CONTROLLEN.get(messages, message) > 0) {
            long control = current * CONTROL_BYTES;
            int told = (int) Layouts.CMSG_VALUE.get(controls, control);
            if ((int) Layouts.CMSG_LEVEL.get(controls, control) == Constants.IPPROTO_UDP
                    && (int) Layouts.CMSG_TYPE.get(controls, control) == Constants.UDP_GRO
                    && told > 0) {
                datagramBytes = told;
            }
        }
        boolean cut = ((int) Layouts.MSG_FLAGS.get(messages, message) & Constants.MSG_TRUNC) != 0;
        long address = (long) current * SocketAddresses.STRIDE_BYTES;
        from = cut ? null : SocketAddresses.read(addresses, address, endpoints);
        // The kernel wrote how long what it gave is, which would limit the next one.
        Layouts.MSG_NAMELEN.set(messages, message, SocketAddresses.BYTES_MAX);
        Layouts.MSG_CONTROLLEN.set(messages, message, CONTROL_BYTES);
    }

    int truncated() {
        return truncated;
    }

    int joined() {
        return joined;
    }
}
