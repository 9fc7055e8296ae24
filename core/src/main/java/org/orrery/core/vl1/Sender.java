// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.verb.Ok;
import org.orrery.core.verb.OkBody;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.bond.Spread;
import org.orrery.core.wire.Compression;
import org.orrery.core.wire.Fragments;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireWriter;

/**
 * Turns messages into sealed packets and sends them: directly, over a root, or later when there is a way. Control lane
 * only; data lanes seal frames themselves.
 */
public final class Sender {
    /** The lane number under which the control lane keeps its ciphers. */
    public static final int CONTROL_LANE = 0;

    /** UDP payload that passes nearly every network without IP fragments. */
    public static final int DATAGRAM_BYTES = 1432;

    private static final long KNOCK_MILLIS = 1_000;

    private final long self;
    private final Peers peers;
    private final Expectations expectations;
    private final WaitingRoom waiting;
    private final Transmitter transmitter;
    private final ObjLongConsumer<Peer> pathless;
    private final byte[] datagram = new byte[PathPolicy.MTU_MAX];
    private final byte[] scratch = new byte[Compression.SCRATCH_BYTES];

    Sender(
            long self,
            Peers peers,
            Expectations expectations,
            WaitingRoom waiting,
            Transmitter transmitter,
            ObjLongConsumer<Peer> pathless) {
        this.self = self;
        this.peers = peers;
        this.expectations = expectations;
        this.waiting = waiting;
        this.transmitter = transmitter;
        this.pathless = pathless;
    }

    /**
     * Sends to a peer by the best way there is; what has no way at all waits a few seconds for one.
     *
     * @param payload everything after the verb, at most {@link PacketHeader#PAYLOAD_BYTES_MAX}
     */
    public void send(Peer peer, Verb verb, byte[] payload, long nowMillis) {
        Path direct = peer.best();
        if (direct == null) {
            pathless.accept(peer, nowMillis);
        }
        boolean directOnly = peers.framesOnlyDirect() && frame(verb);
        if (direct == null && directOnly) {
            knock(peer, nowMillis);
        }
        Path relayed = direct == null && !directOnly ? relayPath(peer) : null;
        Path own = direct == null && relayed == null ? lastResort(peer) : direct;
        Path way = own != null ? own : relayed;
        if (way == null) {
            waiting.hold(peer.address(), (known, now) -> send(known, verb, payload, now), payload.length, nowMillis);
            return;
        }
        byte[] packet = assemble(peer, verb, payload);
        Spread<Path> everywhere =
                own != null && (verb == Verb.FRAME || verb == Verb.EXT_FRAME) ? everywhere(peer) : null;
        int mtu = everywhere == null
                ? peer.cutBytes(way, own != null, packet.length)
                : peer.cutBytes(everywhere, packet.length);
        // A relay would be trusted with what only the peer itself is, and copies may go where nobody is.
        long trustedPathId = own == null || everywhere != null ? 0 : own.trustedPathId();
        if (trustedPathId != 0) {
            PacketHeader.setFragmented(packet, 0, packet.length > mtu);
            Unprotected.mark(packet, 0, trustedPathId);
        } else {
            seal(peer, peer.suite(), packet, mtu);
        }
        note(peer, packet, verb, way.socket(), way.remote(), nowMillis);
        transmit(packet, way.socket(), way.remote(), mtu);
        if (everywhere != null) {
            copies(everywhere, way, packet, mtu, nowMillis);
        }
        if (own != null) {
            way.noteOut(PacketHeader.id(packet, 0), nowMillis);
        } else {
            way.noteOut(nowMillis);
            if (reacted(verb)) {
                peer.noteRelayed(nowMillis);
            }
        }
    }

    /** What a peer that got it mostly answers in one way or another. */
    private static boolean reacted(Verb verb) {
        return frame(verb)
                || verb == Verb.NETWORK_CONFIG_REQUEST
                || verb == Verb.NETWORK_CONFIG
                || verb == Verb.MULTICAST_GATHER;
    }

    /** The paths over all of which frames go; null if they go over one. */
    private static @Nullable Spread<Path> everywhere(Peer peer) {
        Spread<Path> spread = peer.spread();
        return spread != null && spread.everywhere() ? spread : null;
    }

    /** The one over {@code first} has gone. */
    private void copies(Spread<Path> everywhere, Path first, byte[] packet, int mtu, long nowMillis) {
        for (Path each : everywhere.paths()) {
            if (each != first) {
                transmit(packet, each.socket(), each.remote(), mtu);
                each.noteOut(PacketHeader.id(packet, 0), nowMillis);
            }
        }
    }

    private static boolean frame(Verb verb) {
        return verb == Verb.FRAME || verb == Verb.EXT_FRAME || verb == Verb.MULTICAST_FRAME;
    }

    /** What waits for a direct path makes no root introduce us: something that says nothing has to. */
    private void knock(Peer peer, long nowMillis) {
        if (nowMillis - peer.knockedMillis >= KNOCK_MILLIS) {
            peer.knockedMillis = nowMillis;
            send(peer, Verb.NOP, new byte[0], nowMillis);
        }
    }

    /** As {@link #send(Peer, Verb, byte[], long)}; an unknown address is looked up first while the message waits. */
    public void send(long address, Verb verb, byte[] payload, long nowMillis) {
        if (address == self || org.orrery.core.value.Address.reserved(address)) {
            return;
        }
        Peer peer = peers.find(address);
        if (peer != null) {
            send(peer, verb, payload, nowMillis);
        } else {
            waiting.hold(address, (known, now) -> send(known, verb, payload, now), payload.length, nowMillis);
        }
    }

