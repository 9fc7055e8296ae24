// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Hex;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.Verb;
import org.orrery.core.world.World;

/**
 * The engine of peers and paths: who is known, how each is reached, and the messages that keep it so. Control lane only;
 * data lanes use the {@link Peers} table and what it publishes.
 */
public final class Vl1 {
    private static final long SCAN_MILLIS = 1_000;
    private static final long HOUSEKEEPING_MILLIS = 30_000;
    private static final long ASK_ROOTS_MILLIS = 2_000;

    /** Ticks come at least every {@link #SCAN_MILLIS}; who misses them for this long was suspended. */
    private static final long SLEEP_MILLIS = 5_000;

    private final Upper upper;
    private final Consumer<String> events;
    private final Storage storage;
    private final Peers peers;
    private final Topology topology;
    private final Surfaces surfaces = new Surfaces();
    private List<Endpoint> mapped = List.of();
    private final Expectations expectations = new Expectations();
    private final WaitingRoom waiting = new WaitingRoom();
    private final Sender sender;
    private final Greeter greeter;
    private final Introducer introducer;
    private final Keeper keeper;
    private final Orbits orbits;
    private final PathHints hints;
    private final Lookup lookup;
    private final PathLearner learner;
    private final Intake intake;
    private final FellowRelay fellowRelay;
    private final PathWatch watch;
    private final PathMtu mtus;
    private final Relays relays;
    private final PortSearch search;
    private final Bonds bonds;
    private final Ways ways;
    private final PeerMemory memory;
    private final Awakening awakening;
    private final Pinger pinger;
    private final OpenSockets sockets = new OpenSockets();
    private long nextScanMillis = Long.MIN_VALUE / 2;
    private long nextHousekeepingMillis = Long.MIN_VALUE / 2;
    private long lastTickMillis;
    private long askedRootsMillis = Long.MIN_VALUE / 2;
    private boolean online;

    /** Where things are kept from one run to the next. */
    public interface Storage {
        /** A planet or moon, in place of the one with the same type and ID. */
        void world(World world);

        void forgetMoon(long id);

        void peer(long address, byte[] record);

        void forgetPeer(long address);
    }

    /**
     * @param lanes how many lanes have ciphers for each peer, the control lane included
     * @param announcement what HELLO says about this node
     * @param events takes finished lines for a person
     * @param storage keeps what is to survive this run
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
            Consumer<String> events,
            Storage storage) {
        this.upper = upper;
        this.events = events;
        this.storage = storage;
        this.peers = new Peers(self, lanes, random);
        this.topology = new Topology(self.identity(), planet);
        long address = self.identity().address().bits();
        this.sender = new Sender(address, peers, expectations, waiting, transmitter, this::pathless);
        var reaching = new Reaching();
        this.greeter = new Greeter(self, announcement, peers, topology, surfaces, sender, checker, new Greetings());
        this.introducer = new Introducer(peers, sender, transmitter, sockets, random, reaching);
        this.keeper = new Keeper(peers, topology, sockets, sender, random, reaching);
        this.orbits = new Orbits(address, peers, topology, greeter, keeper, storage, events, this::rootsChanged);
        this.hints = new PathHints(peers, sockets, random, this::helloAsHinted);
        this.lookup = new Lookup(self, peers, topology, sender, waiting, random, new Found());
        this.learner =
                new PathLearner(peers, topology, greeter, upper::insideNetwork, sockets::has, events, new Reached());
        this.pinger = new Pinger(peers, sender, random);
        this.search = new PortSearch(peers, sender, transmitter, sockets, random, new Searching(), events);
        this.ways = new Ways(peers, surfaces, sockets, search, events);
        this.bonds = new Bonds(peers, sender, sockets, new Bonding(), events);
        this.mtus = new PathMtu(peers, sender, random, events);
        this.relays = new Relays(peers, this::askOver, events);
        this.intake = new Intake(
                address,
                peers,
                expectations,
                sender,
                greeter,
                introducer,
                lookup,
                learner,
                upper,
                pinger,
                bonds,
                mtus,
                search,
                relays,
                events,
                this::heardRelayed);
        this.memory = new PeerMemory(peers, sockets, new Remembering());
        this.awakening = new Awakening(peers, introducer, sockets, reaching);
        this.watch = new PathWatch(peers, new Watching(), events);
        this.fellowRelay = new FellowRelay(peers, transmitter);
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

    /** The moons that this node orbits, in order of their IDs. */
    public List<World> moons() {
        return topology.moons();
    }

