// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import org.orrery.core.value.Endpoint;

/**
 * One bound UDP socket that never blocks. Its owner is the thread that receives; methods marked so may be called by
 * any thread. What goes wrong on the packet path is counted and never thrown.
 */
public interface UdpPort extends PollSource {
    /** The longest datagram sent or received: the largest payload that can be configured, 10,324 bytes, rounded up. */
    int DATAGRAM_BYTES_MAX = 10_368;

    /** Requested receive and send buffers of the system, in bytes. */
    int SOCKET_BUFFER_BYTES = 1 << 20;

    /** Where the socket is bound, with the port that the system chose if 0 was asked for. Any thread. */
    Endpoint local();

    /** The device that the socket is tied to, empty if none. Any thread. */
    String device();

    /**
     * Appends waiting datagrams to {@code into} until it is full or nothing waits. Datagrams longer than the batch's
     * slots or {@link #DATAGRAM_BYTES_MAX} are counted and left out.
     *
     * @return how many were appended
     */
    int receive(PacketBatch into);

    /** Queues a copy of one datagram; it leaves with {@link #flush}, or earlier when the queue is full. */
    void send(byte[] bytes, int offset, int length, Endpoint to);

    /** Sends what {@link #send} queued, in order. */
    void flush();

    /**
     * Sends one datagram at once, past the queue. Any thread.
     *
     * @return whether the system took it
     */
    boolean sendNow(byte[] bytes, int offset, int length, Endpoint to);

    /**
     * As {@link #sendNow}, with the given time to live (hop limit). Any thread.
     *
     * @return whether the system took it; always false, and counted as an error, where {@link #sendsWithTtl} is false
     */
    boolean sendWithTtl(byte[] bytes, int offset, int length, Endpoint to, int ttl);

    /** Whether {@link #sendWithTtl} works on this kind of port. Any thread. */
    boolean sendsWithTtl();

    /** Which offloads are in force now. Segmentation may be given up while the port is open. Any thread. */
    InForce offloads();

    /** The numbers so far. Any thread. */
    Counters counters();

    /** Closes the socket; queued datagrams are lost. The owner, or any thread once the owner is done with the port. */
    @Override
    void close();

    /**
     * What a port did since it was opened.
     *
     * @param truncated datagrams that were longer than their slot
     * @param receiveErrors failed receive calls
     * @param sendErrors datagrams that the system refused (no route, forbidden, too long, other address family)
     * @param sendDropped datagrams dropped because the system's send buffer stayed full
     * @param receivedJoined how many of {@code received} came in messages that carried several
     * @param sentJoined how many of {@code sent} left in messages that carried several
     * @param segmentationRefusals messages of several datagrams that the system refused, and that were sent singly
     * @param lastErrno the system's number of the last refusal, 0 if none or unknown
     */
    record Counters(
            long received,
            long truncated,
            long receiveErrors,
            long sent,
            long sendErrors,
            long sendDropped,
            long receivedJoined,
            long sentJoined,
            long segmentationRefusals,
            int lastErrno) {}

    /**
     * What became of the offloads of a socket.
     *
     * @param segmentation runs of datagrams leave as one message
     * @param joining datagrams of one sender arrive as one message
     */
    record InForce(Offloads.State segmentation, Offloads.State joining) {}
}
