// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.verb.OkEcho;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Asks peers for an echo, for people who want to know whether they are there, how far, and by which way. Control lane
 * only.
 */
final class Pinger {
    /** Under way at once; further ones are refused. */
    static final int PINGS_MAX = 64;

    /** Longest payload: its answer is still one packet. */
    static final int PAYLOAD_BYTES_MAX = 8_192;

    private static final int TOKEN_BYTES = 8;
    private static final long PATIENCE_MILLIS = 10_000;

    private final Peers peers;
    private final Sender sender;
    private final RandomGenerator random;
    private final Map<Long, Ping> underWay = new LinkedHashMap<>();

    private static final class Ping {
        final long to;
        final PingWay way;
        final int bytes;
        final Consumer<PingResult> done;
        final long begunMillis;
        PingResult.@Nullable Way sent;

        Ping(long to, PingWay way, int bytes, Consumer<PingResult> done, long begunMillis) {
            this.to = to;
            this.way = way;
            this.bytes = bytes;
            this.done = done;
            this.begunMillis = begunMillis;
        }
    }

    Pinger(Peers peers, Sender sender, RandomGenerator random) {
        this.peers = peers;
        this.sender = sender;
        this.random = random;
    }

    /**
     * Asks {@code to} for an echo.
     *
     * @param bytes of payload, at least 8 are sent
     * @param done is told once, now or within {@link #PATIENCE_MILLIS}
     * @return whether the identity of {@code to} has to be looked up first
     */
    boolean ping(long to, PingWay way, int bytes, Consumer<PingResult> done, long nowMillis) {
        if (underWay.size() == PINGS_MAX) {
            done.accept(new PingResult.Failed(PINGS_MAX + " pings are under way already"));
            return false;
        }
        long token = random.nextLong();
        var ping = new Ping(to, way, Math.clamp(bytes, TOKEN_BYTES, PAYLOAD_BYTES_MAX), done, nowMillis);
        underWay.put(token, ping);
        Peer peer = peers.find(to);
        if (peer != null) {
            send(peer, token, ping, nowMillis);
        }
        return peer == null;
    }

    /** The identity of {@code peer} was found. */
    void known(Peer peer, long nowMillis) {
        for (Map.Entry<Long, Ping> each : Map.copyOf(underWay).entrySet()) {
            if (each.getValue().to == peer.address() && each.getValue().sent == null) {
                send(peer, each.getKey(), each.getValue(), nowMillis);
            }
        }
    }

    private void send(Peer peer, long token, Ping ping, long nowMillis) {
        Path path = null;
        Address root = null;
        String missing;
        switch (ping.way) {
            case PingWay.AsTraffic() -> {
                path = peer.best();
                Peer relay = peers.relayFor(peer);
                if (path == null && relay != null) {
                    path = relay.best();
                    root = new Address(relay.address());
                }
                missing = "there is no direct path to it, and no root to relay has answered";
            }
            case PingWay.OverRoot(Optional<Address> wanted) -> {
                Peer relay = wanted.isEmpty()
                        ? peers.relayFor(peer)
                        : peers.find(wanted.get().bits());
                if (relay != null && relay != peer && relay.upstream()) {
                    path = relay.best();
                    root = new Address(relay.address());
                }
                missing = wanted.isEmpty() ? "no other root is reached" : wanted.get() + " is no root that is reached";
            }
            case PingWay.Directly(Endpoint at) -> {
                path = pathTo(peer, at);
                missing = "there is no direct path to " + at;
            }
        }
        if (path == null) {
            underWay.remove(token);
            ping.done.accept(new PingResult.Failed(missing));
            return;
        }
        ping.sent = new PingResult.Way(path.remote(), Optional.ofNullable(root), root == null, path.tunnelled());
        var body = new WireWriter(ping.bytes);
        body.u64(token);
        // Noise: what repeats would be compressed on its way back, and say nothing about sizes that pass.
        byte[] filling = new byte[ping.bytes - TOKEN_BYTES];
        random.nextBytes(filling);
        body.bytes(filling);
        sender.sendTo(peer, path.socket(), path.remote(), Verb.ECHO, body.toByteArray(), nowMillis);
        path.noteOut(nowMillis);
    }

    private static @Nullable Path pathTo(Peer peer, Endpoint at) {
        for (Path path : peer.paths()) {
            if (path.remote().equals(at)) {
                return path;
            }
        }
        return null;
    }

    /** An echo that was asked for. */
    void answered(Inbound in, Peer peer, OkEcho echo) {
        if (underWay.isEmpty() || echo.payload().length() < TOKEN_BYTES) {
            return;
        }
        long token = new WireReader(echo.payload().toByteArray()).u64();
        Ping ping = underWay.get(token);
        if (ping == null || ping.to != peer.address() || ping.sent == null) {
            return;
        }
        underWay.remove(token);
        int hops = PacketHeader.hops(in.packet(), 0);
        boolean direct = hops == 0;
        var back = new PingResult.Way(
                in.from(), direct ? Optional.empty() : rootAt(in.from()), direct, in.socket() == LocalSocket.TUNNEL_ID);
        ping.done.accept(new PingResult.Answered(ping.sent, back, hops, in.packet().length));
    }

    private Optional<Address> rootAt(Endpoint from) {
        for (Peer root : peers.upstreams()) {
            if (pathTo(root, from) != null) {
                return Optional.of(new Address(root.address()));
            }
        }
        return Optional.empty();
    }

    /** Gives up those without an answer. */
    void tick(long nowMillis) {
        for (Iterator<Ping> each = underWay.values().iterator(); each.hasNext(); ) {
            Ping ping = each.next();
            if (nowMillis - ping.begunMillis < PATIENCE_MILLIS) {
                return;
            }
            each.remove();
            ping.done.accept(new PingResult.Failed(
                    ping.sent == null ? "no root knows this address" : "no answer came within 10 s"));
        }
    }

    int underWay() {
        return underWay.size();
    }
}