    /** Sends to one physical endpoint whatever the chosen path: replies, probes, and what confirms paths. */
    public void sendTo(Peer peer, int socket, Endpoint to, Verb verb, byte[] payload, long nowMillis) {
        byte[] packet = assemble(peer, verb, payload);
        int mtu = mtuTo(peer, socket, to, packet.length);
        seal(peer, peer.suite(), packet, mtu);
        note(peer, packet, verb, socket, to, nowMillis);
        transmit(packet, socket, to, mtu);
    }

    /** As {@link #sendTo}, in one datagram however long it is: what finds out whether such datagrams pass. */
    void sendWhole(Peer peer, int socket, Endpoint to, Verb verb, byte[] payload, long nowMillis) {
        byte[] packet = assemble(peer, verb, payload);
        seal(peer, peer.suite(), packet, packet.length);
        note(peer, packet, verb, socket, to, nowMillis);
        transmit(packet, socket, to, packet.length);
    }

    /** A sealed packet, to be sent by the caller to as many places as it likes. */
    byte[] sealed(Peer peer, Verb verb, byte[] payload, long nowMillis) {
        byte[] packet = assemble(peer, verb, payload);
        seal(peer, peer.suite(), packet, DATAGRAM_BYTES);
        note(peer, packet, verb, 0, null, nowMillis);
        return packet;
    }

    private int mtuTo(Peer peer, int socket, Endpoint to, int packetBytes) {
        Path path = peer.pathOf(socket, to);
        if (path != null) {
            return peer.cutBytes(path, true, packetBytes);
        }
        return socket == LocalSocket.TUNNEL_ID
                ? DATAGRAM_BYTES
                : peers.pathPolicy().treatment(to.ip()).mtuBytes();
    }

    /** An OK over the way that the question came; one that does not fit a packet is left out. */
    void answer(Peer peer, Inbound question, OkBody ok, long nowMillis) {
        var body = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
        Ok.to(PacketHeader.id(question.packet(), 0), ok).write(body);
        if (!body.overflowed()) {
            sendTo(peer, question.socket(), question.from(), Verb.OK, body.toByteArray(), nowMillis);
        }
    }

    /** Seals and sends an assembled packet under an explicit suite; for HELLO, and errors to strangers. */
    void sendSealed(Peer peer, int suite, byte[] packet, int socket, Endpoint to, Verb verb, long nowMillis) {
        int mtu = mtuTo(peer, socket, to, packet.length);
        seal(peer, suite, packet, mtu);
        note(peer, packet, verb, socket, to, nowMillis);
        transmit(packet, socket, to, mtu);
    }

    /** A whole packet with a fresh ID, not sealed yet. */
    byte[] assemble(Peer peer, Verb verb, byte[] payload) {
        byte[] packet = new byte[PacketHeader.BYTES + payload.length];
        PacketHeader.write(packet, 0, peer.nextPacketId(CONTROL_LANE), peer.address(), self, verb.id());
        System.arraycopy(payload, 0, packet, PacketHeader.BYTES, payload.length);
        return compressible(verb) ? compressed(packet) : packet;
    }

    /** Text and repetitive lists; what is short, random or already encrypted is not worth trying. */
    private static boolean compressible(Verb verb) {
        return switch (verb) {
            case MULTICAST_LIKE, NETWORK_CREDENTIALS, NETWORK_CONFIG_REQUEST, NETWORK_CONFIG, PUSH_DIRECT_PATHS, OK ->
                true;
            default -> false;
        };
    }

    private byte[] compressed(byte[] packet) {
        int length = Compression.compress(packet, 0, packet.length, scratch);
        return length == packet.length ? packet : java.util.Arrays.copyOf(packet, length);
    }

    private static void seal(Peer peer, int suite, byte[] packet, int mtu) {
        PacketHeader.setFragmented(packet, 0, packet.length > mtu);
        peer.cipher(CONTROL_LANE).seal(suite, packet, 0, packet.length);
    }

    private void note(Peer peer, byte[] packet, Verb verb, int socket, @Nullable Endpoint to, long nowMillis) {
        if (verb == Verb.ECHO) {
            peer.echoAskedMillis = nowMillis;
        }
        if (answered(verb)) {
            expectations.expect(PacketHeader.id(packet, 0), peer.address(), verb, socket, to, nowMillis);
        }
    }

    /** Requests: what a peer may answer with OK. */
    private static boolean answered(Verb verb) {
        return switch (verb) {
            case HELLO, ECHO, WHOIS, NETWORK_CONFIG_REQUEST, MULTICAST_GATHER, MULTICAST_FRAME -> true;
            default -> false;
        };
    }

    private void transmit(byte[] packet, int socket, Endpoint to, int mtu) {
        int pieces = Fragments.pieces(packet.length, mtu);
        if (pieces == 1) {
            transmitter.send(socket, to, packet, 0, packet.length);
            return;
        }
        for (int piece = 0; piece < pieces; piece++) {
            int length = Fragments.write(piece, packet, 0, packet.length, mtu, datagram, 0);
            transmitter.send(socket, to, datagram, 0, length);
        }
    }

    /** The way over the root that carries for {@code peer}; null if there is none. */
    private @Nullable Path relayPath(Peer peer) {
        Peer relay = peers.relayFor(peer);
        return relay == null ? null : relay.best();
    }

    private static @Nullable Path lastResort(Peer peer) {
        Path[] paths = peer.paths();
        return paths.length == 0 ? null : paths[0];
    }
}
