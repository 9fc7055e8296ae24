// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.orrery.net.PollSource;
import org.orrery.net.Poller;
import org.orrery.net.SystemCallException;

/** epoll, with an eventfd to be woken by. */
final class LinuxPoller implements Poller {
    /** Sources told of per wait; with more ready, the kernel goes round so that none starves. */
    private static final int EVENTS_MAX = 64;

    private static final long WAKE_DATA = -1;
    private static final ValueLayout.OfInt EVENTS = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong DATA = ValueLayout.JAVA_LONG_UNALIGNED;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment events = arena.allocate(EVENTS_MAX * Layouts.EPOLL_EVENT_BYTES, 8);
    private final MemorySegment counter = arena.allocate(ValueLayout.JAVA_LONG);
    private final @Nullable Entry[] sources = new Entry[SOURCES_MAX];
    private final @Nullable Entry[] ready = new Entry[SOURCES_MAX + EVENTS_MAX];
    private int readyCount;

    /** One source with its place. What a wake touches of a source before it is served is this, and no list of them. */
    private static final class Entry {
        final Descriptor source;
        final Runnable whenReadable;
        boolean removed;

        /** Whether {@link #ready} has it for what it holds; the system may tell of it besides. */
        boolean listed;

        Entry(Descriptor source, Runnable whenReadable) {
            this.source = source;
            this.whenReadable = whenReadable;
        }
    }

    private final int epoll;

    /** Whether the event counter is, or is about to be, above zero: further wakes need no call. */
    private final AtomicBoolean woken = new AtomicBoolean();

    private final Object wakeLock = new Object();
    private final int wakeFd;
    private boolean closed;

    LinuxPoller() throws SystemCallException {
        epoll = LibC.epollCreate();
        wakeFd = LibC.eventfd(Constants.EFD_NONBLOCK | Constants.EFD_CLOEXEC);
        try {
            Errno.check("epoll_create1", epoll);
            Errno.check("eventfd", wakeFd);
            watch(wakeFd, WAKE_DATA);
        } catch (SystemCallException failure) {
            close();
            throw failure;
        }
    }

    private void watch(int fd, long data) throws SystemCallException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment event = scratch.allocate(Layouts.EPOLL_EVENT_BYTES, 8);
            event.set(EVENTS, 0, Constants.EPOLLIN);
            event.set(DATA, Layouts.EPOLL_DATA_OFFSET, data);
            Errno.check("epoll_ctl", LibC.epollCtl(epoll, Constants.EPOLL_CTL_ADD, fd, event));
        }
    }

    @Override
    public void add(PollSource source, Runnable whenReadable) throws SystemCallException {
        if (!(source instanceof Descriptor descriptor)) {
            throw new IllegalArgumentException("not a source of these ports: " + source);
        }
        int free = indexOf(null);
        if (free < 0) {
            throw new IllegalStateException("more than " + SOURCES_MAX + " sources");
        }
        watch(descriptor.fd(), free);
        sources[free] = new Entry(descriptor, whenReadable);
    }

    @Override
    public void remove(PollSource source) {
        int index = source instanceof Descriptor descriptor ? indexOf(descriptor) : -1;
        if (index < 0) {
            return;
        }
        Entry entry = Objects.requireNonNull(sources[index]);
        entry.removed = true;
        int fd = entry.source.fd();
        if (fd >= 0) {
            LibC.epollCtl(epoll, Constants.EPOLL_CTL_DEL, fd, MemorySegment.NULL);
        }
        sources[index] = null;
    }

    private int indexOf(@Nullable Descriptor source) {
        for (int i = 0; i < sources.length; i++) {
            Entry entry = sources[i];
            if (source == null ? entry == null : entry != null && entry.source.equals(source)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public int await(long timeoutMillis) {
        keepHolders();
        int patience = timeoutMillis < 0 ? -1 : (int) Math.min(timeoutMillis, Integer.MAX_VALUE);
        int timeout = readyCount > 0 ? 0 : patience;
        int found = LibC.epollWait(epoll, events.address(), EVENTS_MAX, timeout);
        for (int i = 0; i < found; i++) {
            long data = events.get(DATA, i * Layouts.EPOLL_EVENT_BYTES + Layouts.EPOLL_DATA_OFFSET);
            if (data == WAKE_DATA) {
                LibC.read(wakeFd, counter.address(), counter.byteSize());
                woken.set(false); // after the read, or a wake between the two would be read away unseen
                continue;
            }
            Entry entry = sources[(int) data];
            if (entry != null && !entry.listed) {
                ready[readyCount++] = entry;
            }
        }
        return readyCount;
    }

    /** Of what was ready last, and therefore read, leaves what was not read to the end of what it holds. */
    private void keepHolders() {
        int kept = 0;
        for (int i = 0; i < readyCount; i++) {
            Entry entry = Objects.requireNonNull(ready[i]);
            entry.listed = !entry.removed && entry.source.holdsInput();
            if (entry.listed) {
                ready[kept++] = entry;
            }
        }
        readyCount = kept;
    }

    @Override
    public PollSource ready(int index) {
        return entry(index).source;
    }

    @Override
    public void serve(int index) {
        Entry entry = entry(index);
        if (!entry.removed) {
            entry.whenReadable.run();
        }
    }

    private Entry entry(int index) {
        return Objects.requireNonNull(ready[Objects.checkIndex(index, readyCount)]);
    }

    @Override
    public void wake() {
        if (!woken.compareAndSet(false, true)) {
            return;
        }
        synchronized (wakeLock) {
            if (!closed) {
                try (Arena scratch = Arena.ofConfined()) {
                    MemorySegment one = scratch.allocateFrom(ValueLayout.JAVA_LONG, 1L);
                    LibC.write(wakeFd, one.address(), one.byteSize());
                }
            }
        }
    }

    @Override
    public void close() {
        synchronized (wakeLock) {
            if (closed) {
                return;
            }
            closed = true;
            if (epoll >= 0) {
                LibC.close(epoll);
            }
            if (wakeFd >= 0) {
                LibC.close(wakeFd);
            }
        }
        arena.close();
    }
}
