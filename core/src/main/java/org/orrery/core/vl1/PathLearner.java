// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;

/**
 * Makes paths of what peers are heard over. A path exists only once the peer answered over it; whoever is heard from
 * elsewhere is asked first. Control lane only.
 */
final class PathLearner {
    private static final long CONFIRM_MILLIS = 1_000;

    /** Who answers later than this after our address changed knows by then. */
    private static final long MOVED_MILLIS = 15_000;

    /** Paths under confirmation at once; the oldest gives way. */
    static final int CONFIRMATIONS_MAX = 1_024;

    private static final Prefix TUNNEL_BROKER = Prefix.parse("2001:470::/32").orElseThrow();

    private record Confirmation(long peer, int socket, Endpoint remote) {}

    /** What a new or revived path leads to. */
    interface Listener {
        /** There is a way to {@code peer}, which had none of this kind before. */
        void reached(Peer peer, long nowMillis);

        /**
         * {@code peer} should use this path instead of those that were lost with our own address.
         *
         * @return whether it was told so: that takes to know where it sees us
         */
        boolean redirect(Peer peer, int socket, Endpoint remote, long nowMillis);

        /** A path was confirmed for the first time. */
        void learned(Peer peer, int socket, Endpoint remote, long nowMillis);
    }

    private final Peers peers;
    private final Topology topology;
    private final Greeter greeter;
    private final Predicate<Ip> insideNetwork;
    private final IntPredicate socketOpen;
    private final Consumer<String> events;
    private final Listener listener;
    private final Map<Confirmation, Long> confirmations = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Confirmation, Long> eldest) {
            return size() > CONFIRMATIONS_MAX;
        }
    };

    PathLearner(
            Peers peers,
            Topology topology,
            Greeter greeter,
            Predicate<Ip> insideNetwork,
            IntPredicate socketOpen,
            Consumer<String> events,
            Listener listener) {
        this.peers = peers;
        this.topology = topology;
        this.greeter = greeter;
        this.insideNetwork = insideNetwork;
        this.socketOpen = socketOpen;
        this.events = events;
        this.listener = listener;
    }

    /**
     * An authentic packet of {@code peer} came directly from {@code remote}.
     *
     * @param answered whether it answers what we asked there
     */
    void heard(Peer peer, int socket, Endpoint remote, boolean answered, long nowMillis) {
        if (answered && peer.candidates != null && socket != LocalSocket.TUNNEL_ID) {
            peer.candidates.answered(remote, nowMillis);
        }
        Path path = peer.pathOf(socket, remote);
        if (path != null) {
            boolean wasDead = !path.alive(nowMillis);
            boolean wasFailed = path.failed();
            path.noteIn(nowMillis);
            path.probesUnanswered = 0;
            if (answered) {
                path.answered(nowMillis);
            }
            if (wasFailed && answered && !path.inBond()) {
                events.accept("path.back peer=" + peer + " via=" + remote);
            }
            if (answered && path.redirectOwed) {
                redirect(peer, path, nowMillis);
            }
            if (path.alive(nowMillis) && (wasDead || peer.best() == null)) {
                peer.choose(nowMillis);
                listener.reached(peer, nowMillis);
            }
            return;
        }
        // A packet may be read from a socket that the node has given up.
        if (!socketOpen.test(socket) || peer.reaches(socket, remote, nowMillis) || !usable(peer, remote)) {
            return;
        }
        if (answered) {
            learn(peer, socket, remote, nowMillis);
        } else {
            confirm(peer, socket, remote, nowMillis);
        }
    }

    private void learn(Peer peer, int socket, Endpoint remote, long nowMillis) {
        Path path = peer.learn(socket, remote, nowMillis);
        if (path == null) {
            return;
        }
        path.treat(peers.pathPolicy().treatment(remote.ip()));
        listener.learned(peer, socket, remote, nowMillis);
        path.noteOut(nowMillis);
        peer.lost = List.of();
        tellNewAddress(peer, path, nowMillis);
        peer.noteReceived(nowMillis); // the answer that proved the path
        peer.pushesWithoutPath = 0;
        listener.reached(peer, nowMillis);
    }

    private void tellNewAddress(Peer peer, Path fresh, long nowMillis) {
        if (peer.upstream() || fresh.tunnelled()) {
            return;
        }
        if (nowMillis - peer.movedMillis < MOVED_MILLIS) {
            peer.movedMillis = Long.MIN_VALUE / 2;
            peer.redirected = true;
            for (Path path : peer.paths()) {
                path.redirectOwed = path.alive(nowMillis) && !path.failed() && !path.doubtful();
            }
        } else {
            // Others drop paths that they were not told about this way once they were told about one.
            fresh.redirectOwed = peer.redirected;
        }
        for (Path path : peer.paths()) {
            if (path.redirectOwed) {
                redirect(peer, path, nowMillis);
            }
            if (path.redirectOwed && peer.trusted(nowMillis)) {
                greeter.hello(peer, path.socket(), path.remote(), path.remote(), nowMillis);
            }
        }
    }

    private void redirect(Peer peer, Path path, long nowMillis) {
        path.redirectOwed = !listener.redirect(peer, path.socket(), path.remote(), nowMillis);
    }

    private void confirm(Peer peer, int socket, Endpoint remote, long nowMillis) {
        var confirmation = new Confirmation(peer.address(), socket, remote);
        Long last = confirmations.get(confirmation);
        if (last != null && nowMillis - last < CONFIRM_MILLIS) {
            return;
        }
        // Whoever replays a packet of this peer from many forged endpoints must not make us say HELLO to all of them.
        if (!peer.confirmIntake.take(nowMillis)) {
            return;
        }
        confirmations.put(confirmation, nowMillis);
        peer.candidates().tried(remote, Candidate.Source.HEARD, nowMillis);
        greeter.hello(peer, socket, remote, remote, nowMillis);
    }

    /** May a path to {@code remote} be tried for {@code peer}? */
    boolean usable(Peer peer, Endpoint remote) {
        return refusal(peer, remote).isEmpty();
    }

    /** Why {@code remote} must not be used for {@code peer}, a sentence's end; empty if it may. */
    String refusal(Peer peer, Endpoint remote) {
        Ip ip = remote.ip();
        if (!ip.scope().usableForPaths()) {
            return "not an address that other machines can reach";
        }
        if (TUNNEL_BROKER.contains(ip)) {
            return "a tunnel broker's, which is a detour";
        }
        if (!topology.mayUse(peer.address(), ip)) {
            return "not among the addresses listed for this root";
        }
        if (insideNetwork.test(ip)) {
            return "inside a virtual network of this node, which must not carry itself";
        }
        if (peers.pathPolicy().refuses(peer.address(), ip)) {
            return "excluded in local.conf";
        }
        return "";
    }

    /** Paths under confirmation. */
    int confirming() {
        return confirmations.size();
    }
}
