// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.orrery.net.PacketBatch;
import org.orrery.net.TapPort;
import org.orrery.net.TapQueue;
import org.orrery.net.superframe.Joiner;
import org.orrery.net.superframe.OffloadHeader;
import org.orrery.net.superframe.Segmenter;

/** A queue of a TAP device, without packet information, with or without an {@link OffloadHeader} before each frame. */
final class LinuxTapQueue implements TapQueue, Descriptor {
    /** The longest super-frame with its header, rounded up. */
    private static final int READ_BYTES = 65_536 + 512;

    /**
     * A call that finds nothing costs as much as one that brings a frame. After this many reads of lone frames in a row
     * the next one is taken for one too, and the poller tells of others.
     */
    private static final int LONE_READS = 4;

    /** Of reads that would stop so, one in this many looks all the same, so that a burst is soon read in one go. */
    private static final int LOOK_EVERY = 8;

    private final boolean headed;

    private final AtomicLong framesRead = new AtomicLong();
    private final AtomicLong readErrors = new AtomicLong();
    private final AtomicLong framesWritten = new AtomicLong();
    private final AtomicLong writeErrors = new AtomicLong();
    private final AtomicLong readJoined = new AtomicLong();
    private final AtomicLong writtenJoined = new AtomicLong();
    private volatile int lastErrno;
    private volatile boolean gone;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment readMemory;
    private final Segmenter segmenter = new Segmenter();

    /** Reads in a row that brought one ordinary frame and then nothing; and those of them that did not look further. */
    private int loneReads;

    private int stops;

    /** Guards what is held to be written, and against a close meanwhile. */
    private final Object writeLock = new Object();

    private final MemorySegment writeMemory;
    private final @Nullable Joiner joiner;

    private volatile int fd;

    LinuxTapQueue(int fd, boolean headed, TapPort.InForce offloads) {
        this.fd = fd;
        this.headed = headed;
        this.readMemory = LibC.map(READ_BYTES, arena);
        this.writeMemory = LibC.map(headed ? Joiner.MEMORY_BYTES : TapPort.FRAME_BYTES_MAX, arena);
        boolean tcp = offloads.tcp().inForce();
        boolean udp = offloads.udp().inForce();
        this.joiner = headed ? new Joiner(writeMemory, tcp, udp, this::writeOut) : null;
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public boolean holdsInput() {
        return fd >= 0 && segmenter.pending();
    }

    @Override
    public int read(PacketBatch into) {
        int before = into.count();
        if (fd >= 0 && segmenter.pending()) {
            readJoined.addAndGet(segmenter.drain(into));
        }
        int calls = 0;
        while (!into.full() && fd >= 0) {
            if (calls == 1 && into.count() == before + 1 && loneReads >= LONE_READS && ++stops % LOOK_EVERY != 0) {
                calls = 0; // not known to be alone
                break;
            }
            long memory = readMemory.address();
            int length = calls == 0 ? LibC.read(fd, memory, READ_BYTES) : LibC.readMore(fd, memory, READ_BYTES);
            if (length >= 0) {
                take(length, into);
                calls++;
            } else if (calls > 0 || length == -Errno.EAGAIN) {
                break; // if it is anything else the first read of the next turn meets it, too
            } else if (length != -Errno.EINTR) {
                readErrors.incrementAndGet();
                lastErrno = -length;
                gone |= length == -Errno.EBADFD;
                break;
            }
        }
        int appended = into.count() - before;
        if (calls > 0) {
            loneReads = appended == 1 ? loneReads + 1 : 0;
        }
        if (appended > 0) {
            framesRead.addAndGet(appended);
        }
        return appended;
    }

    private void take(int length, PacketBatch into) {
        int before = into.count();
        if (headed) {
            if (!segmenter.take(readMemory, length, into)) {
                readErrors.incrementAndGet();
            } else if (segmenter.segments() > 1) {
                readJoined.addAndGet(into.count() - before);
            }
        } else if (length < TapPort.HEADER_BYTES) {
            readErrors.incrementAndGet();
        } else {
            int cut = Math.min(length, into.slotBytes());
            MemorySegment.copy(readMemory, ValueLayout.JAVA_BYTE, 0, into.bytes(), into.claim(), cut);
            into.commit(cut, null);
        }
    }

    @Override
    public boolean write(byte[] frame, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, frame.length);
        if (length < TapPort.HEADER_BYTES) {
            return refuse(Errno.EINVAL);
        }
        if (length > TapPort.FRAME_BYTES_MAX) {
            return refuse(Errno.EMSGSIZE);
        }
        synchronized (writeLock) {
            if (fd < 0) {
                return refuse(Errno.EBADF);
            }
            if (joiner != null) {
                return joiner.write(frame, offset, length) >= 0;
            }
            MemorySegment.copy(frame, offset, writeMemory, ValueLayout.JAVA_BYTE, 0, length);
            return writeOut(writeMemory, length, 1) >= 0;
        }
    }

    private boolean refuse(int errno) {
        writeErrors.incrementAndGet();
        lastErrno = errno;
        return false;
    }

    /** The joiner's sink, under the lock. */
    private int writeOut(MemorySegment from, int bytes, int frames) {
        int result;
        do {
            result = LibC.write(fd, from.address(), bytes);
        } while (result == -Errno.EINTR);
        if (result < 0) {
            writeErrors.addAndGet(frames);
            lastErrno = -result;
            return result;
        }
        framesWritten.addAndGet(frames);
        if (frames > 1) {
            writtenJoined.addAndGet(frames);
        }
        return result;
    }

    @Override
    public void flush() {
        if (joiner != null) {
            synchronized (writeLock) {
                if (fd >= 0) {
                    joiner.flush();
                }
            }
        }
    }

    @Override
    public boolean gone() {
        return gone;
    }

    @Override
    public Counters counters() {
        return new Counters(
                framesRead.get(),
                readErrors.get(),
                framesWritten.get(),
                writeErrors.get(),
                readJoined.get(),
                writtenJoined.get(),
                lastErrno);
    }

    /** What is held is lost. */
    @Override
    public void close() {
        synchronized (writeLock) {
            if (fd < 0) {
                return;
            }
            LibC.close(fd);
            fd = -1;
        }
        arena.close();
    }
}
