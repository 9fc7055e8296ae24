// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SharedKey;
import org.orrery.core.crypto.VectorSupport;
import org.orrery.core.value.Address;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.verb.ErrorReply;
import org.orrery.core.verb.Features;
import org.orrery.core.verb.Hello;
import org.orrery.core.verb.Ok;
import org.orrery.core.verb.OkHello;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;
import org.orrery.core.world.World;

/**
 * HELLO and its answer: how nodes meet. A stranger's HELLO proves itself by the key agreed with the identity it carries;
 * only then is the expensive check of the identity worth running. Control lane only.
 */
final class Greeter {
    private static final int SUITE_AUTHENTICATED = 0;
    private static final int SUITE_SALSA = 1;
    private static final int IDENTITY_OFFSET = 41;
    private static final int VERSION_OFFSET = 28;

    /** Greeted in one turn of the control lane; each question is remembered for a while. */
    private static final int AT_ONCE_MAX = 1_024;

    /**
     * Between questions that packets in doubt bring about, as any greeting is one and its answer needs a round trip. A peer
     * that learns that we begin anew begins a new session right after its first answer, and is to be asked again then.
     */
    private static final long SESSION_ASKED_MILLIS = 100;

    /** Identities under check at once; further strangers have to say HELLO again. */
    static final int CHECKS_MAX = 64;

    /** Copies of a stranger's HELLO, from its several sockets, that are answered once the check is done. */
    private static final int COPIES_MAX = 8;

    /** Root sets in one answer: what remains of a packet in four pieces, the most that the oldest nodes accept. */
    private static final int WORLDS_BYTES_MAX = 5_000;

    /** Source prefixes that the check's rate limit tells apart. */
    private static final int PREFIXES = 16_384;

    private final SecretIdentity self;
    private final PeerVersion announcement;
    private final Peers peers;
    private final Topology topology;
    private final Surfaces surfaces;
    private final Sender sender;
    private final IdentityChecker checker;
    private final Listener listener;
    private final Map<Long, Check> checks = new HashMap<>();

    /** What {@link PortSearch} says of itself. */
    boolean searchesPorts = true;

    /** Key agreements with strangers, from wherever they come: each takes a tenth of a millisecond or more. */
    private final TokenBucket agreements = new TokenBucket(1_000, 2);

    /** Those of greetings that turned out forged. Once so many were, all have to wait: they look alike before. */
    private final TokenBucket agreementsInVain = new TokenBucket(500, 10);

    private final @Nullable TokenBucket[] checkLimits = new TokenBucket[PREFIXES];

    /** What greetings lead to. */
    interface Listener {
        void met(Peer peer, long nowMillis);

        void movedNetwork(Endpoint seen, long nowMillis);

        void planetChanged(long nowMillis);

        /** A moon was updated, or one that was waited for came. */
        void moonChanged(World moon, long nowMillis);

        void received(Peer peer, Inbound packet, Verb verb, boolean trust, long nowMillis);
    }

    private record Check(Identity identity, List<Inbound> copies) {}

    Greeter(
            SecretIdentity self,
            PeerVersion announcement,
            Peers peers,
            Topology topology,
            Surfaces surfaces,
            Sender sender,
            IdentityChecker checker,
            Listener listener) {
        this.self = self;
        this.announcement = announcement;
        this.peers = peers;
        this.topology = topology;
        this.surfaces = surfaces;
        this.sender = sender;
        this.checker = checker;
        this.listener = listener;
    }

    /** Says HELLO to those in reach that are {@code wanted}; a root's further members hear of it within a minute. */
    void helloToSome(Predicate<Peer> wanted, long nowMillis) {
        int[] told = new int[1];
        peers.forEach(peer -> {
            Path path = wanted.test(peer) ? peer.best() : null;
            if (path != null && told[0]++ < AT_ONCE_MAX) {
                hello(peer, path.socket(), path.remote(), path.remote(), nowMillis);
            }
        });
    }