    /** IDs of moons that are waited for. */
    public List<Long> awaitedMoons() {
        return topology.awaited();
    }

    /** See {@link Orbits#orbit(World, long)}. */
    public boolean orbit(World moon, long nowMillis) {
        return orbits.orbit(moon, nowMillis);
    }

    /** See {@link Orbits#orbit(long, Address, long)}. */
    public boolean orbit(long id, Address seed, long nowMillis) {
        return orbits.orbit(id, seed, nowMillis);
    }

    /** Leaves a moon; answers whether it was known or waited for. */
    public boolean deorbit(long id, long nowMillis) {
        return orbits.deorbit(id, nowMillis);
    }

    private void rootsChanged(long nowMillis) {
        peers.upstreams(topology.otherRoots(), nowMillis);
        keeper.reset();
        keeper.contactRoots(nowMillis);
        updateOnline(nowMillis);
    }

    /** The root that carries what has no direct path. */
    public Optional<Address> relay() {
        return Optional.ofNullable(peers.relay())
                .filter(root -> root.best() != null)
                .map(root -> new Address(root.address()));
    }

    public RelayPolicy relayPolicy() {
        return peers.relayPolicy();
    }

    /** Says which roots may and should carry what has no direct path. */
    public void relayPolicy(RelayPolicy policy, long nowMillis) {
        peers.relayPolicy(policy, nowMillis);
    }

    public PathPolicy pathPolicy() {
        return peers.pathPolicy();
    }

    /** Says what the owner wants of paths; those that it excludes are given up at once. */
    public void pathPolicy(PathPolicy policy, long nowMillis) {
        peers.pathPolicy(policy, nowMillis);
        hints.changed();
        keeper.reset();
        nextScanMillis = nowMillis;
    }

    private void pathless(Peer peer, long nowMillis) {
        hints.wanted(peer, nowMillis);
    }

    public List<Endpoint> surfaces(long nowMillis) {
        return surfaces.trusted(nowMillis);
    }

    /** What {@code Node.mapped} says. */
    public void mapped(List<Endpoint> endpoints) {
        mapped = List.copyOf(endpoints);
    }

    /** What became of packets that the control lane looked at. */
    public Map<DropReason, Long> drops() {
        return intake.drops();
    }

    public List<LocalSocket> sockets() {
        return sockets.all();
    }

    /** Call once before anything else. */
    public void start(long nowMillis) {
        peers.upstreams(topology.otherRoots(), nowMillis);
        online = topology.upstream();
    }

    /**
     * The bound sockets are exactly these now. Paths of closed ones are forgotten; over new ones roots and peers in use
     * are greeted at once.
     */
    public void sockets(List<LocalSocket> now, long nowMillis) {
        boolean changed = sockets.replace(now);
        peers.forEach(peer -> peer.tidy(nowMillis, sockets::has));
        surfaces.closed(sockets::has);
        if (changed) {
            attached(nowMillis);
        }
        nextScanMillis = nowMillis;
    }

    /** The way out may be another one than before: another address, link or route, or a sleep between. */
    public void attached(long nowMillis) {
        peers.forEach(peer -> peer.searches.forget(nowMillis));
        keeper.reset();
        keeper.contactRoots(nowMillis);
        awakening.greetAll(nowMillis);
        chooseRelay(nowMillis);
    }

    /** Takes what an earlier run gave to {@link Storage#peer}, the latest first. */
    public void remember(List<byte[]> records, long nowMillis) {
        memory.remember(records, nowMillis);
    }

