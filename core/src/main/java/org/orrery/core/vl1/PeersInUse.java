// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The peers that something is going on with: something was sent to them lately, a question is open, or a path failed. Who
 * has to look many times a second looks at these, however many the table holds. A lane says when a peer begins to be used,
 * which costs it nothing while use goes on; all else is the control lane's. At most as many as the table has.
 */
final class PeersInUse {
    private static final long TIDY_MILLIS = 500;

    /** Where the next pass of one who looks begins: with the first peer for which there was nothing left. */
    static final class Turn {
        private int first;
    }

    /** Each peer once, for it is marked while it is here or in the list. */
    private final Queue<Peer> begun = new ConcurrentLinkedQueue<>();

    private final List<Peer> peers = new ArrayList<>();
    private final Predicate<Peer> known;
    private long nextTidyMillis = Long.MIN_VALUE / 2;

    /** @param known whether a peer is in the table still */
    PeersInUse(Predicate<Peer> known) {
        this.known = known;
    }

    /** Any lane: {@code peer}, which is marked now and was not, begins to be used. */
    void begin(Peer peer) {
        begun.add(peer);
    }

    void forEach(long nowMillis, Consumer<Peer> visitor) {
        update(nowMillis);
        for (int i = 0; i < peers.size(); i++) {
            visitor.accept(peers.get(i));
        }
    }

    /** Visits all; {@code visitor} answers false if it had nothing left for a peer, with which the next pass begins. */
    void forEach(Turn turn, long nowMillis, Predicate<Peer> visitor) {
        update(nowMillis);
        int count = peers.size();
        int from = turn.first < count ? turn.first : 0;
        turn.first = from;
        boolean enough = true;
        for (int i = 0; i < count; i++) {
            int index = from + i < count ? from + i : from + i - count;
            if (!visitor.test(peers.get(index)) && enough) {
                enough = false;
                turn.first = index;
            }
        }
    }

    private void update(long nowMillis) {
        for (Peer peer = begun.poll(); peer != null; peer = begun.poll()) {
            peers.add(peer);
        }
        if (nowMillis - nextTidyMillis >= 0) {
            nextTidyMillis = nowMillis + TIDY_MILLIS;
            peers.removeIf(peer -> !known.test(peer) || peer.rests(nowMillis));
        }
    }
}