    /**
     * Sends HELLO to {@code to} as seen by this node, over {@code socket} and physically to {@code via}; the two differ
     * when a root passes it on, then {@code to} is null.
     */
    void hello(Peer peer, int socket, @Nullable Endpoint to, Endpoint via, long nowMillis) {
        World planet = topology.planet();
        var hello = new Hello(
                announcement,
                nowMillis,
                self.identity(),
                to,
                planet.id(),
                planet.timestampMillis(),
                topology.announced(),
                features(peer, false));
        var body = new WireWriter(1400);
        hello.write(body);
        byte[] packet = sender.assemble(peer, Verb.HELLO, body.toByteArray());
        int tail = hello.maskedOffset();
        peer.cipher(Sender.CONTROL_LANE).maskHelloTail(packet, 0, tail, packet.length - tail);
        sender.sendSealed(peer, SUITE_AUTHENTICATED, packet, socket, via, Verb.HELLO, nowMillis);
        peer.lastHelloMillis = nowMillis;
    }

    private Features features(Peer peer, boolean answer) {
        int salsa = VectorSupport.hopeful() ? Features.PREFERS_SALSA : 0;
        return peer.numbers().features(salsa | (searchesPorts ? Features.SEARCHES_PORTS : 0), answer);
    }

    /** Something came that only {@code peer} can place: greets it where that came from, not too often. */
    void askSession(Peer peer, Inbound in, long nowMillis) {
        boolean underWay = nowMillis - peer.lastHelloMillis < SESSION_ASKED_MILLIS;
        if (!underWay && peer.sessionOutlet.take(nowMillis)) {
            boolean direct = PacketHeader.hops(in.packet(), 0) == 0;
            hello(peer, in.socket(), direct ? in.from() : null, in.from(), nowMillis);
        }
    }

    /** Identities under check. */
    int checking() {
        return checks.size();
    }

    /** A HELLO under suite 0, authentic or not. */
    DropReason onHello(Inbound in, long nowMillis) {
        byte[] packet = in.packet();
        if (packet.length < IDENTITY_OFFSET + Identity.BYTES) {
            return DropReason.TRUNCATED;
        }
        if ((packet[VERSION_OFFSET] & 0xff) < PeerVersion.PROTOCOL_MIN) {
            return DropReason.PROTOCOL_TOO_OLD;
        }
        Identity claimed = Identity.read(new WireReader(packet, IDENTITY_OFFSET, packet.length - IDENTITY_OFFSET));
        if (claimed == null) {
            return DropReason.BAD_FIELD;
        }
        long source = PacketHeader.source(packet, 0);
        if (claimed.address().bits() != source) {
            return DropReason.HELLO_ADDRESS_MISMATCH;
        }
        Peer known = peers.find(source);
        if (known == null) {
            return onStranger(in, claimed, nowMillis);
        }
        if (!known.identity().equals(claimed)) {
            return onCollision(in, claimed, nowMillis);
        }
        if (!known.cipher(Sender.CONTROL_LANE).open(packet, 0, packet.length)) {
            return DropReason.BAD_MAC;
        }
        ReplayGuard guard = known.guard();
        // Of who does not number, or never answered, a recording cannot be told from a greeting.
        ReplayGuard.Place place =
                guard.numbers() ? guard.take(Sender.CONTROL_LANE, PacketHeader.id(packet, 0)) : ReplayGuard.Place.NEW;
        return place == ReplayGuard.Place.OLD
                ? DropReason.REPLAYED
                : greeted(known, in, place == ReplayGuard.Place.NEW, nowMillis);
    }

