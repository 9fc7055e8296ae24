// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.verb.Verb;

/** Keeps the ways open that are needed: to every root over each IP family, and to peers that traffic flows to. */
final class Keeper {
    private static final long FULL_HELLO_MILLIS = 60_000;
    private static final long FULL_HELLO_LOW_BANDWIDTH_MILLIS = 600_000;

    /** Silence on a path in use after which we ask whether it still works, well before it counts as dead. */
    private static final long DOUBT_MILLIS = 8_000;

    /**
     * Probes of a new path to a root in the first seconds. A root relays to us only after it has confirmed the path for
     * itself; if a datagram of that is lost it tries again when it next hears from us, which might be much later.
     */
    private static final int FOLLOW_UPS = 3;

    /** Pauses between unanswered probes of one path; the last one repeats. */
    private static final long[] PROBE_PAUSES_MILLIS = {2_500, 2_500, 5_000, 10_000, 20_000};

    /** Pauses between unanswered HELLOs to a root: short at first, so that a node is online within a moment. */
    private static final long[] CONTACT_PAUSES_MILLIS = {250, 500, 1_000, 2_500, 5_000};

    /** How many HELLOs have each of these pauses: a minute at full pace, for a root that is being started anew. */
    private static final int[] CONTACTS = {4, 4, 60, 60};

    private static final long RELAYED_IN_USE_MILLIS = 2_000;
    private static final long RELAYED_HELLO_MILLIS = 5_000;

    /** What it needs of the engine. */
    interface Reach {
        void hello(Peer peer, int socket, @Nullable Endpoint to, Endpoint via, long nowMillis);

        /** Looks an identity up. */
        void want(long address, long nowMillis);
    }

    private record Family(long root, boolean v6) {}

    private static final class Contact {
        int unanswered;
        long lastMillis = Long.MIN_VALUE / 2;
    }

    private final Peers peers;
    private final Topology topology;
    private final OpenSockets open;
    private final Sender sender;
    private final RandomGenerator random;
    private final Reach reach;
    private final Map<Family, Contact> contacts = new HashMap<>(); // two for each root, of which there are few
    private final Map<Long, Contact> seedContacts = new HashMap<>();

    Keeper(Peers peers, Topology topology, OpenSockets open, Sender sender, RandomGenerator random, Reach reach) {
        this.peers = peers;
        this.topology = topology;
        this.open = open;
        this.sender = sender;
        this.random = random;
        this.reach = reach;
    }

    /** Begins again with short pauses: sockets or roots changed. */
    void reset() {
        contacts.clear();
    }

    /** Says HELLO to roots that have no living path over some family, when their pause is over. */
    void contactRoots(long nowMillis) {
        for (Peer root : peers.upstreams()) {
            boolean sent4 = contact(root, false, nowMillis);
            boolean sent6 = contact(root, true, nowMillis);
            Peer relay = peers.relayFor(root);
            if (!sent4 && !sent6 && root.paths().length == 0 && relay != null) {
                contactOverRelay(root, relay, nowMillis);
            }
        }
    }

    private boolean contact(Peer root, boolean v6, long nowMillis) {
        var family = new Family(root.address(), v6);
        if (livingPath(root, v6, false, nowMillis)) {
            contacts.remove(family);
            return true;
        }
        // Ten times a second while there is traffic: what settles most calls comes first.
        Contact before = contacts.get(family);
        if (before != null && nowMillis - before.lastMillis < contactPause(before.unanswered)) {
            return true;
        }
        List<LocalSocket> sockets = open.ordinary(v6);
        if (sockets.isEmpty()) {
            return false;
        }
        PathPolicy policy = peers.pathPolicy();
        List<Endpoint> endpoints = topology.stableEndpoints(root.address()).stream()
                .filter(endpoint -> endpoint.ip().v6() == v6 && !policy.refuses(root.address(), endpoint.ip()))
                .toList();
        if (endpoints.isEmpty()) {
            return false;
        }
        Contact contact = contacts.computeIfAbsent(family, _ -> new Contact());
        contact.unanswered++;
        contact.lastMillis = nowMillis;
        Endpoint to = endpoints.get(random.nextInt(endpoints.size()));
        root.candidates().tried(to, Candidate.Source.LISTED, nowMillis);
        boolean tunnelled = livingPath(root, v6, true, nowMillis);
        for (LocalSocket socket : sockets) {
            if (!socket.tunnel() || !tunnelled) {
                reach.hello(root, socket.id(), to, to, nowMillis);
            }
        }
        return true;
    }

    private static long contactPause(int unanswered) {
        int left = unanswered;
        int step = 0;
        while (step < CONTACTS.length && left >= CONTACTS[step]) {
            left -= CONTACTS[step++];
        }
        return CONTACT_PAUSES_MILLIS[step];
    }

    private void contactOverRelay(Peer root, Peer relay, long nowMillis) {
        if (nowMillis - root.lastHelloMillis >= FULL_HELLO_MILLIS) {
            helloOverRelay(root, relay, nowMillis);
        }
    }

    private void helloOverRelay(Peer peer, Peer relay, long nowMillis) {
        Path path = relay.best();
        if (path != null) {
            reach.hello(peer, path.socket(), null, path.remote(), nowMillis);
        }
    }

