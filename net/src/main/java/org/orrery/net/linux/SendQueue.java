// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.orrery.core.value.Endpoint;

/**
 * Datagrams that wait for one {@code sendmmsg}. Their bytes lie one behind the other without gaps, so that a run of
 * equal ones to one endpoint is also one contiguous block. One thread.
 */
final class SendQueue {
    static final int MESSAGES_MAX = 64;

    /** 64 datagrams of an ordinary path (1,472 bytes) take 94 kB; of the longest ones twelve fit. */
    static final int DATA_BYTES_MAX = 128 * 1024;

    private static final long MESSAGE_BYTES = Layouts.MMSGHDR.byteSize();

    private final MemorySegment messages;
    private final MemorySegment vectors;
    private final MemorySegment addresses;
    private final MemorySegment data;
    private int count;
    private int dataBytes;

    SendQueue(Arena arena) {
        messages = arena.allocate(Layouts.MMSGHDR, MESSAGES_MAX);
        vectors = arena.allocate(Layouts.IOVEC, MESSAGES_MAX);
        addresses = arena.allocate((long) MESSAGES_MAX * SocketAddresses.STRIDE_BYTES, 8);
        data = arena.allocate(DATA_BYTES_MAX, 64);
        for (int i = 0; i < MESSAGES_MAX; i++) {
            long message = i * MESSAGE_BYTES;
            Layouts.MSG_NAME.set(messages, message, addresses.asSlice((long) i * SocketAddresses.STRIDE_BYTES));
            Layouts.MSG_IOV.set(messages, message, vectors.asSlice(i * Layouts.IOVEC.byteSize()));
            Layouts.MSG_IOVLEN.set(messages, message, 1L);
        }
    }

    boolean hasRoomFor(int length) {
        return count < MESSAGES_MAX && dataBytes + length <= DATA_BYTES_MAX;
    }

    void add(byte[] bytes, int offset, int length, Endpoint to) {
        MemorySegment.copy(bytes, offset, data, ValueLayout.JAVA_BYTE, dataBytes, length);
        long vector = count * Layouts.IOVEC.byteSize();
        Layouts.IOV_BASE.set(vectors, vector, MemorySegment.ofAddress(data.address() + dataBytes));
        Layouts.IOV_LEN.set(vectors, vector, (long) length);
        int addressBytes = SocketAddresses.write(to, addresses, (long) count * SocketAddresses.STRIDE_BYTES);
        Layouts.MSG_NAMELEN.set(messages, count * MESSAGE_BYTES, addressBytes);
        count++;
        dataBytes += length;
    }

    int count() {
        return count;
    }

    /** One call with the datagrams from {@code first} on: how many left, or the negated error of the first. */
    int send(int fd, int first) {
        MemorySegment from = first == 0 ? messages : messages.asSlice(first * MESSAGE_BYTES);
        return LibC.sendmmsg(fd, from, count - first, Constants.MSG_DONTWAIT | Constants.MSG_NOSIGNAL);
    }

    void clear() {
        count = 0;
        dataBytes = 0;
    }
}
