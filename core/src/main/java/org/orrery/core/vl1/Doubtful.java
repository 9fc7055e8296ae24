// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.orrery.core.wire.PacketHeader;

/**
 * Opened packets of which only an answer of their sender can tell whether they came before: it may have begun anew. They
 * wait for that, a round trip. Control lane only.
 */
final class Doubtful {
    /** 256 packets of 10 kB at worst: 2.6 MB. The oldest gives way. */
    static final int PACKETS_MAX = 256;

    /** Of one peer: what it sends within a round trip while it has just begun. */
    static final int OF_ONE_PEER_MAX = 64;

    static final long PATIENCE_MILLIS = 2_000;

    private final Deque<Inbound> packets = new ArrayDeque<>();

    /** Keeps one; answers how many had to give way for it, or could not wait any longer. */
    int hold(Inbound packet, long nowMillis) {
        int gone = expire(nowMillis);
        long source = source(packet);
        long ofPeer = packets.stream().filter(held -> source(held) == source).count();
        if (ofPeer == OF_ONE_PEER_MAX) {
            return gone + 1;
        }
        if (packets.size() == PACKETS_MAX) {
            packets.removeFirst();
            gone++;
        }
        packets.addLast(packet);
        return gone;
    }

    /** Takes out those of one peer, in order of arrival. */
    List<Inbound> release(long source) {
        List<Inbound> released = new ArrayList<>();
        for (Iterator<Inbound> it = packets.iterator(); it.hasNext(); ) {
            Inbound packet = it.next();
            if (source(packet) == source) {
                it.remove();
                released.add(packet);
            }
        }
        return released;
    }

    /** Gives up what waited too long; answers how many. */
    int expire(long nowMillis) {
        int gone = 0;
        while (!packets.isEmpty() && nowMillis - packets.getFirst().arrivedMillis() >= PATIENCE_MILLIS) {
            packets.removeFirst();
            gone++;
        }
        return gone;
    }

    int size() {
        return packets.size();
    }

    private static long source(Inbound packet) {
        return PacketHeader.source(packet.packet(), 0);
    }
}
