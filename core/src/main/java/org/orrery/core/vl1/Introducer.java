// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.IpScope;
import org.orrery.core.verb.PushDirectPaths;
import org.orrery.core.verb.Rendezvous;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.WireWriter;

/**
 * Brings peers together directly. As a relay it tells both ends where the other one is; as an end it probes what relays and
 * peers tell. Nothing is believed: a path exists only once the peer answered over it. Control lane only.
 */
final class Introducer {
    /** Pairs of peers introduced lately; the oldest gives way. */
    static final int PAIRS_MAX = 8_192;

    private static final long PAIR_MILLIS = 30_000;
    private static final long PAIR_FORGOTTEN_MILLIS = 240_000;

    /** The first introductions often come before both ends know each other, so they are repeated sooner. */
    private static final int EAGER_INTRODUCTIONS = 4;

    private static final long EAGER_MILLIS = 1_000;

    /** So often eagerness begins anew for who moved, and then every half minute: some NATs show many addresses in turn. */
    private static final int MOVES_MAX = 3;

    /** Probes waiting to be repeated; further ones are sent once only. */
    static final int PROBES_MAX = 512;

    private static final long[] PROBE_DELAYS_MILLIS = {0, 700, 2_500};

    /** Addresses of one family and scope that are tried out of one push. */
    private static final int PUSHED_PER_KIND_MAX = 8;

    private static final int PUSH_BYTES_MAX = 1_200;
    private static final int PUSHES_EAGER = 4;
    private static final long PUSH_RELAYED_MILLIS = 15_000;
    private static final long PUSH_DIRECT_MILLIS = 120_000;
    private static final int PUSH_LOW_BANDWIDTH_FACTOR = 16;

    /**
     * Peers of protocol 9 follow only the first five pushes that come without a pause of a minute, and after fifteen they
     * take no credentials from the sender any more, so that all its frames are refused until it is silent for a minute.
     */
    private static final int PUSHES_IN_A_ROW_MAX = 4;

    private static final long ROW_ENDS_MILLIS = 61_000;
    private static final int OLD_PROTOCOL = 9;

    /** Opens the way through our own NAT without reaching the peer's: far enough for a home, not for a provider. */
    private static final int OPENING_TTL = 2;

    private static final int SOCKETS_PER_PROBE_MAX = 4;

    /** What it needs of the engine. */
    interface Prober {
        /** Asks the peer whether it is at {@code to}. */
        void probe(Peer peer, int socket, Endpoint to, long nowMillis);

        /** Why {@code to} must not be used for the peer, a sentence; empty if it may. */
        String refusal(Peer peer, Endpoint to);

        List<Endpoint> ownEndpoints(long nowMillis);
    }

    private record Pair(long low, long high) {}

    private static final class Introduced {
        long lastMillis;
        long lookedMillis = Long.MIN_VALUE / 2;
        private final TokenBucket moves = new TokenBucket(MOVES_MAX, PAIR_MILLIS);
        private int count;
        private List<Endpoint> at = List.of();

        /**
         * Whether it is time. Who moved, as after a restart, is introduced eagerly again. Both ends may move, and a path to
         * where one was counts on for a moment.
         */
        boolean due(List<Endpoint> endpoints, long nowMillis) {
            if (!at.equals(endpoints) && moves.take(nowMillis)) {
                at = endpoints;
                count = 0;
            }
            if (nowMillis - lastMillis < (count < EAGER_INTRODUCTIONS ? EAGER_MILLIS : PAIR_MILLIS)) {
                return false;
            }
            lastMillis = nowMillis;
            count++;
            return true;
        }
    }

    private record Probe(Peer peer, int socket, Endpoint to, int step, long dueMillis) {}

