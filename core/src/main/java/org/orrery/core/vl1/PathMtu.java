// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.verb.OkEcho;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Finds out how long datagrams may be on the ways that frames take, direct ones and the one over a root: networks that lose
 * long ones say nothing. It asks for echoes of that length, which every implementation answers, and only where long packets
 * were sent lately. Control lane only.
 */
final class PathMtu {
    private static final long LOOK_MILLIS = 50;
    private static final long IDLE_MILLIS = 500;

    /** Frames were exchanged within this time. */
    private static final long FRAMES_MILLIS = 2_000;

    private static final int TOKEN_BYTES = 8;

    /** Peers answer one ECHO in 1,000 ms (protocol 9), in 166 ms for each path (1.14), in 50 ms after a burst (Orrery). */
    private static final long GAP_SLOW_MILLIS = 1_100;

    private static final long GAP_MILLIS = 200;
    private static final long GAP_ORRERY_MILLIS = 60;

    private static final long PATIENCE_MILLIS = 300;
    private static final long PATIENCE_RELAYED_MILLIS = 700;
    private static final int LATENCY_MILLIS_MAX = 1_000;

    /** 50 in a second for all peers together, each some 1,400 bytes. */
    private static final long QUESTION_MILLIS = 20;

    private static final int BURST = 10;

    private final Peers peers;
    private final Sender sender;
    private final RandomGenerator random;
    private final Consumer<String> events;
    private final TokenBucket questions = new TokenBucket(BURST, QUESTION_MILLIS);
    private long nextMillis = Long.MIN_VALUE / 2;
    private boolean searching;

    private final PeersInUse.Turn turn = new PeersInUse.Turn();

    PathMtu(Peers peers, Sender sender, RandomGenerator random, Consumer<String> events) {
        this.peers = peers;
        this.sender = sender;
        this.random = random;
        this.events = events;
    }

    /** When {@link #tick} next has something to do. */
    long nextDueMillis() {
        return nextMillis;
    }

    void tick(long nowMillis) {
        if (nowMillis - nextMillis >= 0) {
            searching = false;
            boolean ask = !peers.pathPolicy().lowBandwidth();
            peers.used().forEach(turn, nowMillis, peer -> {
                forgetFormerRelay(peer);
                return !ask || look(peer, nowMillis);
            });
            nextMillis = nowMillis + (searching ? LOOK_MILLIS : IDLE_MILLIS);
        }
    }

    /** What passed over one root says nothing of another. */
    private void forgetFormerRelay(Peer peer) {
        Peer now = peers.relayFor(peer);
        if (now != peer.relayedMtuOver) {
            peer.relayedMtuOver = now;
            peer.relayedMtu = null;
        }
    }

    /** Answers false if no question was left to ask. */
    private boolean look(Peer peer, long nowMillis) {
        boolean frames = nowMillis - peer.lastActiveMillis() < FRAMES_MILLIS;
        if (!frames || peer.upstream() || !peer.understandsEcho()) {
            return true;
        }
        boolean asked = true;
        for (Path path : peer.paths()) {
            boolean used =
                    path.alive(nowMillis) && !path.tunnelled() && nowMillis - path.lastOutMillis() < Path.USE_MILLIS;
            if (used && path.mtu.wanted(nowMillis)) {
                int latency = Math.min(path.latencyMillis(), LATENCY_MILLIS_MAX);
                asked &= search(peer, path.mtu, path, path.fullBytes(), PATIENCE_MILLIS + latency, nowMillis);
            }
        }
        Path over = relayedWay(peer, nowMillis);
        if (over != null && peer.relayedMtuWanted(nowMillis)) {
            int full = Math.min(over.fullBytes(), Sender.DATAGRAM_BYTES);
            asked &= search(peer, peer.relayedMtu(), over, full, PATIENCE_RELAYED_MILLIS, nowMillis);
        }
        return asked;
    }

    /** The way over the root, if frames to the peer go over it. */
    private @Nullable Path relayedWay(Peer peer, long nowMillis) {
        Peer root = peers.relayFor(peer);
        if (root == null || peer.best() != null || peers.framesOnlyDirect()) {
            return null;
        }
        Path over = root.best();
        return over != null && !over.tunnelled() && nowMillis - over.lastOutMillis() < Path.USE_MILLIS ? over : null;
    }

    /** Answers false if no question was left to ask. */
    private boolean search(Peer peer, MtuSearch mtu, Path over, int full, long patienceMillis, long nowMillis) {
        boolean slow = peer.answersSlowly();
        if (slow && nowMillis - peer.echoAskedMillis < GAP_SLOW_MILLIS) {
            searching |= !mtu.idle(); // it would not be answered, whatever the one before was for
            return true;
        }
        if (!questions.ready(nowMillis)) {
            searching = true;
            return false;
        }
        long gap = slow ? GAP_SLOW_MILLIS : peer.features() == null ? GAP_MILLIS : GAP_ORRERY_MILLIS;
        int before = mtu.bytes();
        int bytes = mtu.next(full, new MtuSearch.Pace(gap, Math.max(gap, patienceMillis), slow), nowMillis);
        if (bytes > 0) {
            questions.take(nowMillis);
            ask(peer, mtu, over, bytes, nowMillis);
        }
        searching |= !mtu.idle();
        tell(peer, mtu, before);
        return true;
    }

    private void ask(Peer peer, MtuSearch mtu, Path over, int bytes, long nowMillis) {
        if (mtu.token == 0) {
            mtu.token = random.nextLong() | 1;
        }
        var body = new WireWriter(bytes);
        body.u64(mtu.token);
        byte[] filling = new byte[bytes - PacketHeader.BYTES - TOKEN_BYTES];
        random.nextBytes(filling); // what repeats would come back compressed
        body.bytes(filling);
        sender.sendWhole(peer, over.socket(), over.remote(), Verb.ECHO, body.toByteArray(), nowMillis);
    }

    /** An echo that was asked for, here or elsewhere. */
    void answered(Peer peer, OkEcho echo, long nowMillis) {
        int length = echo.payload().length();
        if (length <= TOKEN_BYTES) {
            return;
        }
        long token = new WireReader(echo.payload().toByteArray()).u64();
        for (Path path : peer.paths()) {
            answered(peer, path.mtu, token, length, nowMillis);
        }
        if (peer.relayedMtu != null) {
            answered(peer, peer.relayedMtu, token, length, nowMillis);
        }
    }

    private void answered(Peer peer, MtuSearch mtu, long token, int length, long nowMillis) {
        if (mtu.token == token) {
            int before = mtu.bytes();
            mtu.answered(PacketHeader.BYTES + length, nowMillis);
            tell(peer, mtu, before);
        }
    }

    private void tell(Peer peer, MtuSearch mtu, int before) {
        if (mtu.bytes() != before) {
            events.accept("path.mtu peer=" + peer + " via=" + via(peer, mtu) + " bytes=" + mtu.bytes()
                    + (before == MtuSearch.UNLIMITED ? "" : " was=" + before));
        }
    }

    private static String via(Peer peer, MtuSearch mtu) {
        for (Path path : peer.paths()) {
            if (path.mtu == mtu) {
                return path.remote().toString();
            }
        }
        return "relay";
    }
}
