// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;

/**
 * Datagrams that wait for one {@code sendmmsg}. Their bytes lie one behind the other without gaps, so that a run of
 * equal ones to one endpoint is one message, which the system cuts up again. One thread.
 */
final class SendQueue {
    /** Messages of one call; each carries one datagram or a run of them. */
    static final int MESSAGES_MAX = 512;

    /** 357 datagrams of an ordinary path (1,472 bytes), or eight super-frames' worth. Touched as far as it is used. */
    static final int DATA_BYTES_MAX = 512 * 1024;

    /** As many datagrams in a run as every kernel that knows runs allows. */
    static final int RUN_DATAGRAMS_MAX = 64;

    /** The longest UDP payload that an IPv4 packet holds: 65,535 less 20 and 8. IPv6 would allow 20 more. */
    private static final int RUN_BYTES_MAX = 65_507;

    private static final long MESSAGE_BYTES = Layouts.MMSGHDR.byteSize();
    private static final long CONTROL_BYTES = Layouts.CMSG_INT.byteSize();

    /** A control message of a u16: header of 16 bytes and the value. */
    private static final long CONTROL_LENGTH = 18;

    private final MemorySegment messages;
    private final MemorySegment vectors;
    private final MemorySegment addresses;
    private final MemorySegment controls;
    private final MemorySegment data;

    private final @Nullable Endpoint[] endpoints = new Endpoint[MESSAGES_MAX];
    private final int[] starts = new int[MESSAGES_MAX];
    private final int[] lengths = new int[MESSAGES_MAX];
    private final int[] datagrams = new int[MESSAGES_MAX];

    /** Length of each datagram of the run but the last. */
    private final int[] datagramBytes = new int[MESSAGES_MAX];

    private int count;
    private int dataBytes;

    /** Whether the last message may grow by another datagram. */
    private boolean growing;

    SendQueue(Arena arena) {
        messages = LibC.map(MESSAGES_MAX * MESSAGE_BYTES, arena);
        vectors = LibC.map(MESSAGES_MAX * Layouts.IOVEC.byteSize(), arena);
        addresses = LibC.map((long) MESSAGES_MAX * SocketAddresses.STRIDE_BYTES, arena);
        controls = LibC.map(MESSAGES_MAX * CONTROL_BYTES, arena);
        data = LibC.map(DATA_BYTES_MAX, arena);
    }

    boolean hasRoomFor(int length) {
        return count < MESSAGES_MAX && dataBytes + length <= DATA_BYTES_MAX;
    }

    /** Whether a datagram would make the last message longer, given that a run of its first one's size is allowed. */
    boolean continuesRun(int length, Endpoint to) {
        if (!growing) {
            return false;
        }
        int last = count - 1;
        return length > 0
                && length <= datagramBytes[last]
                && datagrams[last] < RUN_DATAGRAMS_MAX
                && lengths[last] + length <= RUN_BYTES_MAX
                && to.equals(endpoints[last]);
    }

    /** Appends to the last message. */
    void addToRun(byte[] bytes, int offset, int length) {
        int last = count - 1;
        MemorySegment.copy(bytes, offset, data, ValueLayout.JAVA_BYTE, dataBytes, length);
        dataBytes += length;
        lengths[last] += length;
        Layouts.IOV_LEN.set(vectors, last * Layouts.IOVEC.byteSize(), (long) lengths[last]);
        if (++datagrams[last] == 2) {
            long control = last * CONTROL_BYTES;
            Layouts.CMSG_LEN.set(controls, control, CONTROL_LENGTH);
            Layouts.CMSG_LEVEL.set(controls, control, Constants.IPPROTO_UDP);
            Layouts.CMSG_TYPE.set(controls, control, Constants.UDP_SEGMENT);
            Layouts.CMSG_SHORT_VALUE.set(controls, control + Layouts.CMSG_VALUE_OFFSET, (short) datagramBytes[last]);
            setControl(last, control, CONTROL_BYTES);
        }
        growing = length == datagramBytes[last];
    }

    /** Appends a message of one datagram, which later ones may join. */
    void add(byte[] bytes, int offset, int length, Endpoint to, boolean mayGrow) {
        MemorySegment.copy(bytes, offset, data, ValueLayout.JAVA_BYTE, dataBytes, length);
        int at = count++;
        endpoints[at] = to;
        starts[at] = dataBytes;
        lengths[at] = length;
        datagrams[at] = 1;
        datagramBytes[at] = length;
        growing = mayGrow;
        long vector = at * Layouts.IOVEC.byteSize();
        long message = at * MESSAGE_BYTES;
        long address = (long) at * SocketAddresses.STRIDE_BYTES;
        Layouts.IOV_BASE.set(vectors, vector, MemorySegment.ofAddress(data.address() + dataBytes));
        Layouts.IOV_LEN.set(vectors, vector, (long) length);
        Layouts.MSG_NAME.set(messages, message, MemorySegment.ofAddress(addresses.address() + address));
        Layouts.MSG_NAMELEN.set(messages, message, SocketAddresses.write(to, addresses, address));
        Layouts.MSG_IOV.set(messages, message, MemorySegment.ofAddress(vectors.address() + vector));
        Layouts.MSG_IOVLEN.set(messages, message, 1L);
        setControl(at, 0, 0);
        dataBytes += length;
    }

    private void setControl(int message, long control, long bytes) {
        long at = message * MESSAGE_BYTES;
        long address = bytes == 0 ? 0 : controls.address() + control;
        Layouts.MSG_CONTROL.set(messages, at, MemorySegment.ofAddress(address));
        Layouts.MSG_CONTROLLEN.set(messages, at, bytes);
    }

    /** Messages that wait. */
    int count() {
        return count;
    }

    /** Datagrams of message {@code index}. */
    int datagrams(int index) {
        return datagrams[index];
    }

    /** Size of the datagrams of message {@code index}, the last of which may be shorter. */
    int datagramBytes(int index) {
        return datagramBytes[index];
    }

    Endpoint endpoint(int index) {
        return Objects.requireNonNull(endpoints[index]);
    }

    /** One call with the messages from {@code first} on: how many left, or the negated error of the first. */
    int send(int fd, int first) {
        long from = messages.address() + first * MESSAGE_BYTES;
        return LibC.sendmmsg(fd, from, count - first, Constants.MSG_DONTWAIT | Constants.MSG_NOSIGNAL);
    }

    /** One call with datagram {@code part} of message {@code index} alone. */
    int sendSingly(int fd, int index, int part) {
        int within = part * datagramBytes[index];
        int length = Math.min(datagramBytes[index], lengths[index] - within);
        MemorySegment datagram = data.asSlice((long) starts[index] + within, length);
        MemorySegment address = addresses.asSlice((long) index * SocketAddresses.STRIDE_BYTES);
        int addressBytes = (int) Layouts.MSG_NAMELEN.get(messages, index * MESSAGE_BYTES);
        int flags = Constants.MSG_DONTWAIT | Constants.MSG_NOSIGNAL;
        return LibC.sendto(fd, datagram, length, flags, address, addressBytes);
    }

    void clear() {
        count = 0;
        dataBytes = 0;
        growing = false;
    }
}