    /**
     * Asks the roots over UDP for a sign of life, beyond what is done anyway.
     *
     * @return when anybody was last heard directly over UDP, {@code Long.MIN_VALUE / 2} if nobody was
     */
    public long askOverUdp(long nowMillis) {
        if (keeper.askOverUdp(nowMillis) == 0) {
            keeper.contactRoots(nowMillis);
        }
        return heardOverUdpMillis();
    }

    /** When anybody was last heard directly over UDP, {@code Long.MIN_VALUE / 2} if nobody was. */
    public long heardOverUdpMillis() {
        return peers.heardOverUdpMillis();
    }

    /** UDP does not pass any more: what is reached over it is to be reached otherwise. */
    public void udpBlocked(long nowMillis) {
        peers.udpBlocked(nowMillis);
        keeper.reset();
        chooseRelay(nowMillis);
    }

    // ---------------------------------------------------------------- packets in

    /** A packet for this node, opened or not. The answer is counted, {@link DropReason#NONE} included. */
    public DropReason receive(Inbound packet, long nowMillis) {
        return intake.receive(packet, nowMillis);
    }

    /** Whether ports common with peers behind other kinds of NAT are searched for; the peers are told. */
    public void searchPorts(boolean wanted, long nowMillis) {
        if (wanted != search.wanted()) {
            search.want(wanted);
            greeter.searchesPorts = wanted;
            reintroduce(nowMillis);
        }
    }

    /** What {@code Node.searched} says. */
    public void searched(int index, Endpoint from, byte[] datagram, long nowMillis) {
        search.arrived(index, from, datagram, nowMillis);
    }

    /** A peer was heard over a relay at {@code from}, authentic and no recording as far as can be known. */
    public void heardRelayed(Peer peer, int socket, Endpoint from, long nowMillis) {
        watch.heardRelayed(peer, nowMillis);
        Peer root = peers.rootAt(socket, from);
        if (root != null) {
            relays.hint(peer, root, nowMillis);
        }
    }

    private void askOver(Peer peer, Path path, boolean introduce, long nowMillis) {
        if (introduce) {
            greeter.hello(peer, path.socket(), null, path.remote(), nowMillis);
        } else {
            sender.sendTo(peer, path.socket(), path.remote(), Verb.ECHO, new byte[0], nowMillis);
        }
        path.noteOut(nowMillis);
    }

    /** A data lane heard a known peer from an endpoint that is not one of its paths. */
    public void heardElsewhere(Peer peer, int socket, Endpoint remote, long nowMillis) {
        learner.heard(peer, socket, remote, false, nowMillis);
    }

    /** The identity of a known address, our own included. */
    public @Nullable Identity identityOf(long address) {
        return lookup.identityOf(address);
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
        return intake.count(fellowRelay.relay(socket, from, datagram, nowMillis), 1);
    }

    /** Looks up an address that something above needs; it is told by {@link Upper#peerKnown}. */
    public void want(long address, long nowMillis) {
        lookup.want(address, nowMillis);
    }

    // ---------------------------------------------------------------- time

    /** Says HELLO again to Orrery nodes in reach, because our features changed; who is left out hears within a minute. */
    public void reintroduce(long nowMillis) {
        greeter.helloToSome(peer -> peer.features() != null, nowMillis);
    }

    /** When {@link #tick} next has something to do. */
    public long nextDeadlineMillis(long nowMillis) {
        long next = Math.min(
                Math.min(nextScanMillis, memory.nextDueMillis()),
                Math.min(introducer.nextDueMillis(), Math.min(watch.nextDueMillis(), bonds.nextDueMillis())));
        next = Math.min(next, Math.min(mtus.nextDueMillis(), search.nextDueMillis()));
        next = Math.min(next, relays.nextDueMillis());
        if (waiting.addresses() > 0) {
            next = Math.min(next, nowMillis + 100);
        }
        if (!online || keeper.seeking()) {
            next = Math.min(next, nowMillis + 100);
        }
        return next;
    }

