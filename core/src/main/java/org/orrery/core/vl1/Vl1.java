// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.verb.ErrorReply;
import org.orrery.core.verb.Ok;
import org.orrery.core.verb.OkBody;
import org.orrery.core.verb.OkEcho;
import org.orrery.core.verb.OkHello;
import org.orrery.core.verb.OkWhois;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.PushDirectPaths;
import org.orrery.core.verb.Rendezvous;
import org.orrery.core.verb.Verb;
import org.orrery.core.verb.Whois;
import org.orrery.core.wire.Compression;
import org.orrery.core.wire.DatagramKind;
import org.orrery.core.wire.Fragments;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;
import org.orrery.core.world.World;

/**
 * The engine of peers and paths: who is known, how each is reached, and the messages that keep it so. Control lane only;
 * data lanes use the {@link Peers} table and what it publishes.
 */
public final class Vl1 {
    private static final long SCAN_MILLIS = 1_000;
    private static final long HOUSEKEEPING_MILLIS = 30_000;
    private static final long CONFIRM_MILLIS = 1_000;

    /** Paths under confirmation at once; the oldest gives way. */
    private static final int CONFIRMATIONS_MAX = 1_024;

    private static final Prefix TUNNEL_BROKER = Prefix.parse("2001:470::/32").orElseThrow();

    /** Longest answer to WHOIS: as many identities as fit one datagram. */
    private static final int WHOIS_ANSWERS_MAX = 16;

    /** WHOIS sent on behalf of strangers' packets and requests. */
    private final TokenBucket foreignWhois = new TokenBucket(64, 10);