    private DropReason onStranger(Inbound in, Identity claimed, long nowMillis) {
        long address = claimed.address().bits();
        if (Address.reserved(address)) {
            return DropReason.BAD_FIELD;
        }
        Check running = checks.get(address);
        if (running != null) {
            if (!running.identity.equals(claimed) || running.copies.size() == COPIES_MAX) {
                return DropReason.IDENTITY_CHECK_BUSY;
            }
            running.copies.add(in);
            return DropReason.NONE;
        }
        if (checks.size() == CHECKS_MAX) {
            return DropReason.IDENTITY_CHECK_BUSY;
        }
        if (!checkLimit(in.from().ip()).take(nowMillis)) {
            return DropReason.IDENTITY_CHECK_LIMIT;
        }
        if (!agreementsInVain.ready(nowMillis) || !agreements.take(nowMillis)) {
            return DropReason.IDENTITY_CHECK_BUSY;
        }
        SharedKey key = self.agree(claimed);
        if (key == null) {
            return DropReason.BAD_FIELD;
        }
        try (key) {
            byte[] probe = in.packet().clone();
            if (!new PacketCipher(key).open(probe, 0, probe.length)) {
                agreementsInVain.take(nowMillis);
                return DropReason.BAD_MAC;
            }
        }
        List<Inbound> copies = new ArrayList<>();
        copies.add(in);
        checks.put(address, new Check(claimed, copies));
        Consumer<Boolean> done = valid -> checked(address, valid, nowMillis);
        checker.check(claimed, done);
        return DropReason.NONE;
    }

    private void checked(long address, boolean valid, long nowMillis) {
        Check check = checks.remove(address);
        if (check == null || !valid) {
            return;
        }
        Peer peer = peers.add(check.identity, nowMillis);
        if (peer == null || !peer.identity().equals(check.identity)) {
            return;
        }
        listener.met(peer, nowMillis);
        for (Inbound copy : check.copies) {
            if (peer.cipher(Sender.CONTROL_LANE).open(copy.packet(), 0, copy.packet().length)) {
                greeted(peer, copy, true, nowMillis);
            }
        }
    }

    /** Somebody claims a known address with another key. The holder stays; the claimant is told, in a way it can read. */
    private DropReason onCollision(Inbound in, Identity claimed, long nowMillis) {
        if (!checkLimit(in.from().ip()).take(nowMillis)) {
            return DropReason.IDENTITY_CHECK_LIMIT;
        }
        if (!agreementsInVain.ready(nowMillis) || !agreements.take(nowMillis)) {
            return DropReason.IDENTITY_CHECK_BUSY;
        }
        SharedKey key = self.agree(claimed);
        if (key == null) {
            return DropReason.BAD_FIELD;
        }
        Peer claimant = peers.passing(claimed, key, nowMillis);
        byte[] packet = in.packet();
        agreementsInVain.take(nowMillis); // nothing good comes of it
        if (!claimant.cipher(Sender.CONTROL_LANE).open(packet, 0, packet.length)) {
            return DropReason.BAD_MAC;
        }
        var body = new WireWriter(64);
        ErrorReply.of(Verb.HELLO.id(), PacketHeader.id(packet, 0), ErrorCode.IDENTITY_COLLISION)
                .write(body);
        byte[] answer = sender.assemble(claimant, Verb.ERROR, body.toByteArray());
        sender.sendSealed(claimant, SUITE_SALSA, answer, in.socket(), in.from(), Verb.ERROR, nowMillis);
        return DropReason.IDENTITY_COLLISION;
    }

    /**
     * An authentic HELLO of a known peer: answer it, then note what it says.
     *
     * @param current false if it may be a recording: then nothing of it is believed, and the peer asked, whose answer tells
     *     the same
     */
    DropReason greeted(Peer peer, Inbound in, boolean current, long nowMillis) {
        byte[] packet = in.packet();
        var reader = new WireReader(packet, PacketHeader.BYTES, packet.length - PacketHeader.BYTES);
        Hello clear = Hello.readClear(reader);
        if (clear == null) {
            return reader.fault();
        }
        int tail = reader.position();
        peer.cipher(Sender.CONTROL_LANE).maskHelloTail(packet, 0, tail, packet.length - tail);
        Hello hello = clear.readTail(reader);
        if (hello == null) {
            return reader.fault();
        }
        Features told = hello.features();
        if (told != null && told.numbers()) {
            peer.numbers().peerLives(told.life(), false, nowMillis);
        }
        answer(peer, in, hello, nowMillis);
        if (current) {
            believed(peer, in, hello, nowMillis);
        }
        if (!peer.guard().agrees(told)) {
            askSession(peer, in, nowMillis);
        }
        return DropReason.NONE;
    }