    /** Runs what is due; an early call does nothing. */
    public void tick(long nowMillis) {
        if (nowMillis - lastTickMillis >= SLEEP_MILLIS && lastTickMillis > 0) {
            events.accept("node.woke after_ms=" + (nowMillis - lastTickMillis));
            attached(nowMillis);
        }
        lastTickMillis = nowMillis;
        memory.tick(nowMillis);
        lookup.tick(nowMillis);
        intake.tick(nowMillis);
        introducer.tick(nowMillis);
        boolean look = nowMillis - watch.nextDueMillis() >= 0;
        if (!online || look || nowMillis - nextScanMillis >= 0) {
            keeper.contactRoots(nowMillis);
        }
        keeper.contactSeeds(nowMillis);
        if (look) {
            watch.tick(nowMillis);
        }
        bonds.tick(nowMillis);
        relays.tick(nowMillis);
        mtus.tick(nowMillis);
        search.tick(nowMillis);
        if (nowMillis - nextScanMillis >= 0) {
            nextScanMillis = nowMillis + SCAN_MILLIS;
            pinger.tick(nowMillis);
            peers.forEach(peer -> {
                keeper.keepAlive(peer, nowMillis);
                ways.tell(peer, nowMillis);
            });
            hints.tick(nowMillis);
            memory.keep(nowMillis);
            chooseRelay(nowMillis);
            updateOnline(nowMillis);
        }
        if (nowMillis - nextHousekeepingMillis >= 0) {
            nextHousekeepingMillis = nowMillis + HOUSEKEEPING_MILLIS;
            peers.forEach(peer -> peer.tidy(nowMillis, sockets::has));
            peers.expire(nowMillis);
        }
    }

    private void chooseRelay(long nowMillis) {
        Peer before = peers.relay();
        peers.chooseRelay(nowMillis);
        Peer now = peers.relay();
        if (before != now && before != null && now != null && before.paths().length > 0 && now.paths().length > 0) {
            events.accept("relay.changed root=" + now + " was=" + before);
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
                new TableUse("peers kept", memory.kept(), PeerMemory.KEPT_MAX),
                new TableUse("fellow paths", fellowRelay.paths(), FellowRelay.PATHS_MAX),
                new TableUse("moons", topology.moons().size(), Topology.MOONS_MAX),
                new TableUse("confirmations", learner.confirming(), PathLearner.CONFIRMATIONS_MAX),
                new TableUse("expectations", expectations.size(), Expectations.EXPECTATIONS_MAX),
                new TableUse("addresses waited for", waiting.addresses(), WaitingRoom.ADDRESSES_MAX),
                new TableUse("bytes waiting", waiting.bytes(), WaitingRoom.BYTES_LIMIT),
                new TableUse("packets in doubt", intake.doubtful(), Doubtful.PACKETS_MAX),
                new TableUse("surfaces", surfaces.size(), Surfaces.SURFACES_MAX),
                new TableUse("identity checks", greeter.checking(), Greeter.CHECKS_MAX),
                new TableUse("probes", introducer.probing(), Introducer.PROBES_MAX),
                new TableUse("bonds", bonds.count(), Bonds.BONDS_MAX),
                new TableUse("searches helped", search.helping(), PortSearch.HELPED_MAX),
                new TableUse("sockets kept of searches", search.kept(), PortSearch.KEPT_MAX),
                new TableUse("pings", pinger.underWay(), Pinger.PINGS_MAX),
                new TableUse("introduced pairs", introducer.pairs(), Introducer.PAIRS_MAX));
    }

    /** All peers, in order of address. */
    public List<PeerReport> reports(long nowMillis) {
        return ways.reports(nowMillis);
    }

    /** How the way out treats our sockets, as far as others told. */
    public List<NatMapping> natMappings(long nowMillis) {
        return ways.natMappings(nowMillis);
    }