    /** Says HELLO to those from whom moons are to come, until they have come. */
    void contactSeeds(long nowMillis) {
        if (topology.seeds().isEmpty()) {
            seedContacts.clear();
            return;
        }
        seedContacts.keySet().retainAll(topology.seeds());
        for (long seed : topology.seeds()) {
            Contact contact = seedContacts.computeIfAbsent(seed, _ -> new Contact());
            if (nowMillis - contact.lastMillis < contactPause(contact.unanswered)) {
                continue;
            }
            contact.unanswered++;
            contact.lastMillis = nowMillis;
            Peer peer = peers.find(seed);
            Peer relay = peer == null ? null : peers.relayFor(peer);
            if (peer == null) {
                reach.want(seed, nowMillis);
            } else if (peer.best() != null) {
                Path path = peer.best();
                reach.hello(peer, path.socket(), path.remote(), path.remote(), nowMillis);
            } else if (relay != null) {
                helloOverRelay(peer, relay, nowMillis);
            }
        }
    }

    /** Whether {@link #contactSeeds} goes on. */
    boolean seeking() {
        return !topology.seeds().isEmpty();
    }

    private static boolean livingPath(Peer root, boolean v6, boolean tunnelled, long nowMillis) {
        for (Path path : root.paths()) {
            if (path.remote().ip().v6() == v6 && path.tunnelled() == tunnelled && path.alive(nowMillis)) {
                return true;
            }
        }
        return false;
    }

    /** Asks all roots that were heard over UDP whether they still are there; answers how many were asked. */
    int askOverUdp(long nowMillis) {
        int asked = 0;
        for (Peer root : peers.upstreams()) {
            for (Path path : root.paths()) {
                if (!path.tunnelled() && path.alive(nowMillis)) {
                    probe(root, path.socket(), path.remote(), nowMillis);
                    path.noteOut(nowMillis);
                    asked++;
                }
            }
        }
        return asked;
    }

    /** Heartbeats, doubts and full HELLOs on the paths of one peer, and the choice among them. */
    void keepAlive(Peer peer, long nowMillis) {
        Path[] paths = peer.paths();
        if (paths.length == 0) {
            introduceOverRelay(peer, nowMillis);
            return;
        }
        if (peer.upstream() || peer.active(nowMillis)) {
            boolean spare = peers.pathPolicy().lowBandwidth();
            for (Path path : paths) {
                if (!spare || path == peer.best()) {
                    keepAlive(peer, path, nowMillis);
                }
            }
        }
        peer.choose(nowMillis);
    }

    /** Whoever is reached over a root only would never be told, nor tell, what each of the two understands. */
    private void introduceOverRelay(Peer peer, long nowMillis) {
        Peer relay = peers.relayFor(peer);
        boolean frames = nowMillis - peer.lastActiveMillis() < RELAYED_IN_USE_MILLIS;
        if (relay != null
                && !peer.upstream()
                && frames
                && peer.version() == null
                && nowMillis - peer.relayedHelloMillis >= RELAYED_HELLO_MILLIS) {
            peer.relayedHelloMillis = nowMillis;
            helloOverRelay(peer, relay, nowMillis);
        }
    }

    private void keepAlive(Peer peer, Path path, long nowMillis) {
        if (path.expired(nowMillis) || path.failed()) {
            return;
        }
        boolean spare = peers.pathPolicy().lowBandwidth();
        long fullHello = spare ? FULL_HELLO_LOW_BANDWIDTH_MILLIS : FULL_HELLO_MILLIS;
        if (path == peer.best() && nowMillis - peer.lastHelloMillis >= fullHello) {
            reach.hello(peer, path.socket(), path.remote(), path.remote(), nowMillis);
            path.noteOut(nowMillis);
            path.lastProbeMillis = nowMillis;
            return;
        }
        if (peer.upstream() && path.followUps < FOLLOW_UPS) {
            path.followUps++;
            probe(peer, path.socket(), path.remote(), nowMillis);
            path.noteOut(nowMillis);
            return;
        }
        long doubt = spare ? Path.ECONOMICAL_HEARTBEAT_MILLIS : DOUBT_MILLIS;
        boolean doubtful = nowMillis - path.lastInMillis() >= doubt;
        if (!doubtful && !path.needsHeartbeat(nowMillis)) {
            return;
        }
        int step = Math.min(path.probesUnanswered, PROBE_PAUSES_MILLIS.length - 1);
        if (nowMillis - path.lastProbeMillis >= PROBE_PAUSES_MILLIS[step]) {
            path.probesUnanswered++;
            if (doubtful && peer.upstream()) {
                // A root that was started anew does not know us, and only HELLO tells it.
                reach.hello(peer, path.socket(), path.remote(), path.remote(), nowMillis);
            } else {
                probe(peer, path.socket(), path.remote(), nowMillis);
            }
            path.lastProbeMillis = nowMillis;
            path.noteOut(nowMillis);
        }
    }

    /** Asks whether the peer is at {@code to}: by an empty ECHO, or by HELLO as long as its version is unknown. */
    void probe(Peer peer, int socket, Endpoint to, long nowMillis) {
        if (peer.understandsEcho()) {
            sender.sendTo(peer, socket, to, Verb.ECHO, new byte[0], nowMillis);
        } else {
            reach.hello(peer, socket, to, to, nowMillis);
        }
    }
}
