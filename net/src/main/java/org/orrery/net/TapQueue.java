// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

/**
 * One queue of a virtual Ethernet device: what a lane reads frames from and writes them to. The host spreads its flows
 * over the queues that are open, and keeps each flow on one of them. Frames are whole: destination, source, type,
 * payload; no check sequence. They are read by one owner thread; everything else may be called by any thread.
 */
public interface TapQueue extends PollSource {
    /**
     * Appends waiting frames to {@code into} until it is full, or nothing waits, or nothing is likely to wait: a poller
     * tells of the rest. What the host gave as one super-frame comes as ordinary frames with right lengths and
     * checksums, of which all but the first {@linkplain PacketBatch#continuesFlow continue} their flow. Frames longer
     * than the batch's slots are cut.
     *
     * @return how many were appended; their peer is null
     */
    int read(PacketBatch into);

    /**
     * Gives one frame to the host, as if it had come over the wire. It may be held back to be joined with others of its
     * flow, and arrives at the latest with {@link #flush}. Frames of one flow arrive in order.
     *
     * @return whether it was taken; false for a frame below the header's length or past {@link TapPort#FRAME_BYTES_MAX},
     *     and if the device refused it at once
     */
    boolean write(byte[] frame, int offset, int length);

    /** Delivers frames that were held back to join them. */
    void flush();

    /** The numbers of this queue alone. */
    Counters counters();

    /** Whether the device was removed by somebody else: nothing comes any more, and a poller should not ask. */
    boolean gone();

    /** Gives the queue back: the host no longer sends flows to it. A second call does nothing. */
    @Override
    void close();

    /**
     * What a queue did since it was opened.
     *
     * @param read frames, each segment of a super-frame counted
     * @param readErrors failed reads, and frames that could not be cut into segments
     * @param written frames, each segment of a super-frame counted
     * @param writeErrors frames that the device refused, because it is down for example
     * @param readJoined how many of {@code read} came in super-frames
     * @param writtenJoined how many of {@code written} left in super-frames
     * @param lastErrno the system's number of the last refusal, 0 if none or unknown
     */
    record Counters(
            long read,
            long readErrors,
            long written,
            long writeErrors,
            long readJoined,
            long writtenJoined,
            int lastErrno) {}
}