    /** How a peer is reached and why not otherwise; null if it is not known. */
    public @Nullable PeerReach reach(long address, long nowMillis) {
        return ways.reach(address, nowMillis);
    }

    /** Several paths to one peer used together. */
    public Bonds bonds() {
        return bonds;
    }

    /** Asks {@code to} for an echo; {@code done} is told once, now or within ten seconds. */
    public void ping(long to, PingWay way, int bytes, Consumer<PingResult> done, long nowMillis) {
        if (pinger.ping(to, way, bytes, done, nowMillis)) {
            lookup.want(to, nowMillis);
        }
    }

    /**
     * Says HELLO to every endpoint of every root from every socket, so that what is known of them is fresh; not more often
     * than every two seconds.
     *
     * @return whether it was not too soon
     */
    public boolean askRoots(long nowMillis) {
        if (nowMillis - askedRootsMillis < ASK_ROOTS_MILLIS) {
            return false;
        }
        askedRootsMillis = nowMillis;
        for (Peer root : peers.upstreams()) {
            List<Endpoint> endpoints = topology.stableEndpoints(root.address());
            for (Endpoint to : endpoints.subList(0, Math.min(endpoints.size(), Candidates.CANDIDATES_MAX))) {
                List<LocalSocket> able = sockets.ordinary(to.ip().v6()).stream()
                        .filter(socket -> !socket.tunnel())
                        .toList();
                if (!able.isEmpty()) {
                    root.candidates().tried(to, Candidate.Source.LISTED, nowMillis);
                }
                able.forEach(socket -> greeter.hello(root, socket.id(), to, to, nowMillis));
            }
        }
        return true;
    }

    // ---------------------------------------------------------------- what the parts call back

    private void helloAsHinted(Peer peer, int socket, Endpoint to, long nowMillis) {
        peer.candidates().tried(to, Candidate.Source.HINT, nowMillis);
        greeter.hello(peer, socket, to, to, nowMillis);
    }

    private final class Reached implements PathLearner.Listener {
        @Override
        public void reached(Peer peer, long nowMillis) {
            if (peer.upstream()) {
                chooseRelay(nowMillis);
                updateOnline(nowMillis);
                lookup.hurry(nowMillis);
            }
            lookup.released(peer, nowMillis);
            upper.greeted(peer, nowMillis);
            ways.tell(peer, nowMillis);
        }

        @Override
        public boolean redirect(Peer peer, int socket, Endpoint remote, long nowMillis) {
            Endpoint seen = surfaces.seenBy(peer.address(), socket, remote, nowMillis);
            return seen != null
                    && peer.trusted(nowMillis)
                    && introducer.redirect(peer, socket, remote, seen, nowMillis);
        }

        @Override
        public void learned(Peer peer, int socket, Endpoint remote, long nowMillis) {
            fellowRelay.learned(peer, socket, remote);
            watch.newPath(peer, socket, remote, nowMillis);
        }
    }

    private final class Remembering implements PeerMemory.Reach {
        @Override
        public void greet(Peer peer, Endpoint to, long nowMillis) {
            if (learner.usable(peer, to)) {
                for (LocalSocket socket : sockets.ordinary(to.ip().v6())) {
                    greeter.hello(peer, socket.id(), to, to, nowMillis);
                }
            }
        }

        @Override
        public void keep(long address, byte[] record) {
            storage.peer(address, record);
        }

        @Override
        public void forget(long address) {
            storage.forgetPeer(address);
        }
    }

    private final class Found implements Lookup.Listener {
        @Override
        public void told(Peer peer, Peer root, long nowMillis) {
            relays.hint(peer, root, nowMillis);
        }

        @Override
        public void known(Peer peer, long nowMillis) {
            pinger.known(peer, nowMillis);
            upper.peerKnown(peer, nowMillis);
        }

        @Override
        public void again(Inbound packet, long nowMillis) {
            receive(packet, nowMillis);
        }
    }