    private void believed(Peer peer, Inbound in, Hello hello, long nowMillis) {
        boolean direct = PacketHeader.hops(in.packet(), 0) == 0;
        Endpoint seen = direct ? hello.sentTo() : null;
        boolean moved = seen != null
                && surfaces.report(peer.address(), in.socket(), in.from(), seen, peer.upstream(), nowMillis);
        peer.introduced(hello.version(), hello.features());
        listener.received(peer, in, Verb.HELLO, false, nowMillis);
        if (moved && seen != null) {
            listener.movedNetwork(seen, nowMillis);
        }
        if (direct && peer.upstream() && topology.behind(hello)) {
            hello(peer, in.socket(), in.from(), in.from(), nowMillis);
        }
    }

    private void answer(Peer peer, Inbound in, Hello hello, long nowMillis) {
        Endpoint seen = hello.version().protocol() < 5 ? new Endpoint(in.from().ip(), 0) : in.from();
        var ok = Ok.to(
                PacketHeader.id(in.packet(), 0),
                new OkHello(
                        hello.timestampMillis(),
                        announcement,
                        seen,
                        worldsFor(peer, hello, nowMillis),
                        hello.features() == null ? null : features(peer, true)));
        var body = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
        ok.write(body);
        sender.sendTo(peer, in.socket(), in.from(), Verb.OK, body.toByteArray(), nowMillis);
    }

    /** Root sets that the greeter lacks, as many as fit beside the rest of the answer; seldom, for sources are forged. */
    private Bytes worldsFor(Peer peer, Hello hello, long nowMillis) {
        List<World> newer = topology.newerThan(hello);
        if (newer.isEmpty() || !peer.worldsOutlet.take(nowMillis)) {
            return Bytes.EMPTY;
        }
        var block = new WireWriter(WORLDS_BYTES_MAX);
        for (World world : newer) {
            byte[] bytes = world.bytes();
            if (block.length() + bytes.length <= WORLDS_BYTES_MAX) {
                block.bytes(bytes);
            }
        }
        return block.length() == 0 ? Bytes.EMPTY : Bytes.copyOf(block.toByteArray());
    }

    /** An expected OK(HELLO); the caller learns the path. Answers whether the content was good. */
    DropReason onOk(Peer peer, Inbound in, OkHello ok, long nowMillis) {
        if (ok.version().protocol() < PeerVersion.PROTOCOL_MIN) {
            return DropReason.PROTOCOL_TOO_OLD;
        }
        peer.introduced(ok.version(), ok.features());
        if (!ok.worlds().isEmpty()) {
            takeWorlds(peer, ok.worlds().toByteArray(), nowMillis);
        }
        Endpoint seen = ok.seenAt();
        if (PacketHeader.hops(in.packet(), 0) == 0 && seen != null) {
            boolean moved = surfaces.report(peer.address(), in.socket(), in.from(), seen, peer.upstream(), nowMillis);
            if (moved) {
                listener.movedNetwork(seen, nowMillis);
            }
        }
        return DropReason.NONE;
    }

    private void takeWorlds(Peer peer, byte[] block, long nowMillis) {
        var reader = new WireReader(block);
        while (reader.remaining() > 0) {
            World world = World.read(reader);
            if (world == null) {
                return;
            }
            Topology.Change change = topology.offered(world, peer.address(), peer.upstream());
            if (change == Topology.Change.PLANET) {
                listener.planetChanged(nowMillis);
            } else if (change == Topology.Change.MOON) {
                listener.moonChanged(world, nowMillis);
            }
        }
    }

    /** A burst for a house full of new nodes, then one every two seconds for each source prefix. */
    private TokenBucket checkLimit(Ip ip) {
        long prefix = ip.v6() ? ip.high() >>> 16 : ip.low() >>> 8;
        int slot = (int) ((prefix * 0x9e3779b97f4a7c15L) >>> 50);
        TokenBucket bucket = checkLimits[slot];
        if (bucket == null) {
            bucket = new TokenBucket(16, 2_000);
            checkLimits[slot] = bucket;
        }
        return bucket;
    }
}
