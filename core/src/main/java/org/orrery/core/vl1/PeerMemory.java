// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import org.orrery.core.value.Endpoint;

/**
 * Keeps peers from one run to the next, so that a root started anew finds its members and a member its peers without
 * asking anybody. What was kept is only a hint: each remembered peer is greeted where it was, and answers or does not.
 * Control lane only.
 */
final class PeerMemory {
    /** Peers kept; the one kept longest ago that is out of reach gives way, else none is added. Some 150 bytes each, a block of the disk. */
    static final int KEPT_MAX = 4_096;

    /** Greeted at a time: agreeing a key with each takes some 0.1 ms. */
    private static final int GREETED_AT_ONCE = 32;

    private static final long PAUSE_MILLIS = 50;

    /** Written at a time, so that a root's many members are not a flood for the disk. */
    private static final int WRITTEN_AT_ONCE = 64;

    /** Written again after this long though nothing changed, so that files in use do not look old. */
    private static final long REWRITE_MILLIS = 86_400_000;

    /** What it needs of the engine. */
    interface Reach {
        /** Says HELLO to {@code peer} at {@code to} from every socket that can reach it. */
        void greet(Peer peer, Endpoint to, long nowMillis);

        void keep(long address, byte[] record);

        void forget(long address);
    }

    private record Kept(List<Endpoint> endpoints, boolean numbers, long writtenMillis) {}

    private final Peers peers;
    private final OpenSockets open;
    private final Reach reach;
    private final Deque<PeerRecord> toGreet = new ArrayDeque<>();
    private final SequencedMap<Long, Kept> kept = new LinkedHashMap<>();
    private long nextGreetMillis = Long.MIN_VALUE / 2;

    PeerMemory(Peers peers, OpenSockets open, Reach reach) {
        this.peers = peers;
        this.open = open;
        this.reach = reach;
    }

    /** Takes what an earlier run kept, the latest first. */
    void remember(Collection<byte[]> records, long nowMillis) {
        Set<Long> numbering = new HashSet<>();
        for (byte[] bytes : records) {
            PeerRecord record = toGreet.size() < KEPT_MAX ? PeerRecord.read(bytes) : null;
            if (record != null) {
                toGreet.addLast(record);
                if (record.numbers()) {
                    numbering.add(record.identity().address().bits());
                }
            }
        }
        peers.knownToNumber(numbering); // at once: greeting all of them takes seconds
        nextGreetMillis = nowMillis;
    }

    /** When {@link #tick} next has something to do. */
    long nextDueMillis() {
        return toGreet.isEmpty() || open.all().isEmpty() ? Long.MAX_VALUE : nextGreetMillis;
    }

    /** Greets some of those that are remembered. */
    void tick(long nowMillis) {
        if (toGreet.isEmpty() || open.all().isEmpty() || nowMillis - nextGreetMillis < 0) {
            return;
        }
        nextGreetMillis = nowMillis + PAUSE_MILLIS;
        for (int i = 0; i < GREETED_AT_ONCE && !toGreet.isEmpty(); i++) {
            PeerRecord record = toGreet.removeFirst();
            Peer peer = peers.add(record.identity(), nowMillis);
            if (peer == null || !peer.identity().equals(record.identity())) {
                continue;
            }
            note(peer.address(), new Kept(record.endpoints(), record.numbers(), nowMillis));
            for (Endpoint endpoint : record.endpoints()) {
                reach.greet(peer, endpoint, nowMillis);
            }
        }
    }

    /**
     * Keeps those that are in reach and were not kept as they are; their best path alone decides whether that changed. Of those
     * that are not, it keeps that they number their packets, so that another run takes no recordings of this one's.
     */
    void keep(long nowMillis) {
        int[] written = new int[1];
        peers.forEach(peer -> {
            Path best = peer.best();
            Endpoint at = best != null && best.alive(nowMillis) ? best.remote() : null;
            if (at == null && !peer.guard().guards() || written[0] == WRITTEN_AT_ONCE) {
                return;
            }
            Kept before = kept.get(peer.address());
            boolean fresh = before != null
                    && (at == null || before.endpoints.contains(at))
                    && before.numbers == peer.guard().numbers()
                    && nowMillis - before.writtenMillis < REWRITE_MILLIS;
            if (!fresh && (before != null || roomForAnother(nowMillis))) {
                PeerRecord record = PeerRecord.of(peer, nowMillis);
                note(peer.address(), new Kept(record.endpoints(), record.numbers(), nowMillis));
                reach.keep(peer.address(), record.bytes());
                written[0]++;
            }
        });
    }

    /** Those in reach do not oust each other: where there are more than are kept that would never end. */
    private boolean roomForAnother(long nowMillis) {
        if (kept.size() < KEPT_MAX) {
            return true;
        }
        Map.Entry<Long, Kept> eldest = Objects.requireNonNull(kept.firstEntry());
        Peer peer = peers.find(eldest.getKey());
        Path best = peer == null ? null : peer.best();
        if (best == null || !best.alive(nowMillis)) {
            return true;
        }
        kept.putLast(eldest.getKey(), eldest.getValue()); // the next one may be out of reach
        return false;
    }

    private void note(long address, Kept now) {
        kept.remove(address);
        kept.put(address, now);
        if (kept.size() > KEPT_MAX) {
            Iterator<Long> oldest = kept.keySet().iterator();
            reach.forget(oldest.next());
            oldest.remove();
        }
    }

    /** Peers kept. */
    int kept() {
        return kept.size();
    }
}