    private final SecretIdentity self;
    private final Upper upper;
    private final java.util.function.Consumer<String> events;
    private final java.util.function.Consumer<World> planetKeeper;
    private final Peers peers;
    private final Topology topology;
    private final Surfaces surfaces = new Surfaces();
    private final Expectations expectations = new Expectations();
    private final WaitingRoom waiting = new WaitingRoom();
    private final Sender sender;
    private final Greeter greeter;
    private final Introducer introducer;
    private final Keeper keeper;
    private final RandomGenerator random;
    private final Transmitter transmitter;
    private final Map<Confirmation, Long> confirmations = new java.util.LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Confirmation, Long> eldest) {
            return size() > CONFIRMATIONS_MAX;
        }
    };
    private final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
    private final byte[] decompressed = new byte[PacketHeader.PACKET_BYTES_MAX];
    private List<LocalSocket> sockets = List.of();
    private Set<Integer> socketIds = Set.of();
    private long nextScanMillis = Long.MIN_VALUE / 2;
    private long nextHousekeepingMillis = Long.MIN_VALUE / 2;
    private boolean online;

    private record Confirmation(long peer, int socket, Endpoint remote) {}

    /**
     * @param lanes how many lanes have ciphers for each peer, the control lane included
     * @param announcement what HELLO says about this node
     * @param events takes finished lines for a person
     * @param planetKeeper is given the planet to store whenever it changed
     */
    public Vl1(
            SecretIdentity self,
            int lanes,
            PeerVersion announcement,
            World planet,
            Upper upper,
            Transmitter transmitter,
            IdentityChecker checker,
            RandomGenerator random,
            java.util.function.Consumer<String> events,
            java.util.function.Consumer<World> planetKeeper) {
        this.self = self;
        this.upper = upper;
        this.random = random;
        this.transmitter = transmitter;
        this.events = events;
        this.planetKeeper = planetKeeper;
        this.peers = new Peers(self, lanes);
        this.topology = new Topology(self.identity(), planet);
        long address = self.identity().address().bits();
        this.sender = new Sender(address, peers, expectations, waiting, transmitter, random);
        var reaching = new Reaching();
        this.greeter = new Greeter(self, announcement, peers, topology, surfaces, sender, checker, new Greetings());
        this.introducer = new Introducer(peers, sender, transmitter, random, reaching);
        this.keeper = new Keeper(peers, topology, sender, random, reaching);
    }

    public Peers peers() {
        return peers;
    }

    public Sender sender() {
        return sender;
    }

    /** Whether this node is a root. */
    public boolean upstream() {
        return topology.upstream();
    }

    public World planet() {
        return topology.planet();
    }

    public List<Endpoint> surfaces(long nowMillis) {
        return surfaces.trusted(nowMillis);
    }

    /** What became of packets that the control lane looked at. */
    public Map<DropReason, Long> drops() {
        return drops;
    }

    public List<LocalSocket> sockets() {
        return sockets;
    }

    /** Call once before anything else. */
    public void start(long nowMillis) {
        peers.upstreams(topology.otherRoots(), nowMillis);
        online = topology.upstream();
    }

    /** The bound sockets changed. Paths of closed ones are forgotten, roots are contacted from new ones. */
    public void sockets(List<LocalSocket> now, long nowMillis) {
        sockets = List.copyOf(now);
        Set<Integer> ids = new LinkedHashSet<>();
        sockets.forEach(socket -> ids.add(socket.id()));
        boolean added = !socketIds.containsAll(ids);
        socketIds = ids;
        peers.forEach(peer -> peer.tidy(nowMillis, socketIds::contains));
        if (added) {
            keeper.reset();
        }
        nextScanMillis = nowMillis;
    }

    // ---------------------------------------------------------------- packets in

    /** A packet for this node, opened or not. The answer is counted, {@link DropReason#NONE} included. */
    public DropReason receive(Inbound packet, long nowMillis) {
        DropReason reason = accept(packet, nowMillis);
        drops.merge(reason, 1L, Long::sum);
        return reason;
    }

    private DropReason accept(Inbound in, long nowMillis) {
        if (in.peer() != null) {
            return dispatch(in, in.peer(), nowMillis);
        }
        byte[] packet = in.packet();
        long source = PacketHeader.source(packet, 0);
        if (source == self.identity().address().bits()) {
            return DropReason.OWN_SOURCE;
        }
        int suite = PacketHeader.suite(packet, 0);
        if (suite == 0 && PacketHeader.verb(packet, 0) == Verb.HELLO.id()) {
            return greeter.onHello(in, nowMillis);
        }
        if (suite != 0 && suite != 1 && suite != 3) {
            return suite == 2 ? DropReason.UNTRUSTED_PATH : DropReason.BAD_CIPHER;
        }
        Peer peer = peers.find(source);
        if (peer == null) {
            return park(source, in, nowMillis);
        }
        return openAndDispatch(in, peer, nowMillis);
    }

    private DropReason park(long source, Inbound in, long nowMillis) {
        if (Address.reserved(source)) {
            return DropReason.BAD_FIELD;
        }
        if (!waiting.waitsFor(source) && !foreignWhois.take(nowMillis)) {
            return DropReason.WHOIS_LIMIT;
        }
        if (!waiting.hold(source, in, nowMillis)) {
            return DropReason.WAITING_ROOM_FULL;
        }
        if (waiting.askNow(source, nowMillis)) {
            whois(source, nowMillis);
        }
        return DropReason.WAITING_FOR_SENDER;
    }

    private DropReason openAndDispatch(Inbound in, Peer peer, long nowMillis) {
        byte[] packet = in.packet();
        if (!peer.cipher(Sender.CONTROL_LANE).open(packet, 0, packet.length)) {
            return DropReason.BAD_MAC;
        }
        if (PacketHeader.compressed(packet, 0)) {
            int length = Compression.decompress(packet, 0, packet.length, decompressed, 0);
            if (length < 0) {
                return DropReason.BAD_COMPRESSION;
            }
            packet = java.util.Arrays.copyOf(decompressed, length);
        }
        return dispatch(new Inbound(in.socket(), in.from(), packet, peer, in.arrivedMillis()), peer, nowMillis);
    }

    private DropReason dispatch(Inbound in, Peer peer, long nowMillis) {
        byte[] packet = in.packet();
        int id = PacketHeader.verb(packet, 0);
        Verb verb = Verb.of(id);
        var body = new WireReader(packet, PacketHeader.BYTES, packet.length - PacketHeader.BYTES);
        if (verb == null) {
            received(peer, in, Verb.NOP, false, nowMillis);
            return DropReason.UNKNOWN_VERB;
        }
        Upper.Outcome outcome =
                switch (verb) {
                    case HELLO -> {
                        DropReason reason = greeter.greeted(peer, in, nowMillis);
                        yield Upper.Outcome.dropped(reason); // it does its own receipt
                    }
                    case OK -> onOk(in, peer, body, nowMillis);
                    case ERROR -> onError(peer, body, nowMillis);
                    case WHOIS -> onWhois(in, peer, body, nowMillis);
                    case RENDEZVOUS -> onRendezvous(in, peer, body, nowMillis);
                    case ECHO -> onEcho(in, peer, body, nowMillis);
                    case PUSH_DIRECT_PATHS -> onPush(peer, body, nowMillis);
                    case FRAME,
                            EXT_FRAME,
                            MULTICAST_LIKE,
                            NETWORK_CREDENTIALS,
                            NETWORK_CONFIG_REQUEST,
                            NETWORK_CONFIG,
                            MULTICAST_GATHER,
                            MULTICAST_FRAME -> upper.message(in, peer, verb, body, nowMillis);
                    case ACK, QOS_MEASUREMENT, PATH_NEGOTIATION_REQUEST ->
                        Upper.Outcome.dropped(DropReason.UNKNOWN_VERB);
                    case NOP, CIRCUIT_TEST, USER_MESSAGE, REMOTE_TRACE -> Upper.Outcome.ACCEPTED;
                };
        if (outcome.post()) {
            received(peer, in, verb, outcome.trust(), nowMillis);
        }
        return outcome.reason();
    }

    /** An authentic packet was accepted: what that says about the peer and the way it came. */
    private void received(Peer peer, Inbound in, Verb verb, boolean trust, long nowMillis) {
        peer.noteReceived(nowMillis);
        if (nontrivial(verb)) {
            peer.noteActive(nowMillis);
        }
        if (trust) {
            peer.noteTrusted(nowMillis);
        }
        boolean direct = PacketHeader.hops(in.packet(), 0) == 0;
        if (direct) {
            heardOver(peer, in.socket(), in.from(), verb == Verb.OK, nowMillis);
        }
        if (peer.trusted(nowMillis)) {
            introducer.maybePush(peer, in, direct, nowMillis);
        }
    }

    /** Frames and configurations: a peer that exchanges these is worth keeping the ways open to. */
    private static boolean nontrivial(Verb verb) {
        return switch (verb) {
            case FRAME, EXT_FRAME, MULTICAST_FRAME, NETWORK_CONFIG_REQUEST, NETWORK_CONFIG -> true;
            default -> false;
        };
    }

    /** A data lane heard a known peer from an endpoint that is not one of its paths. */
    public void heardElsewhere(Peer peer, int socket, Endpoint remote, long nowMillis) {
        heardOver(peer, socket, remote, false, nowMillis);
    }

    private void heardOver(Peer peer, int socket, Endpoint remote, boolean answered, long nowMillis) {
        Path path = peer.pathOf(socket, remote);
        if (path != null) {
            boolean wasDead = !path.alive(nowMillis);
            path.noteIn(nowMillis);
            path.probesUnanswered = 0;
            if (wasDead || peer.best() == null) {
                peer.choose(nowMillis);
                released(peer, nowMillis);
            }
            return;
        }
        if (peer.reaches(socket, remote, nowMillis) || !usable(peer, remote)) {
            return;
        }
        if (answered) {
            learn(peer, socket, remote, nowMillis);
        } else {
            confirm(peer, socket, remote, nowMillis);
        }
    }

    private void learn(Peer peer, int socket, Endpoint remote, long nowMillis) {
        boolean wasRelayed = peer.best() == null;
        Path path = peer.learn(socket, remote, nowMillis);
        if (path == null) {
            return;
        }
        path.noteOut(nowMillis);
        peer.noteReceived(nowMillis); // the answer that proved the path
        peer.pushesWithoutPath = 0;
        if (wasRelayed) {
            events.accept("path.up peer=" + peer + " via=" + remote);
        }
        if (peer.upstream()) {
            peers.chooseRelay(nowMillis);
            updateOnline(nowMillis);
            waiting.hurry();
            waiting.tick(nowMillis, address -> whois(address, nowMillis));
        }
        released(peer, nowMillis);
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
        greeter.hello(peer, socket, remote, remote, nowMillis);
    }

    /** May a path to {@code remote} be tried for {@code peer}? */
    private boolean usable(Peer peer, Endpoint remote) {
        Ip ip = remote.ip();
        return ip.scope().usableForPaths()
                && !TUNNEL_BROKER.contains(ip)
                && topology.mayUse(peer.address(), ip)
                && !upper.insideNetwork(ip);
    }

    // ---------------------------------------------------------------- verbs

    private Upper.Outcome onOk(Inbound in, Peer peer, WireReader body, long nowMillis) {
        Verb answered = Verb.of(body.u8());
        long answeredId = body.u64();
        if (!body.intact()) {
            return Upper.Outcome.dropped(body.fault());
        }
        if (answered == null || !expectations.expected(answeredId, peer.address(), answered, nowMillis)) {
            return Upper.Outcome.dropped(DropReason.UNEXPECTED_OK);
        }
        OkBody ok = OkBody.read(answered.id(), body);
        if (ok == null) {
            return Upper.Outcome.dropped(body.fault());
        }
        return switch (ok) {
            case OkHello hello -> onOkHello(in, peer, hello, nowMillis);
            case OkWhois whois -> onOkWhois(peer, whois, nowMillis);
            case OkEcho _ -> Upper.Outcome.ACCEPTED;
            default -> upper.ok(in, peer, ok, nowMillis);
        };
    }

    private Upper.Outcome onOkHello(Inbound in, Peer peer, OkHello hello, long nowMillis) {
        DropReason reason = greeter.onOk(peer, in, hello, nowMillis);
        if (reason != DropReason.NONE) {
            return Upper.Outcome.dropped(reason);
        }
        if (PacketHeader.hops(in.packet(), 0) == 0) {
            heardOver(peer, in.socket(), in.from(), true, nowMillis);
            Path path = peer.pathOf(in.socket(), in.from());
            if (path != null) {
                path.measured(nowMillis - hello.timestampMillis());
                peer.choose(nowMillis);
            }
        }
        return Upper.Outcome.ACCEPTED;
    }

    private Upper.Outcome onOkWhois(Peer peer, OkWhois whois, long nowMillis) {
        if (!peer.upstream()) {
            return Upper.Outcome.ignored(DropReason.NOT_FROM_ROOT);
        }
        for (Identity identity : whois.identities()) {
            Peer known = peers.add(identity, nowMillis);
            if (known != null) {
                met(known, nowMillis);
            }
        }
        return Upper.Outcome.ACCEPTED;
    }

    private void met(Peer peer, long nowMillis) {
        upper.peerKnown(peer, nowMillis);
        released(peer, nowMillis);
    }

    private void released(Peer peer, long nowMillis) {
        if (!waiting.waitsFor(peer.address())) {
            return;
        }
        WaitingRoom.Released released = waiting.release(peer.address());
        released.outgoing().forEach(message -> message.send(peer, nowMillis));
        for (Inbound in : released.incoming()) {
            receive(in, nowMillis);
        }
    }

    private Upper.Outcome onError(Peer peer, WireReader body, long nowMillis) {
        ErrorReply error = ErrorReply.read(body);
        if (error == null) {
            return Upper.Outcome.dropped(body.fault());
        }
        if (error.errorCode() == ErrorCode.IDENTITY_COLLISION && peer.upstream()) {
            events.accept("identity.collision root=" + peer
                    + " text=another node uses this address with another key; make a new identity");
        }
        upper.error(peer, error, nowMillis);
        return Upper.Outcome.ACCEPTED;
    }

    private Upper.Outcome onWhois(Inbound in, Peer peer, WireReader body, long nowMillis) {
        if (!topology.upstream() && !peer.whoisIntake.take(nowMillis)) {
            return Upper.Outcome.dropped(DropReason.RATE_LIMITED);
        }
        Whois whois = Whois.read(body);
        if (whois == null) {
            return Upper.Outcome.dropped(body.fault());
        }
        List<Identity> found = new ArrayList<>();
        for (Address wanted : whois.wanted()) {
            if (found.size() == WHOIS_ANSWERS_MAX) {
                break;
            }
            Identity identity = identityOf(wanted.bits());
            if (identity != null) {
                found.add(identity);
            } else if (!Address.reserved(wanted.bits())
                    && peer.unknownIntake.take(nowMillis)
                    && foreignWhois.take(nowMillis)) {
                whois(wanted.bits(), nowMillis);
            }
        }
        if (!found.isEmpty()) {
            answer(peer, in, new OkWhois(found), nowMillis);
        }
        return Upper.Outcome.ACCEPTED;
    }

    /** The identity of a known address, our own included. */
    public @Nullable Identity identityOf(long address) {
        if (address == self.identity().address().bits()) {
            return self.identity();
        }
        Peer peer = peers.find(address);
        return peer == null ? null : peer.identity();
    }

    private Upper.Outcome onRendezvous(Inbound in, Peer peer, WireReader body, long nowMillis) {
        if (!peer.upstream()) {
            return Upper.Outcome.ignored(DropReason.NOT_FROM_ROOT);
        }
        Rendezvous rendezvous = Rendezvous.read(body);
        if (rendezvous == null) {
            return Upper.Outcome.ignored(body.fault());
        }
        introducer.onRendezvous(in, rendezvous, nowMillis);
        return Upper.Outcome.ACCEPTED;
    }

    private Upper.Outcome onEcho(Inbound in, Peer peer, WireReader body, long nowMillis) {
        if (!peer.echoIntake.take(nowMillis)) {
            return Upper.Outcome.dropped(DropReason.RATE_LIMITED);
        }
        answer(peer, in, new OkEcho(body.blob(body.remaining())), nowMillis);
        return Upper.Outcome.ACCEPTED;
    }

    /** An OK over the way that the question came; one that does not fit a packet is left out. */
    private void answer(Peer peer, Inbound in, OkBody ok, long nowMillis) {
        var body = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
        Ok.to(PacketHeader.id(in.packet(), 0), ok).write(body);
        if (!body.overflowed()) {
            sender.sendTo(peer, in.socket(), in.from(), Verb.OK, body.toByteArray(), nowMillis);
        }
    }

    private Upper.Outcome onPush(Peer peer, WireReader body, long nowMillis) {
        PushDirectPaths push = PushDirectPaths.read(body);
        if (push == null) {
            return Upper.Outcome.dropped(body.fault());
        }
        introducer.onPush(peer, push, nowMillis);
        return Upper.Outcome.ACCEPTED;
    }

    /** This node passed a packet on from one peer directly to another. */
    public void relayed(long source, long destination, long nowMillis) {
        introducer.relayed(source, destination, nowMillis);
    }

    /**
     * A datagram for somebody else arrived at this node, which is no root. It is passed on only for fellow members, over
     * paths that carried a proof of membership lately.
     */
    public DropReason relayRequest(int socket, Endpoint from, byte[] datagram, long nowMillis) {
        DropReason reason = relayTrusted(socket, from, datagram, nowMillis);
        drops.merge(reason, 1L, Long::sum);
        return reason;
    }

    private DropReason relayTrusted(int socket, Endpoint from, byte[] datagram, long nowMillis) {
        boolean[] trusted = new boolean[1];
        peers.forEach(peer -> trusted[0] |= peer.trusted(nowMillis) && peer.pathOf(socket, from) != null);
        if (!trusted[0]) {
            return DropReason.NOT_A_RELAY;
        }
        Peer peer = peers.find(PacketHeader.destination(datagram, 0));
        Path path = peer == null ? null : peer.best();
        if (path == null) {
            return DropReason.NO_WAY_TO_RELAY;
        }
        boolean fragment = DatagramKind.of(datagram, 0, datagram.length) == DatagramKind.FRAGMENT;
        if (fragment) {
            Fragments.setHops(datagram, 0, Fragments.hops(datagram, 0) + 1);
        } else {
            PacketHeader.setHops(datagram, 0, PacketHeader.hops(datagram, 0) + 1);
        }
        transmitter.send(path.socket(), path.remote(), datagram, 0, datagram.length);
        path.noteOut(nowMillis);
        return DropReason.RELAYED;
    }

    /** Looks up an address that something above needs; it is told by {@link Upper#peerKnown}. */
    public void want(long address, long nowMillis) {
        if (peers.find(address) == null && !Address.reserved(address)) {
            sender.send(address, Verb.NOP, new byte[0], nowMillis);
            if (waiting.askNow(address, nowMillis)) {
                whois(address, nowMillis);
            }
        }
    }

    private void whois(long address, long nowMillis) {
        Peer root = peers.relay();
        List<Peer> roots = peers.upstreams();
        if (roots.size() > 1 && waiting.timesAsked(address) % 2 == 0) {
            root = roots.get(random.nextInt(roots.size()));
        }
        if (root == null || root.paths().length == 0) {
            return;
        }
        var body = new WireWriter(8);
        new Whois(List.of(new Address(address))).write(body);
        sender.send(root, Verb.WHOIS, body.toByteArray(), nowMillis);
    }

    // ---------------------------------------------------------------- time

    /** Says HELLO again to every Orrery node in reach, because our features changed. */
    public void reintroduce(long nowMillis) {
        peers.forEach(peer -> {
            Path path = peer.features() == null ? null : peer.best();
            if (path != null) {
                greeter.hello(peer, path.socket(), path.remote(), path.remote(), nowMillis);
            }
        });
    }

    /** When {@link #tick} next has something to do. */
    public long nextDeadlineMillis(long nowMillis) {
        long next = Math.min(nextScanMillis, introducer.nextDueMillis());
        if (waiting.addresses() > 0) {
            next = Math.min(next, nowMillis + 100);
        }
        if (!online) {
            next = Math.min(next, nowMillis + 100);
        }
        return next;
    }

    /** Runs what is due; an early call does nothing. */
    public void tick(long nowMillis) {
        waiting.tick(nowMillis, address -> whois(address, nowMillis));
        introducer.tick(nowMillis);
        if (!online || nowMillis - nextScanMillis >= 0) {
            keeper.contactRoots(nowMillis);
        }
        if (nowMillis - nextScanMillis >= 0) {
            nextScanMillis = nowMillis + SCAN_MILLIS;
            peers.forEach(peer -> keeper.keepAlive(peer, nowMillis));
            peers.chooseRelay(nowMillis);
            updateOnline(nowMillis);
        }
        if (nowMillis - nextHousekeepingMillis >= 0) {
            nextHousekeepingMillis = nowMillis + HOUSEKEEPING_MILLIS;
            peers.expire(nowMillis);
        }
    }

    /** Online is a root that was heard lately, or being one. */
    private void updateOnline(long nowMillis) {
        boolean now = topology.upstream()
                || peers.upstreams().stream().anyMatch(root -> root.paths().length > 0 && root.alive(nowMillis));
        if (now != online) {
            online = now;
            events.accept(now ? "node.online" : "node.offline");
        }
    }

    /** Whether a root was heard within 500 s, or this node is one. */
    public boolean online() {
        return online;
    }

    /** Whether some outgoing message or packet waits for the identity of {@code address}, and how often it was asked for. */
    public int timesAsked(long address) {
        return waiting.timesAsked(address);
    }

    /** How full the tables of peers and paths are. */
    public List<TableUse> tables() {
        int paths = 0;
        for (Peer peer : peers.sorted()) {
            paths = Math.max(paths, peer.paths().length);
        }
        return List.of(
                new TableUse("peers", peers.size(), Peers.PEERS_MAX),
                new TableUse("paths of one peer", paths, Peer.PATHS_MAX),
                new TableUse("confirmations", confirmations.size(), CONFIRMATIONS_MAX),
                new TableUse("expectations", expectations.size(), Expectations.EXPECTATIONS_MAX),
                new TableUse("addresses waited for", waiting.addresses(), WaitingRoom.ADDRESSES_MAX),
                new TableUse("bytes waiting", waiting.bytes(), WaitingRoom.BYTES_LIMIT),
                new TableUse("surfaces", surfaces.size(), Surfaces.SURFACES_MAX),
                new TableUse("identity checks", greeter.checking(), Greeter.CHECKS_MAX),
                new TableUse("probes", introducer.probing(), Introducer.PROBES_MAX),
                new TableUse("introduced pairs", introducer.pairs(), Introducer.PAIRS_MAX));
    }

    /** All peers, in order of address. */
    public List<PeerReport> reports(long nowMillis) {
        return peers.sorted().stream().map(peer -> report(peer, nowMillis)).toList();
    }

    private static PeerReport report(Peer peer, long nowMillis) {
        Path best = peer.best();
        List<PeerReport.PathReport> paths = new ArrayList<>();
        for (Path path : peer.paths()) {
            if (!path.expired(nowMillis)) {
                paths.add(new PeerReport.PathReport(
                        path.remote(),
                        path.socket(),
                        Math.max(0, path.lastOutMillis()),
                        Math.max(0, path.lastInMillis()),
                        path.alive(nowMillis),
                        path == best));
            }
        }
        return new PeerReport(
                new Address(peer.address()),
                peer.version(),
                peer.latencyMillis(),
                peer.role,
                paths,
                best != null ? "" : relayedBecause(peer));
    }

    private static String relayedBecause(Peer peer) {
        if (peer.paths().length > 0) {
            return "its known paths have been silent for more than " + Path.ALIVE_MILLIS / 1_000 + " s";
        }
        if (peer.candidatesTried > 0) {
            return peer.candidatesTried + " addresses were tried, none has answered";
        }
        return "no address of it is known yet: neither a root nor the peer has named one";
    }

    // ---------------------------------------------------------------- what the parts call back

    private List<LocalSocket> socketsOf(boolean v6) {
        return sockets.stream().filter(socket -> socket.local().ip().v6() == v6).toList();
    }

    private final class Greetings implements Greeter.Listener {
        @Override
        public void met(Peer peer, long nowMillis) {
            Vl1.this.met(peer, nowMillis);
        }

        @Override
        public void movedNetwork(Endpoint seen, long nowMillis) {
            events.accept("node.moved seen=" + seen);
            boolean v6 = seen.ip().v6();
            peers.forEach(peer -> {
                for (Path path : peer.paths()) {
                    Ip ip = path.remote().ip();
                    if (ip.v6() == v6 && ip.scope() == seen.ip().scope()) {
                        path.reset(nowMillis);
                        keeper.probe(peer, path.socket(), path.remote(), nowMillis);
                    }
                }
                peer.choose(nowMillis);
            });
            keeper.reset();
            peers.chooseRelay(nowMillis);
        }

        @Override
        public void planetChanged(long nowMillis) {
            World planet = topology.planet();
            events.accept("planet.updated id=" + org.orrery.core.value.Hex.of(planet.id(), 16) + " timestamp="
                    + planet.timestampMillis());
            planetKeeper.accept(planet);
            peers.upstreams(topology.otherRoots(), nowMillis);
            keeper.reset();
        }

        @Override
        public void received(Peer peer, Inbound packet, Verb verb, boolean trust, long nowMillis) {
            Vl1.this.received(peer, packet, verb, trust, nowMillis);
            upper.greeted(peer, nowMillis);
        }
    }

    private final class Reaching implements Keeper.Reach, Introducer.Prober {
        @Override
        public void hello(Peer peer, int socket, @Nullable Endpoint to, Endpoint via, long nowMillis) {
            greeter.hello(peer, socket, to, via, nowMillis);
        }

        @Override
        public List<LocalSocket> sockets(boolean v6) {
            return socketsOf(v6);
        }

        @Override
        public void probe(Peer peer, int socket, Endpoint to, long nowMillis) {
            keeper.probe(peer, socket, to, nowMillis);
        }

        @Override
        public boolean usable(Peer peer, Endpoint to, long nowMillis) {
            return Vl1.this.usable(peer, to);
        }

        @Override
        public List<Endpoint> ownEndpoints(long nowMillis) {
            Set<Endpoint> own = new LinkedHashSet<>();
            for (LocalSocket socket : sockets) {
                if (socket.local().ip().scope().usableForPaths()) {
                    own.add(socket.local());
                }
            }
            own.addAll(surfaces.trusted(nowMillis));
            return new ArrayList<>(own);
        }
    }
}
