// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;

/**
 * Greets peers that traffic flows to and that have no direct path where their owner says that they may be found: one of
 * the places, by chance, and each peer at most once in half a minute. Control lane only.
 */
final class PathHints {
    private static final long PAUSE_MILLIS = 30_000;

    /** What it needs of the engine. */
    interface Reach {
        void hello(Peer peer, int socket, Endpoint to, long nowMillis);
    }

    private final Peers peers;
    private final OpenSockets sockets;
    private final RandomGenerator random;
    private final Reach reach;
    private final Map<Address, Long> triedMillis = new HashMap<>(); // of peers named in the policy

    PathHints(Peers peers, OpenSockets sockets, RandomGenerator random, Reach reach) {
        this.peers = peers;
        this.sockets = sockets;
        this.random = random;
        this.reach = reach;
    }

    /** The policy is another one: hints are tried without waiting. */
    void changed() {
        triedMillis.clear();
    }

    /** Something is to be sent to {@code peer}, which has no direct path. */
    void wanted(Peer peer, long nowMillis) {
        Map<Address, PathPolicy.Virtual> named = peers.pathPolicy().virtual();
        if (named.isEmpty()) {
            return;
        }
        var address = new Address(peer.address());
        PathPolicy.Virtual own = named.get(address);
        if (own != null && !own.hints().isEmpty()) {
            tryOne(address, peer, own.hints(), nowMillis);
        }
    }

    /** Frames that lanes relay do not pass here one by one: looks which peers they go to. */
    void tick(long nowMillis) {
        peers.pathPolicy().virtual().forEach((address, own) -> {
            Peer peer = own.hints().isEmpty() ? null : peers.find(address.bits());
            if (peer != null && peer.best() == null && peer.active(nowMillis)) {
                tryOne(address, peer, own.hints(), nowMillis);
            }
        });
    }

    private void tryOne(Address address, Peer peer, List<Endpoint> hints, long nowMillis) {
        Long last = triedMillis.get(address);
        if (last != null && nowMillis - last < PAUSE_MILLIS) {
            return;
        }
        PathPolicy policy = peers.pathPolicy();
        List<Endpoint> allowed = new ArrayList<>(hints);
        allowed.removeIf(hint -> policy.refuses(peer.address(), hint.ip())
                || sockets.ordinary(hint.ip().v6()).isEmpty());
        if (allowed.isEmpty()) {
            return;
        }
        triedMillis.put(address, nowMillis);
        Endpoint to = allowed.get(random.nextInt(allowed.size()));
        for (LocalSocket socket : sockets.ordinary(to.ip().v6())) {
            reach.hello(peer, socket.id(), to, nowMillis);
        }
    }
}