    private final class Watching implements PathWatch.Reach {
        @Override
        public void ask(Peer peer, Path path, boolean introduce, long nowMillis) {
            if (introduce) {
                greeter.hello(peer, path.socket(), path.remote(), path.remote(), nowMillis);
            } else {
                keeper.probe(peer, path.socket(), path.remote(), nowMillis);
            }
        }

        @Override
        public void changed(Peer peer, long nowMillis) {
            if (peer.upstream()) {
                chooseRelay(nowMillis);
            }
            ways.tell(peer, nowMillis);
        }
    }

    private final class Bonding implements Bonds.Reach {
        @Override
        public void ask(Peer peer, int socket, Endpoint to, boolean introduce, long nowMillis) {
            if (introduce) {
                greeter.hello(peer, socket, to, to, nowMillis);
            } else {
                keeper.probe(peer, socket, to, nowMillis);
            }
        }

        @Override
        public boolean usable(Peer peer, Endpoint to) {
            return learner.usable(peer, to);
        }

        @Override
        public void changed(Peer peer, long nowMillis) {
            ways.tell(peer, nowMillis);
        }
    }

    private final class Searching implements PortSearch.Reach {
        @Override
        public List<NatMapping> nat(long nowMillis) {
            return ways.natMappings(nowMillis);
        }

        @Override
        public boolean counting(long nowMillis) {
            return surfaces.counting(nowMillis);
        }

        @Override
        public boolean usable(Peer peer, Endpoint at) {
            return learner.usable(peer, at);
        }

        @Override
        public void receive(Inbound packet, long nowMillis) {
            Vl1.this.receive(packet, nowMillis);
        }
    }

    private final class Greetings implements Greeter.Listener {
        @Override
        public void met(Peer peer, long nowMillis) {
            lookup.met(peer, nowMillis);
        }

        @Override
        public void movedNetwork(Endpoint seen, long nowMillis) {
            events.accept("node.moved seen=" + seen);
            boolean v6 = seen.ip().v6();
            peers.forEach(peer -> {
                peer.searches.forget(nowMillis);
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
            chooseRelay(nowMillis);
        }

        @Override
        public void planetChanged(long nowMillis) {
            World planet = topology.planet();
            events.accept("planet.updated id=" + Hex.of(planet.id(), 16) + " timestamp=" + planet.timestampMillis());
            storage.world(planet);
            rootsChanged(nowMillis);
        }

        @Override
        public void moonChanged(World moon, long nowMillis) {
            orbits.taken(moon, nowMillis);
        }

        @Override
        public void received(Peer peer, Inbound packet, Verb verb, boolean trust, long nowMillis) {
            intake.received(peer, packet, verb, trust, nowMillis);
            upper.greeted(peer, nowMillis);
        }
    }

    private final class Reaching implements Keeper.Reach, Introducer.Prober, Awakening.Reach {
        @Override
        public void hello(Peer peer, int socket, @Nullable Endpoint to, Endpoint via, long nowMillis) {
            greeter.hello(peer, socket, to, via, nowMillis);
        }

        @Override
        public void want(long address, long nowMillis) {
            lookup.want(address, nowMillis);
        }

        @Override
        public void probe(Peer peer, int socket, Endpoint to, long nowMillis) {
            keeper.probe(peer, socket, to, nowMillis);
        }

        @Override
        public boolean usable(Peer peer, Endpoint to, long nowMillis) {
            return learner.usable(peer, to);
        }

        @Override
        public String refusal(Peer peer, Endpoint to) {
            return learner.refusal(peer, to);
        }

        @Override
        public List<Endpoint> ownEndpoints(long nowMillis) {
            Set<Endpoint> own = new LinkedHashSet<>(mapped);
            for (LocalSocket socket : sockets.ordinary()) {
                if (socket.local().ip().scope().usableForPaths()) {
                    own.add(socket.local());
                }
            }
            own.addAll(surfaces.trusted(nowMillis));
            own.addAll(surfaces.predicted(nowMillis));
            return new ArrayList<>(own);
        }
    }
}
