// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.capture;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.orrery.core.wire.BigEndian;

/**
 * Those who watch the frames that rules send to this node. Frames are kept for each of them until it takes them; who is
 * slow loses frames and is told how many. While nobody watches, a frame costs one look at an empty list.
 */
public final class Observers {
    /** Observers at once: a person, a recorder, and some to spare. */
    public static final int OBSERVERS_MAX = 8;

    /** Bytes kept for each, with {@link #FRAME_OVERHEAD_BYTES} for each frame: 32 MB for all. */
    static final int QUEUE_BYTES_MAX = 4 * 1024 * 1024;

    private static final int FRAME_OVERHEAD_BYTES = 128;
    private static final int ETHERNET_BYTES = 14;

    private final InstantSource clock;
    private volatile Subscription[] all = {};

    public Observers() {
        this(InstantSource.system());
    }

    Observers(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * A frame that was sent here.
     *
     * @param timeNanos when it was, since 1970
     * @param from address bits of the member that sent it
     * @param flags it came with
     * @param bytes the Ethernet frame; not a copy
     * @param lostBefore frames lost between this one and the one before
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Frame(long timeNanos, long from, int flags, byte[] bytes, long lostBefore) {}

    /** Control lane: offers a frame to whoever watches {@code network}. Bytes are borrowed; never waits. */
    public void frame(
            long network,
            long from,
            int flags,
            long source,
            long destination,
            int etherType,
            byte[] payload,
            int offset,
            int length) {
        Subscription[] now = all;
        if (now.length == 0) {
            return;
        }
        byte[] frame = null;
        for (Subscription each : now) {
            if (each.network != network) {
                continue;
            }
            if (frame == null) {
                frame = new byte[ETHERNET_BYTES + length];
                BigEndian.setU48(frame, 0, destination);
                BigEndian.setU48(frame, 6, source);
                BigEndian.setU16(frame, 12, etherType);
                System.arraycopy(payload, offset, frame, ETHERNET_BYTES, length);
            }
            each.offer(nanos(), from, flags, frame);
        }
    }

    private long nanos() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    /** Any thread: begins to keep frames of {@code network}, raw bits of its number; empty if there are too many. */
    public synchronized Optional<Subscription> subscribe(long network) {
        if (all.length == OBSERVERS_MAX) {
            return Optional.empty();
        }
        Subscription added = new Subscription(network);
        Subscription[] more = java.util.Arrays.copyOf(all, all.length + 1);
        more[all.length] = added;
        all = more;
        return Optional.of(added);
    }

    private synchronized void remove(Subscription gone) {
        all = java.util.Arrays.stream(all).filter(each -> each != gone).toArray(Subscription[]::new);
    }

    /** How many watch. */
    public int count() {
        return all.length;
    }

    /** One observer's queue. */
    public final class Subscription implements AutoCloseable {
        private final long network;
        private final ArrayDeque<Frame> queue = new ArrayDeque<>();
        private int bytes;
        private long received;
        private long lost;
        private long lostSince;

        private Subscription(long network) {
            this.network = network;
        }

        private synchronized void offer(long timeNanos, long from, int flags, byte[] frame) {
            received++;
            int cost = frame.length + FRAME_OVERHEAD_BYTES;
            if (bytes + cost > QUEUE_BYTES_MAX) {
                lost++;
                lostSince++;
                return;
            }
            queue.add(new Frame(timeNanos, from, flags, frame, lostSince));
            lostSince = 0;
            bytes += cost;
            notifyAll();
        }

        /** The next frame; null if none comes in time. */
        public synchronized @Nullable Frame take(Duration patience) throws InterruptedException {
            long end = System.nanoTime() + patience.toNanos();
            for (long left = patience.toNanos(); queue.isEmpty() && left > 0; left = end - System.nanoTime()) {
                wait(Math.max(1, left / 1_000_000));
            }
            Frame frame = queue.poll();
            if (frame != null) {
                bytes -= frame.bytes.length + FRAME_OVERHEAD_BYTES;
            }
            return frame;
        }

        /** Whether {@link #take} would have to wait. */
        public synchronized boolean idle() {
            return queue.isEmpty();
        }

        /** Frames that came so far. */
        public synchronized long received() {
            return received;
        }

        /** How many of them were lost because this observer was slow. */
        public synchronized long lost() {
            return lost;
        }

        /** Any thread: stops. */
        @Override
        public void close() {
            remove(this);
        }
    }
}