    private final Peers peers;
    private final Sender sender;
    private final Transmitter transmitter;
    private final OpenSockets open;
    private final RandomGenerator random;
    private final Prober prober;
    private final List<Probe> probes = new ArrayList<>();
    private final Map<Pair, Introduced> pairs = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Pair, Introduced> eldest) {
            return size() > PAIRS_MAX;
        }
    };

    private long nextDueMillis = Long.MAX_VALUE;

    Introducer(
            Peers peers,
            Sender sender,
            Transmitter transmitter,
            OpenSockets open,
            RandomGenerator random,
            Prober prober) {
        this.peers = peers;
        this.sender = sender;
        this.transmitter = transmitter;
        this.open = open;
        this.random = random;
        this.prober = prober;
    }

    /** A packet from {@code a} was passed on to {@code b} directly: tell each where the other one is. */
    void relayed(long a, long b, long nowMillis) {
        Peer one = peers.find(a);
        Peer other = peers.find(b);
        if (one == null || other == null) {
            return;
        }
        var pair = new Pair(Math.min(a, b), Math.max(a, b));
        Introduced introduced = pairs.remove(pair);
        if (introduced == null || nowMillis - introduced.lastMillis >= PAIR_FORGOTTEN_MILLIS) {
            introduced = new Introduced();
            introduced.lastMillis = nowMillis - PAIR_MILLIS;
        }
        pairs.put(pair, introduced);
        if (nowMillis - introduced.lookedMillis >= EAGER_MILLIS) {
            introduced.lookedMillis = nowMillis;
            introduce(a < b ? one : other, a < b ? other : one, introduced, nowMillis);
        }
    }

    /** Each is told an address of the highest scope that both have, IPv6 before IPv4. */
    private void introduce(Peer one, Peer other, Introduced introduced, long nowMillis) {
        for (int scope = IpScope.PRIVATE.id(); scope >= 0; scope--) {
            for (boolean v6 : new boolean[] {true, false}) {
                Path toOne = bestIn(one, scope, v6, nowMillis);
                Path toOther = bestIn(other, scope, v6, nowMillis);
                if (toOne != null && toOther != null) {
                    if (introduced.due(List.of(toOne.remote(), toOther.remote()), nowMillis)) {
                        boolean oneFirst = random.nextBoolean();
                        tell(
                                oneFirst ? one : other,
                                oneFirst ? toOne : toOther,
                                oneFirst ? other : one,
                                oneFirst ? toOther : toOne,
                                nowMillis);
                        tell(
                                oneFirst ? other : one,
                                oneFirst ? toOther : toOne,
                                oneFirst ? one : other,
                                oneFirst ? toOne : toOther,
                                nowMillis);
                    }
                    return;
                }
            }
        }
    }

    private void tell(Peer listener, Path over, Peer about, Path at, long nowMillis) {
        var body = new WireWriter(64);
        new Rendezvous(new org.orrery.core.value.Address(about.address()), at.remote()).write(body);
        sender.sendTo(listener, over.socket(), over.remote(), Verb.RENDEZVOUS, body.toByteArray(), nowMillis);
        over.noteOut(nowMillis);
    }

    private static @Nullable Path bestIn(Peer peer, int scope, boolean v6, long nowMillis) {
        Path best = null;
        for (Path path : peer.paths()) {
            boolean fits =
                    path.remote().ip().v6() == v6 && path.remote().ip().scope().id() == scope && path.alive(nowMillis);
            if (fits && (best == null || path.quality(nowMillis) < best.quality(nowMillis))) {
                best = path;
            }
        }
        return best;
    }

    /** A root says where a known peer is. */
    void onRendezvous(Inbound in, Rendezvous rendezvous, long nowMillis) {
        Peer peer = peers.find(rendezvous.peer().bits());
        Endpoint at = rendezvous.at();
        if (peer == null || at == null || !usable(peer, at, Candidate.Source.INTRODUCED, nowMillis)) {
            return;
        }
        if (!at.ip().v6()) {
            peer.searches.introduced(at.ip(), nowMillis);
        }
        OptionalInt socket = socketFor(in.socket(), at);
        if (socket.isEmpty()) {
            return;
        }
        byte[] opening = new byte[4];
        random.nextBytes(opening);
        if (!at.ip().v6()) {
            transmitter.sendWithTtl(socket.getAsInt(), at, opening, 0, opening.length, OPENING_TTL);
        }
        begin(peer, socket.getAsInt(), at, Candidate.Source.INTRODUCED, nowMillis);
    }

    private boolean usable(Peer peer, Endpoint at, Candidate.Source source, long nowMillis) {
        String refusal = prober.refusal(peer, at);
        if (!refusal.isEmpty()) {
            peer.candidates().refused(at, source, refusal, nowMillis);
        }
        return refusal.isEmpty();
    }

    /** The socket that talks to the root, if it can reach {@code at} at all, for the root reported its mapping. */
    private OptionalInt socketFor(int preferred, Endpoint at) {
        List<LocalSocket> able = open.ordinary(at.ip().v6());
        if (able.stream().anyMatch(socket -> socket.id() == preferred)) {
            return OptionalInt.of(preferred);
        }
        return able.stream().mapToInt(LocalSocket::id).findFirst();
    }

    /** A peer says where it may be reached. */
    void onPush(Peer peer, PushDirectPaths push, long nowMillis) {
        if (!peer.pushIntake.take(nowMillis)) {
            return;
        }
        int[] tried = new int[16];
        for (PushDirectPaths.Candidate candidate : push.candidates()) {
            Endpoint at = candidate.at();
            boolean redirect = (candidate.flags() & PushDirectPaths.FLAG_REDIRECT) != 0;
            if ((candidate.flags() & PushDirectPaths.FLAG_FORGET) != 0
                    || !redirect && peer.bond() == null && reachedAt(peer, at, nowMillis)
                    || !usable(peer, at, Candidate.Source.PUSHED, nowMillis)) {
                continue;
            }
            int kind = at.ip().scope().id() * 2 + (at.ip().v6() ? 1 : 0);
            if (tried[kind]++ >= PUSHED_PER_KIND_MAX) {
                continue;
            }
            List<LocalSocket> sockets = open.ordinary(at.ip().v6());
            for (LocalSocket socket : sockets.subList(0, Math.min(sockets.size(), SOCKETS_PER_PROBE_MAX))) {
                // A bond wants every pair; otherwise one way to an address is enough.
                if (redirect || peer.bond() == null || !peer.reaches(socket.id(), at, nowMillis)) {
                    begin(peer, socket.id(), at, Candidate.Source.PUSHED, nowMillis);
                }
            }
        }
    }

    private static boolean reachedAt(Peer peer, Endpoint at, long nowMillis) {
        for (Path path : peer.paths()) {
            if (path.remote().equals(at) && path.alive(nowMillis)) {
                return true;
            }
        }
        return false;
    }

    private void begin(Peer peer, int socket, Endpoint to, Candidate.Source source, long nowMillis) {
        if (probes.stream().anyMatch(probe -> probe.peer == peer && probe.socket == socket && probe.to.equals(to))) {
            return;
        }
        peer.candidates().tried(to, source, nowMillis);
        prober.probe(peer, socket, to, nowMillis);
        if (probes.size() < PROBES_MAX) {
            add(new Probe(peer, socket, to, 1, nowMillis + PROBE_DELAYS_MILLIS[1]));
        }
    }

    private void add(Probe probe) {
        probes.add(probe);
        nextDueMillis = Math.min(nextDueMillis, probe.dueMillis);
    }

    /** Repeats probes of candidates that have not answered yet. */
    void tick(long nowMillis) {
        if (nextDueMillis == Long.MAX_VALUE || nowMillis - nextDueMillis < 0) {
            return;
        }
        nextDueMillis = Long.MAX_VALUE;
        for (int i = probes.size() - 1; i >= 0; i--) {
            Probe probe = probes.get(i);
            if (nowMillis - probe.dueMillis < 0) {
                nextDueMillis = Math.min(nextDueMillis, probe.dueMillis);
                continue;
            }
            probes.remove(i);
            if (probe.peer.reaches(probe.socket, probe.to, nowMillis)) {
                continue;
            }
            probe.peer.candidates().tried(probe.to, Candidate.Source.PUSHED, nowMillis);
            prober.probe(probe.peer, probe.socket, probe.to, nowMillis);
            if (probe.step + 1 < PROBE_DELAYS_MILLIS.length) {
                long delay = PROBE_DELAYS_MILLIS[probe.step + 1] - PROBE_DELAYS_MILLIS[probe.step];
                add(new Probe(probe.peer, probe.socket, probe.to, probe.step + 1, nowMillis + delay));
            }
        }
    }

    /** Probes waiting to be repeated. */
    int probing() {
        return probes.size();
    }

    /** Pairs of peers introduced lately. */
    int pairs() {
        return pairs.size();
    }

    /** When {@link #tick} next has something to do, {@link Long#MAX_VALUE} for not at all. */
    long nextDueMillis() {
        return nextDueMillis;
    }

    /** A fellow member was heard: tell it our addresses if it is time, over the way its packet came. */
    void maybePush(Peer peer, Inbound in, boolean direct, long nowMillis) {
        boolean eager = !direct && peer.pushesWithoutPath < PUSHES_EAGER;
        long seldom = peers.pathPolicy().lowBandwidth() ? PUSH_LOW_BANDWIDTH_FACTOR : 1;
        long interval = eager ? PUSH_RELAYED_MILLIS : PUSH_DIRECT_MILLIS * seldom;
        if (nowMillis - peer.lastPushMillis < interval && !peer.pushOwed || !followed(peer, nowMillis)) {
            return;
        }
        peer.pushesWithoutPath = direct ? 0 : peer.pushesWithoutPath + 1;
        pushAll(
                peer,
                body -> sender.sendTo(
                        peer, in.socket(), in.from(), Verb.PUSH_DIRECT_PATHS, body.toByteArray(), nowMillis),
                nowMillis);
    }

    /** Tells a fellow member our addresses, which changed, over the best way there is; later if it would not listen. */
    void pushNow(Peer peer, long nowMillis) {
        if (!followed(peer, nowMillis)) {
            peer.pushOwed = true;
            return;
        }
        pushAll(peer, body -> sender.send(peer, Verb.PUSH_DIRECT_PATHS, body.toByteArray(), nowMillis), nowMillis);
    }

    /**
     * Has a fellow member give up all our former addresses at once. Other implementations go on sending to these for 20 s
     * and more; and they take {@code seen} unproved in their stead, so it has to be where the peer reached us just now.
     *
     * @return whether it was told: it might not listen yet
     */
    boolean redirect(Peer peer, int socket, Endpoint to, Endpoint seen, long nowMillis) {
        if (!followed(peer, nowMillis)) {
            return false;
        }
        counted(peer, nowMillis);
        push(
                List.of(new PushDirectPaths.Candidate(PushDirectPaths.FLAG_REDIRECT, seen)),
                body -> sender.sendTo(peer, socket, to, Verb.PUSH_DIRECT_PATHS, body.toByteArray(), nowMillis));
        return true;
    }

    /** Whether the peer heeds one more push. */
    private static boolean followed(Peer peer, long nowMillis) {
        if (nowMillis - peer.pushedInRowMillis >= ROW_ENDS_MILLIS) {
            peer.pushesInARow = 0;
        }
        return peer.protocol() > OLD_PROTOCOL || peer.pushesInARow < PUSHES_IN_A_ROW_MAX;
    }

    private static void counted(Peer peer, long nowMillis) {
        peer.pushedInRowMillis = nowMillis;
        peer.pushesInARow++;
    }

    private void pushAll(Peer peer, Consumer<WireWriter> send, long nowMillis) {
        counted(peer, nowMillis);
        peer.lastPushMillis = nowMillis;
        peer.pushOwed = false;
        List<PushDirectPaths.Candidate> batch = new ArrayList<>();
        int bytes = 30;
        for (Endpoint own : prober.ownEndpoints(nowMillis)) {
            batch.add(new PushDirectPaths.Candidate(0, own));
            bytes += 24;
            if (bytes + 24 >= PUSH_BYTES_MAX) {
                push(batch, send);
                batch = new ArrayList<>();
                bytes = 30;
            }
        }
        if (!batch.isEmpty()) {
            push(batch, send);
        }
    }

    private static void push(List<PushDirectPaths.Candidate> batch, Consumer<WireWriter> send) {
        var body = new WireWriter(PUSH_BYTES_MAX + 64);
        new PushDirectPaths(batch).write(body);
        send.accept(body);
    }
}
