// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.verb.OkEcho;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Finds out how long datagrams may be on the ways that frames take, direct ones and the one over a root: networks that lose
 * long ones say nothing. It asks for echoes of that length, which every implementation answers. Control lane only.
 */
final class PathMtu {
    private static final long LOOK_MILLIS = 50;
    private static final long IDLE_MILLIS = 500;

    /** Frames were exchanged within this time. */
    private static final long FRAMES_MILLIS = 2_000;

    /** Something was sent over the way within this time. */
    private static final long USE_MILLIS = 1_000;

    private static final int TOKEN_BYTES = 8;
    private static final int PROTOCOL_SLOW = 9;

    /** Peers answer one ECHO in 1,000 ms (protocol 9), in 166 ms for each path (1.14), in 50 ms after a burst (Orrery). */
    private static final long GAP_SLOW_MILLIS = 1_100;

    private static final long GAP_MILLIS = 200;
    private static final long GAP_ORRERY_MILLIS = 60;

    private static final long PATIENCE_MILLIS = 300;
    private static final long PATIENCE_RELAYED_MILLIS = 700;
    private static final int LATENCY_MILLIS_MAX = 1_000;

    private final Peers peers;
    private final Sender sender;
    private final RandomGenerator random;
    private final Consumer<String> events;
    private long nextMillis = Long.MIN_VALUE / 2;
    private boolean searching;

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
            if (!peers.pathPolicy().lowBandwidth()) {
                peers.forEach(peer -> look(peer, nowMillis));
            }
            nextMillis = nowMillis + (searching ? LOOK_MILLIS : IDLE_MILLIS);
        }
    }

    private void look(Peer peer, long nowMillis) {
        boolean frames = nowMillis - peer.lastActiveMillis() < FRAMES_MILLIS;
        if (!frames || peer.upstream() || !peer.understandsEcho()) {
            return;
        }
        Path best = peer.best();
        for (Path path : peer.paths()) {
            if (path.alive(nowMillis) && !path.tunnelled() && nowMillis - path.lastOutMillis() < USE_MILLIS) {
                int latency = Math.min(path.latencyMillis(), LATENCY_MILLIS_MAX);
                search(peer, path.mtu, path, path.fullBytes(), PATIENCE_MILLIS + latency, nowMillis);
            }
        }
        Peer relay = best == null && !peers.framesOnlyDirect() ? peers.relay() : null;
        Path over = relay == null || relay == peer ? null : relay.best();
        if (over != null && !over.tunnelled() && nowMillis - over.lastOutMillis() < USE_MILLIS) {
            int full = Math.min(over.fullBytes(), Sender.DATAGRAM_BYTES);
            search(peer, peer.relayedMtu(), over, full, PATIENCE_RELAYED_MILLIS, nowMillis);
        }
    }

    private void search(Peer peer, MtuSearch mtu, Path over, int full, long patienceMillis, long nowMillis) {
        boolean slow = peer.protocol() <= PROTOCOL_SLOW;
        long gap = slow ? GAP_SLOW_MILLIS : peer.features() == null ? GAP_MILLIS : GAP_ORRERY_MILLIS;
        int before = mtu.bytes();
        int bytes = mtu.next(full, new MtuSearch.Pace(gap, Math.max(gap, patienceMillis), slow), nowMillis);
        if (bytes > 0) {
            ask(peer, mtu, over, bytes, nowMillis);
        }
        searching |= !mtu.idle();
        tell(peer, mtu, before, over.remote());
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
            answered(peer, path.mtu, token, length, path.remote(), nowMillis);
        }
        if (peer.relayedMtu != null) {
            answered(peer, peer.relayedMtu, token, length, null, nowMillis);
        }
    }

    private void answered(Peer peer, MtuSearch mtu, long token, int length, @Nullable Endpoint via, long nowMillis) {
        if (mtu.token == token) {
            int before = mtu.bytes();
            mtu.answered(PacketHeader.BYTES + length, nowMillis);
            tell(peer, mtu, before, via);
        }
    }

    private void tell(Peer peer, MtuSearch mtu, int before, @Nullable Endpoint via) {
        if (mtu.bytes() != before) {
            events.accept("path.mtu peer=" + peer + (via == null ? "" : " via=" + via) + " bytes=" + mtu.bytes()
                    + (before == MtuSearch.UNLIMITED ? "" : " was=" + before));
        }
    }
}
