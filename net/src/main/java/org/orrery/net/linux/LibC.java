// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The system calls in use, linked once each. All of them answer the call's result, or the negated error number. Any
 * thread.
 *
 * <p>None is linked as critical. Without the change of the thread's state a call is a few nanoseconds shorter, which does
 * not show beside the call itself (measured with reads and writes of a device: 1.5 to 2.5 microseconds either way), and
 * one that takes 64 kB through the host's stack would hold up every safepoint for tens of microseconds. Taking heap
 * memory without a copy gains nothing either: what is read is cut up, and what is written is joined, by that copy.
 */
final class LibC {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CALL_STATE_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE_LAYOUT.varHandle(PathElement.groupElement("errno"));

    /** One place for the error number per thread, freed after the thread is gone. */
    private static final ThreadLocal<MemorySegment> CALL_STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CALL_STATE_LAYOUT));

    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final Linker.Option VARIADIC_THIRD = Linker.Option.firstVariadicArg(2);

    // The linker makes code for each shape of a call, which takes milliseconds at start-up, and shares it between
    // functions. So every number goes and comes as 64 bits, of which a C int is the low half, and a function with fewer
    // numbers at its end than its shape is given zeros, which it never looks at.
    private static final FunctionDescriptor NUMBERS = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor MEMORY = FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor TRANSFER =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor TRANSFER_BETWEEN =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG);
    private static final FunctionDescriptor SETTING =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG);
    private static final FunctionDescriptor BARE =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private static final MethodHandle SOCKET = link("socket", NUMBERS);
    private static final MethodHandle CLOSE = link("close", NUMBERS);
    private static final MethodHandle EPOLL_CREATE1 = link("epoll_create1", NUMBERS);
    private static final MethodHandle EVENTFD = link("eventfd", NUMBERS);
    private static final MethodHandle SETNS = link("setns", NUMBERS);
    private static final MethodHandle POLL = link("poll", MEMORY);
    private static final MethodHandle MUNMAP = link("munmap", MEMORY);
    private static final MethodHandle MADVISE = link("madvise", MEMORY);
    private static final MethodHandle BIND = link("bind", TRANSFER);
    private static final MethodHandle READ = link("read", TRANSFER);
    private static final MethodHandle WRITE = link("write", TRANSFER);
    private static final MethodHandle RECV = link("recv", TRANSFER);
    private static final MethodHandle SENDMSG = link("sendmsg", TRANSFER);
    private static final MethodHandle SENDMMSG = link("sendmmsg", TRANSFER);
    private static final MethodHandle EPOLL_WAIT = link("epoll_wait", TRANSFER);
    private static final MethodHandle SENDTO = link("sendto", TRANSFER_BETWEEN);
    private static final MethodHandle RECVMMSG = link("recvmmsg", TRANSFER_BETWEEN);
    private static final MethodHandle GETSOCKNAME =
            link("getsockname", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS));
    private static final MethodHandle SETSOCKOPT = link("setsockopt", SETTING);
    private static final MethodHandle EPOLL_CTL = link("epoll_ctl", SETTING);
    private static final MethodHandle MMAP = link(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle OPEN =
            link("open", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG), VARIADIC_THIRD);
    private static final MethodHandle IOCTL =
            link("ioctl", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS), VARIADIC_THIRD);

    // What a lane calls all the time, linked a second time: memory goes as a number, so that no arena is asked whether
    // it is still open, and the error number is not asked for. A lane that slept finds its caches cold, and each of
    // the two costs it some lines more. The caller sees to it that the memory is there. After a failure the ordinary
    // call is made, which fails in the same way and says why, or succeeds where the cause has gone meanwhile.
    private static final MethodHandle BARE_READ = linkBare("read");
    private static final MethodHandle BARE_WRITE = linkBare("write");
    private static final MethodHandle BARE_SENDMMSG = linkBare("sendmmsg");
    private static final MethodHandle BARE_RECVMMSG = linkBare("recvmmsg");
    private static final MethodHandle BARE_EPOLL_WAIT = linkBare("epoll_wait");

    /** Apart, because few need it. */
    private static final class GetOption {
        private static final MethodHandle GETSOCKOPT =
                link("getsockopt", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS));
    }

    private LibC() {}

    /** Links everything, if that has not been done. */
    static void prepare() {
        // The initialization of this class did it.
    }

    private static MethodHandle link(String name, FunctionDescriptor descriptor, Linker.Option... more) {
        var options = new Linker.Option[more.length + 1];
        options[0] = CAPTURE;
        System.arraycopy(more, 0, options, 1, more.length);
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }

    private static MethodHandle linkBare(String name) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), BARE);
    }

    /** Whatever stands above the low half of a C int is not part of it; nothing here moves 2 GB at a time. */
    private static int result(MemorySegment state, long result) {
        int low = (int) result;
        return low >= 0 ? low : -(int) ERRNO.get(state, 0L);
    }

    /** A failure of the call itself, not of what it does: a wrong signature, or closed memory. */
    private static AssertionError broken(String name, Throwable failure) {
        return new AssertionError(name, failure);
    }

    static int socket(int domain, int type, int protocol) {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) SOCKET.invokeExact(state, (long) domain, (long) type, (long) protocol));
        } catch (Throwable failure) {
            throw broken("socket", failure);
        }
    }

    static int close(int fd) {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) CLOSE.invokeExact(state, (long) fd, 0L, 0L));
        } catch (Throwable failure) {
            throw broken("close", failure);
        }
    }

    static int open(MemorySegment path, int flags) {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) OPEN.invokeExact(state, path, (long) flags, 0L));
        } catch (Throwable failure) {
            throw broken("open", failure);
        }
    }

    static int ioctl(int fd, long request, MemorySegment argument) {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) IOCTL.invokeExact(state, (long) fd, request, argument));
        } catch (Throwable failure) {
            throw broken("ioctl", failure);
        }
    }

    static int bind(int fd, MemorySegment address, int addressBytes) {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) BIND.invokeExact(state, (long) fd, address, (long) addressBytes, 0L));
        } catch (Throwable failure) {
            throw broken("bind", failure);
        }
    }

    static int getsockname(int fd, MemorySegment address, MemorySegment addressBytes) {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) GETSOCKNAME.invokeExact(state, (long) fd, address, addressBytes));
        } catch (Throwable failure) {
            throw broken("getsockname", failure);
        }
    }

    static int setsockopt(int fd, int level, int name, MemorySegment value) {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(state, (long)
                    SETSOCKOPT.invokeExact(state, (long) fd, (long) level, (long) name, value, value.byteSize()));
        } catch (Throwable failure) {
            throw broken("setsockopt", failure);
        }
    }

    /** Sets an option that is one C int. */
    static int setsockopt(int fd, int level, int name, int value) {
        try (Arena arena = Arena.ofConfined()) {
            return setsockopt(fd, level, name, arena.allocateFrom(JAVA_INT, value));
        }
    }

    /** Reads an option that is one C int; the negated error number on failure. */
    static int getsockopt(int fd, int level, int name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = CALL_STATE.get();
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment bytes = arena.allocateFrom(JAVA_INT, 4);
            int result = result(state, (long)
                    GetOption.GETSOCKOPT.invokeExact(state, (long) fd, (long) level, (long) name, value, bytes));
            return result < 0 ? result : value.get(JAVA_INT, 0);
        } catch (Throwable failure) {
            throw broken("getsockopt", failure);
        }
    }

    /** Reads at most {@code count} bytes to the memory at {@code into}. */
    static int read(int fd, long into, long count) {
        try {
            int bytes = (int) (long) BARE_READ.invokeExact((long) fd, into, count, 0L, 0L);
            if (bytes >= 0) {
                return bytes;
            }
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) READ.invokeExact(state, (long) fd, MemorySegment.ofAddress(into), count, 0L));
        } catch (Throwable failure) {
            throw broken("read", failure);
        }
    }

    /** Reads as {@link #read}, for who does not want to know now why nothing came: the next read tells. Negative then. */
    static int readMore(int fd, long into, long count) {
        try {
            return (int) (long) BARE_READ.invokeExact((long) fd, into, count, 0L, 0L);
        } catch (Throwable failure) {
            throw broken("read", failure);
        }
    }

    /** Writes {@code count} bytes of the memory at {@code from}. */
    static int write(int fd, long from, long count) {
        try {
            int bytes = (int) (long) BARE_WRITE.invokeExact((long) fd, from, count, 0L, 0L);
            if (bytes >= 0) {
                return bytes;
            }
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) WRITE.invokeExact(state, (long) fd, MemorySegment.ofAddress(from), count, 0L));
        } catch (Throwable failure) {
            throw broken("write", failure);
        }
    }

    static int sendto(int fd, MemorySegment from, long count, int flags, MemorySegment address, int addressBytes) {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(state, (long)
                    SENDTO.invokeExact(state, (long) fd, from, count, (long) flags, address, (long) addressBytes));
        } catch (Throwable failure) {
            throw broken("sendto", failure);
        }
    }

    static int recv(int fd, MemorySegment into, int flags) {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) RECV.invokeExact(state, (long) fd, into, into.byteSize(), (long) flags));
        } catch (Throwable failure) {
            throw broken("recv", failure);
        }
    }

    static int sendmsg(int fd, MemorySegment message, int flags) {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) SENDMSG.invokeExact(state, (long) fd, message, (long) flags, 0L));
        } catch (Throwable failure) {
            throw broken("sendmsg", failure);
        }
    }

    static int sendmmsg(int fd, long messages, int count, int flags) {
        try {
            int sent = (int) (long) BARE_SENDMMSG.invokeExact((long) fd, messages, (long) count, (long) flags, 0L);
            if (sent >= 0) {
                return sent;
            }
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) SENDMMSG.invokeExact(
                    state, (long) fd, MemorySegment.ofAddress(messages), (long) count, (long) flags));
        } catch (Throwable failure) {
            throw broken("sendmmsg", failure);
        }
    }

    static int recvmmsg(int fd, long messages, int count, int flags) {
        try {
            int received = (int) (long) BARE_RECVMMSG.invokeExact((long) fd, messages, (long) count, (long) flags, 0L);
            if (received >= 0) {
                return received;
            }
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) RECVMMSG.invokeExact(
                    state,
                    (long) fd,
                    MemorySegment.ofAddress(messages),
                    (long) count,
                    (long) flags,
                    MemorySegment.NULL,
                    0L));
        } catch (Throwable failure) {
            throw broken("recvmmsg", failure);
        }
    }

    static int poll(MemorySegment descriptors, long count, int timeoutMillis) {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) POLL.invokeExact(state, descriptors, count, (long) timeoutMillis));
        } catch (Throwable failure) {
            throw broken("poll", failure);
        }
    }

    static int epollCreate() {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) EPOLL_CREATE1.invokeExact(state, (long) Constants.O_CLOEXEC, 0L, 0L));
        } catch (Throwable failure) {
            throw broken("epoll_create1", failure);
        }
    }

    static int epollCtl(int epoll, int operation, int fd, MemorySegment event) {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(
                    state, (long) EPOLL_CTL.invokeExact(state, (long) epoll, (long) operation, (long) fd, event, 0L));
        } catch (Throwable failure) {
            throw broken("epoll_ctl", failure);
        }
    }

    static int epollWait(int epoll, long events, int count, int timeoutMillis) {
        try {
            int found = (int)
                    (long) BARE_EPOLL_WAIT.invokeExact((long) epoll, events, (long) count, (long) timeoutMillis, 0L);
            if (found >= 0) {
                return found;
            }
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) EPOLL_WAIT.invokeExact(
                    state, (long) epoll, MemorySegment.ofAddress(events), (long) count, (long) timeoutMillis));
        } catch (Throwable failure) {
            throw broken("epoll_wait", failure);
        }
    }

    static int eventfd(int flags) {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) EVENTFD.invokeExact(state, 0L, (long) flags, 0L));
        } catch (Throwable failure) {
            throw broken("eventfd", failure);
        }
    }

    /**
     * Zeroed memory until {@code arena} is closed. Unlike what the arena itself gives it takes up room only where, and
     * when, it is touched first.
     */
    static MemorySegment map(long bytes, Arena arena) {
        try {
            MemorySegment state = CALL_STATE.get();
            long protection = Constants.PROT_READ_WRITE;
            long flags = Constants.MAP_PRIVATE_ANONYMOUS;
            long address = (long) MMAP.invokeExact(state, 0L, bytes, protection, flags, -1L, 0L);
            if (address == -1) {
                throw new OutOfMemoryError("mmap of " + bytes + " bytes: " + Errno.text((int) ERRNO.get(state, 0L)));
            }
            MemorySegment mapped = MemorySegment.ofAddress(address).reinterpret(bytes, arena, LibC::unmap);
            // Where huge pages are given unasked, one touch would take up 2 MB. Best effort.
            long ignored = (long) MADVISE.invokeExact(state, mapped, bytes, (long) Constants.MADV_NOHUGEPAGE);
            return mapped;
        } catch (OutOfMemoryError none) {
            throw none;
        } catch (Throwable failure) {
            throw broken("mmap", failure);
        }
    }

    private static void unmap(MemorySegment mapped) {
        try {
            MemorySegment state = CALL_STATE.get();
            long ignored = (long) MUNMAP.invokeExact(state, mapped, mapped.byteSize(), 0L);
        } catch (Throwable failure) {
            throw broken("munmap", failure);
        }
    }

    /** Moves the calling thread into the namespace that {@code fd} stands for. */
    static int setns(int fd, int kind) {
        try {
            MemorySegment state = CALL_STATE.get();
            return result(state, (long) SETNS.invokeExact(state, (long) fd, (long) kind, 0L));
        } catch (Throwable failure) {
            throw broken("setns", failure);
        }
    }
}
