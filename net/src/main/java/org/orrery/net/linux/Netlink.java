// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.net.SystemCallException;

/**
 * A socket to the kernel's routing subsystem, in the network namespace in which it was made: one request at a time,
 * each waited for. Any thread.
 */
final class Netlink implements AutoCloseable {
    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_NETLINK = 270;
    private static final int OPTION_CAP_ACK = 10;
    private static final int OPTION_EXTENDED_ACK = 11;
    private static final int OPTION_STRICT_CHECK = 12;

    private static final int TYPE_ERROR = 2;
    private static final int TYPE_DONE = 3;

    /** In a reply: the tables changed while they were listed. */
    private static final int FLAG_INTERRUPTED = 0x10;
    /** In an acknowledgement: the request is not repeated in full. */
    private static final int FLAG_CAPPED = 0x100;
    /** In an acknowledgement: attributes follow. */
    private static final int FLAG_ATTRIBUTES = 0x200;

    private static final int ERROR_BYTES = 4;
    private static final int ERROR_TEXT = 1;

    /** The kernel answers in pieces of at most 32 KiB. */
    private static final int RECEIVE_BYTES = 64 * 1024;

    /** The kernel answers a request before the send returns, unless it is about to run out of memory. */
    private static final long ANSWER_SECONDS_MAX = 5;

    private static final int DUMP_TRIALS_MAX = 4;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment received = arena.allocate(RECEIVE_BYTES, 8);
    private final ByteBuffer view = received.asByteBuffer().order(ByteOrder.nativeOrder());
    private int fd;
    private int sequence;

    Netlink() throws SystemCallException {
        int type = Constants.SOCK_RAW | Constants.SOCK_CLOEXEC;
        fd = Errno.check("netlink socket", LibC.socket(Constants.AF_NETLINK, type, NETLINK_ROUTE));
        // Old kernels lack these; then errors come without words, and lists are longer than asked for.
        LibC.setsockopt(fd, SOL_NETLINK, OPTION_CAP_ACK, 1);
        LibC.setsockopt(fd, SOL_NETLINK, OPTION_EXTENDED_ACK, 1);
        LibC.setsockopt(fd, SOL_NETLINK, OPTION_STRICT_CHECK, 1);
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment timeout = scratch.allocate(Layouts.TIMEVAL);
            Layouts.TV_SEC.set(timeout, 0L, ANSWER_SECONDS_MAX);
            LibC.setsockopt(fd, Constants.SOL_SOCKET, Constants.SO_RCVTIMEO, timeout);
        }
    }

    /** Sends a request that changes something, and waits until it is done. {@code what} names it in a failure. */
    synchronized void request(String what, NetlinkMessage message) throws SystemCallException {
        send(what, message);
        while (true) {
            int length = receive(what);
            for (int at = 0; at + NetlinkMessage.HEADER_BYTES <= length; at = next(at, length)) {
                if (view.getInt(at + 8) == sequence && type(at) == TYPE_ERROR) {
                    throwIfRefused(what, at);
                    return;
                }
            }
        }
    }

    /**
     * Lists something. {@code read} takes a message with {@code fixedBytes} before its attributes, and answers null for
     * one that is not of interest.
     */
    synchronized <T> List<T> dump(
            String what, NetlinkMessage message, int fixedBytes, Function<NetlinkReply, @Nullable T> read)
            throws SystemCallException {
        List<T> found = new ArrayList<>();
        for (int trial = 1; !dumpOnce(what, message, fixedBytes, read, found) && trial < DUMP_TRIALS_MAX; trial++) {
            found.clear();
        }
        return found;
    }

    /** False if the list is not of one moment. */
    private <T> boolean dumpOnce(
            String what,
            NetlinkMessage message,
            int fixedBytes,
            Function<NetlinkReply, @Nullable T> read,
            List<T> found)
            throws SystemCallException {
        send(what, message);
        boolean consistent = true;
        while (true) {
            int length = receive(what);
            for (int at = 0; at + NetlinkMessage.HEADER_BYTES <= length; at = next(at, length)) {
                if (view.getInt(at + 8) != sequence) {
                    continue; // of an earlier request that was given up
                }
                consistent &= (flags(at) & FLAG_INTERRUPTED) == 0;
                switch (type(at)) {
                    case TYPE_ERROR -> throwIfRefused(what, at);
                    case TYPE_DONE -> {
                        return consistent;
                    }
                    default -> {
                        var reply = new NetlinkReply(type(at), body(at), fixedBytes);
                        T value = reply.whole() ? read.apply(reply) : null;
                        if (value != null) {
                            found.add(value);
                        }
                    }
                }
            }
        }
    }

    private void send(String what, NetlinkMessage message) throws SystemCallException {
        sequence++;
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment whole = message.finish(scratch, sequence);
            Errno.check(what, fd < 0 ? -Errno.EBADF : LibC.write(fd, whole.address(), whole.byteSize()));
        }
    }

    private int receive(String what) throws SystemCallException {
        int length;
        do {
            length = LibC.recv(fd, received, 0);
        } while (length == -Errno.EINTR);
        return Errno.check(what, length);
    }

    private void throwIfRefused(String what, int at) throws SystemCallException {
        ByteBuffer body = body(at);
        int error = body.limit() < ERROR_BYTES ? -Errno.EIO : body.getInt(0);
        if (error == 0) {
            return;
        }
        String words = "";
        if ((flags(at) & FLAG_ATTRIBUTES) != 0) {
            int echoed = (flags(at) & FLAG_CAPPED) != 0 ? NetlinkMessage.HEADER_BYTES : body.getInt(ERROR_BYTES);
            words = new NetlinkReply(TYPE_ERROR, body, ERROR_BYTES + ((echoed + 3) & ~3)).text(ERROR_TEXT);
        }
        throw Errno.failure(what, error, words);
    }

    private int type(int at) {
        return view.getShort(at + 4) & 0xffff;
    }

    private int flags(int at) {
        return view.getShort(at + 6) & 0xffff;
    }

    private ByteBuffer body(int at) {
        int bytes = Math.max(view.getInt(at) - NetlinkMessage.HEADER_BYTES, 0);
        return view.slice(at + NetlinkMessage.HEADER_BYTES, bytes).order(ByteOrder.nativeOrder());
    }

    /** Where the next message begins; {@code length} if this one is broken. */
    private int next(int at, int length) {
        int bytes = view.getInt(at);
        return bytes < NetlinkMessage.HEADER_BYTES || bytes > length - at ? length : at + ((bytes + 3) & ~3);
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
