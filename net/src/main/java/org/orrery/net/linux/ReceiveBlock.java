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
 * Memory that {@code recvmmsg} writes to, shared by all sockets of a lane: each call's datagrams are copied out before
 * the next call. One thread.
 */
final class ReceiveBlock {
    /** Datagrams per call: beyond some dozens the cost of the call is lost in that of the datagrams. */
    static final int MESSAGES_MAX = 64;

    /** 64 * 10,368 bytes of data = 648 KiB, most of it never touched at ordinary packet sizes. */
    private static final int SLOT_BYTES = UdpPort.DATAGRAM_BYTES_MAX;

    private static final long MESSAGE_BYTES = Layouts.MMSGHDR.byteSize();

    private final MemorySegment messages;
    private final MemorySegment addresses;
    private final MemorySegment data;
    private final EndpointCache endpoints = new EndpointCache();

    /** What the last {@link #receive} left out because it was too long. */
    private int truncated;

    ReceiveBlock(Arena arena) {
        messages = arena.allocate(Layouts.MMSGHDR, MESSAGES_MAX);
        addresses = arena.allocate((long) MESSAGES_MAX * SocketAddresses.STRIDE_BYTES, 8);
        data = arena.allocate((long) MESSAGES_MAX * SLOT_BYTES, 64);
        MemorySegment vectors = arena.allocate(Layouts.IOVEC, MESSAGES_MAX);
        for (int i = 0; i < MESSAGES_MAX; i++) {
            long vector = i * Layouts.IOVEC.byteSize();
            long message = i * MESSAGE_BYTES;
            Layouts.IOV_BASE.set(vectors, vector, data.asSlice((long) i * SLOT_BYTES, SLOT_BYTES));
            Layouts.IOV_LEN.set(vectors, vector, (long) SLOT_BYTES);
            Layouts.MSG_NAME.set(messages, message, addresses.asSlice((long) i * SocketAddresses.STRIDE_BYTES));
            Layouts.MSG_NAMELEN.set(messages, message, SocketAddresses.BYTES_MAX);
            Layouts.MSG_IOV.set(messages, message, vectors.asSlice(vector));
            Layouts.MSG_IOVLEN.set(messages, message, 1L);
        }
    }

    /** One call: appends to {@code into}, answers the datagrams taken from the socket or the negated error number. */
    int receive(int fd, PacketBatch into) {
        truncated = 0;
        int want = Math.min(MESSAGES_MAX, into.capacity() - into.count());
        int taken = LibC.recvmmsg(fd, messages, want, Constants.MSG_DONTWAIT);
        int slotBytes = Math.min(SLOT_BYTES, into.slotBytes());
        for (int i = 0; i < taken; i++) {
            long message = i * MESSAGE_BYTES;
            int length = (int) Layouts.MSG_LEN.get(messages, message);
            int flags = (int) Layouts.MSG_FLAGS.get(messages, message);
            // The kernel wrote the length of the address it gave, which would limit the next one.
            Layouts.MSG_NAMELEN.set(messages, message, SocketAddresses.BYTES_MAX);
            Endpoint from = SocketAddresses.read(addresses, (long) i * SocketAddresses.STRIDE_BYTES, endpoints);
            if (length > slotBytes || (flags & Constants.MSG_TRUNC) != 0 || from == null) {
                truncated++;
                continue;
            }
            copy((long) i * SLOT_BYTES, length, into, from);
        }
        return taken;
    }

    private void copy(long at, int length, PacketBatch into, @Nullable Endpoint from) {
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, into.bytes(), into.claim(), length);
        into.commit(length, from);
    }

    int truncated() {
        return truncated;
    }
}
