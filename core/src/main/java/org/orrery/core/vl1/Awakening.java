// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;

/**
 * What follows when the way out may have changed under the node: whoever traffic flows to is greeted at once over all that
 * there is, so that neither end waits for silence to tell. Control lane only.
 */
final class Awakening {
    /** Peers greeted, those heard last first; the others are met again when there is traffic. */
    private static final int PEERS_MAX = 256;

    private static final int SOCKETS_MAX = 4;

    /** Not more often than this, however fast addresses come and go. */
    private static final int BURST = 4;

    private static final long PACE_MILLIS = 1_000;

    /** What it needs of the engine. */
    interface Reach {
        void hello(Peer peer, int socket, @Nullable Endpoint to, Endpoint via, long nowMillis);

        boolean usable(Peer peer, Endpoint to, long nowMillis);
    }

    private final Peers peers;
    private final Introducer introducer;
    private final OpenSockets open;
    private final Reach reach;
    private final TokenBucket pace = new TokenBucket(BURST, PACE_MILLIS);

    Awakening(Peers peers, Introducer introducer, OpenSockets open, Reach reach) {
        this.peers = peers;
        this.introducer = introducer;
        this.open = open;
        this.reach = reach;
    }

    void greetAll(long nowMillis) {
        if (!pace.take(nowMillis)) {
            return;
        }
        List<Peer> known = new ArrayList<>();
        peers.forEach(peer -> {
            if (peer.upstream() || peer.active(nowMillis)) {
                known.add(peer);
            }
        });
        known.sort(Comparator.comparing((Peer peer) -> !peer.upstream())
                .thenComparing(Comparator.comparingLong(Peer::lastReceiveMillis).reversed())
                .thenComparingLong(Peer::address));
        for (Peer peer : known.subList(0, Math.min(PEERS_MAX, known.size()))) {
            greet(peer, nowMillis);
        }
    }

    private void greet(Peer peer, long nowMillis) {
        for (Path path : peer.paths()) {
            reach.hello(peer, path.socket(), path.remote(), path.remote(), nowMillis);
            path.asked = 0;
            path.ask(nowMillis);
            path.askedInSilence = true;
            path.askedSinceMillis = nowMillis;
            path.retries = 0;
        }
        if (!peer.lost.isEmpty()) {
            peer.movedMillis = nowMillis;
        }
        for (Endpoint lost : peer.lost) {
            List<LocalSocket> sockets = open.ordinary(lost.ip().v6());
            if (reach.usable(peer, lost, nowMillis)) {
                for (LocalSocket socket : sockets.subList(0, Math.min(SOCKETS_MAX, sockets.size()))) {
                    reach.hello(peer, socket.id(), lost, lost, nowMillis);
                }
            }
        }
        if (!peer.upstream() && peer.trusted(nowMillis)) {
            introducer.pushNow(peer, nowMillis);
        }
    }
}
