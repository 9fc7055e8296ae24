// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.orrery.core.wire.PacketHeader;

/**
 * Packets that wait for somebody's identity: outgoing ones for which there is no key yet, and incoming ones that cannot be
 * opened yet. While something waits for an address the roots are asked for it. Control lane only.
 */
final class WaitingRoom {
    /** With 32 outgoing and 8 incoming packets of 10 kB each at worst: 256 x 40 x 10 kB = 100 MB, in practice 1 % of it. */
    static final int ADDRESSES_MAX = 256;

    static final int OUTGOING_MAX = 32;
    static final int INCOMING_MAX = 8;

    /** Bytes held in all; past it incoming packets are refused and outgoing ones push out the oldest of their own. */
    static final long BYTES_MAX = 16 << 20;

    /** {@link #BYTES_MAX} and one message of ours for each address, for those always find room for one. */
    static final long BYTES_LIMIT = BYTES_MAX + (long) ADDRESSES_MAX * PacketHeader.PACKET_BYTES_MAX;

    static final long PATIENCE_MILLIS = 5_000;
    static final long ASK_AGAIN_MILLIS = 500;

    /** Makes and sends a message once the peer is known. */
    interface Outgoing {
        void send(Peer peer, long nowMillis);
    }

    private record Waiting(
            @Nullable Outgoing outgoing, @Nullable Inbound incoming, int bytes, long sinceMillis) {}

    private static final class Line {
        final Deque<Waiting> outgoing = new ArrayDeque<>();
        final Deque<Waiting> incoming = new ArrayDeque<>();
        long askedMillis = Long.MIN_VALUE / 2;
        int asked;

        boolean empty() {
            return outgoing.isEmpty() && incoming.isEmpty();
        }
    }

    private final Map<Long, Line> lines = new LinkedHashMap<>();
    private long bytes;

    /** Queues an outgoing message; the oldest of the same address gives way. False if no more addresses fit. */
    boolean hold(long address, Outgoing message, int messageBytes, long nowMillis) {
        Line line = lines.get(address);
        if (line == null) {
            if (lines.size() >= ADDRESSES_MAX && !evictIncomingOnly()) {
                return false;
            }
            line = new Line();
            lines.put(address, line);
        }
        if (line.outgoing.size() == OUTGOING_MAX || bytes + messageBytes > BYTES_MAX && !line.outgoing.isEmpty()) {
            bytes -= line.outgoing.removeFirst().bytes;
        }
        line.outgoing.addLast(new Waiting(message, null, messageBytes, nowMillis));
        bytes += messageBytes;
        return true;
    }

    /** Queues an incoming packet whose source is unknown. False, and the packet is to be counted as lost, if full. */
    boolean hold(long address, Inbound packet, long nowMillis) {
        Line line = lines.get(address);
        int size = packet.packet().length;
        if (bytes + size > BYTES_MAX || line == null && lines.size() >= ADDRESSES_MAX) {
            return false;
        }
        if (line == null) {
            line = new Line();
            lines.put(address, line);
        }
        if (line.incoming.size() == INCOMING_MAX) {
            return false;
        }
        line.incoming.addLast(new Waiting(null, packet, size, nowMillis));
        bytes += size;
        return true;
    }

    /** Addresses that nothing of ours needs give way to one that something does. */
    private boolean evictIncomingOnly() {
        for (Iterator<Line> it = lines.values().iterator(); it.hasNext(); ) {
            Line line = it.next();
            if (line.outgoing.isEmpty()) {
                line.incoming.forEach(waiting -> bytes -= waiting.bytes);
                it.remove();
                return true;
            }
        }
        return false;
    }

    boolean waitsFor(long address) {
        return lines.containsKey(address);
    }

    /** How often this address was asked for since something waits for it. */
    int timesAsked(long address) {
        Line line = lines.get(address);
        return line == null ? 0 : line.asked;
    }

    /** Calls {@code ask} for each address that is due to be asked for, and drops what waited too long. */
    void tick(long nowMillis, LongConsumer ask) {
        List<Long> due = new ArrayList<>();
        for (Iterator<Map.Entry<Long, Line>> it = lines.entrySet().iterator(); it.hasNext(); ) {
            Map.Entry<Long, Line> entry = it.next();
            Line line = entry.getValue();
            expire(line.outgoing, nowMillis);
            expire(line.incoming, nowMillis);
            if (line.empty()) {
                it.remove();
            } else if (nowMillis - line.askedMillis >= ASK_AGAIN_MILLIS) {
                line.askedMillis = nowMillis;
                line.asked++;
                due.add(entry.getKey());
            }
        }
        due.forEach(ask::accept);
    }

    /** Asks for everything again at the next tick: there may be a better way to ask. */
    void hurry() {
        lines.values().forEach(line -> line.askedMillis = Long.MIN_VALUE / 2);
    }

    /** Whether {@code address} should be asked for right now; if so it counts as asked. */
    boolean askNow(long address, long nowMillis) {
        Line line = lines.get(address);
        if (line == null || nowMillis - line.askedMillis < ASK_AGAIN_MILLIS) {
            return false;
        }
        line.askedMillis = nowMillis;
        line.asked++;
        return true;
    }

    private void expire(Deque<Waiting> queue, long nowMillis) {
        while (!queue.isEmpty() && nowMillis - queue.peekFirst().sinceMillis >= PATIENCE_MILLIS) {
            bytes -= queue.removeFirst().bytes;
        }
    }

    /** Takes out all that waited for {@code address}: outgoing messages first, then incoming packets, each in order. */
    Released release(long address) {
        Line line = lines.remove(address);
        List<Outgoing> outgoing = new ArrayList<>();
        List<Inbound> incoming = new ArrayList<>();
        if (line != null) {
            for (Waiting waiting : line.outgoing) {
                bytes -= waiting.bytes;
                outgoing.add(java.util.Objects.requireNonNull(waiting.outgoing));
            }
            for (Waiting waiting : line.incoming) {
                bytes -= waiting.bytes;
                incoming.add(java.util.Objects.requireNonNull(waiting.incoming));
            }
        }
        return new Released(outgoing, incoming);
    }

    record Released(List<Outgoing> outgoing, List<Inbound> incoming) {}

    int addresses() {
        return lines.size();
    }

    long bytes() {
        return bytes;
    }
}
