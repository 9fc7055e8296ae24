// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.Revocation;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.netconf.RequestMetadata;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ConfigChunk;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.verb.ErrorReply;
import org.orrery.core.verb.NetworkCredentials;
import org.orrery.core.verb.OkBody;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.Bonds;
import org.orrery.core.vl1.IdentityChecker;
import org.orrery.core.vl1.Inbound;
import org.orrery.core.vl1.LocalSocket;
import org.orrery.core.vl1.LongTable;
import org.orrery.core.vl1.NatMapping;
import org.orrery.core.vl1.PathPolicy;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.PeerReach;
import org.orrery.core.vl1.PeerReport;
import org.orrery.core.vl1.Peers;
import org.orrery.core.vl1.PingResult;
import org.orrery.core.vl1.PingWay;
import org.orrery.core.vl1.RelayPolicy;
import org.orrery.core.vl1.TableUse;
import org.orrery.core.vl1.Upper;
import org.orrery.core.vl1.Vl1;
import org.orrery.core.vl2.ConfigRequests;
import org.orrery.core.vl2.FrameSink;
import org.orrery.core.vl2.Network;
import org.orrery.core.vl2.Networks;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;

/**
 * A node as a function of time and events: peers, paths and networks. The control lane calls it, one call at a time; data
 * lanes share {@link #peers} and {@link #networks} with it and hand over what they do not handle alone. It has no clock:
 * every call brings the time, in milliseconds since 1970.
 */
public final class Node {
    private final SecretIdentity self;
    private final Effects effects;
    private final Vl1 vl1;
    private final Networks networks;
    private final Map<DropReason, Long> frameCounts = new EnumMap<>(DropReason.class);
    private final DropLog drops = new DropLog(0);
    private volatile boolean upstream;

    /**
     * @param lanes how many lanes use this node's peers, the control lane included
     * @param platform for controllers' lists, such as {@code linux/x86_64}
     * @param random strong: it makes packet IDs
     */
    public Node(
            SecretIdentity self,
            World planet,
            int lanes,
            String platform,
            Effects effects,
            IdentityChecker checker,
            ConfigRequests controller,
            RandomGenerator random) {
        this.self = self;
        this.effects = effects;
        Version version = Version.COMPATIBLE;
        this.vl1 = new Vl1(
                self,
                lanes,
                new PeerVersion(Version.PROTOCOL, version.major(), version.minor(), version.revision()),
                planet,
                new Above(),
                effects,
                checker,
                random,
                effects::event,
                new Storage());
        this.networks = new Networks(
                self.identity(),
                RequestMetadata.ours(Version.PROTOCOL, version.major(), version.minor(), version.revision(), platform),
                vl1,
                controller,
                random,
                new Frames(effects),
                new Changes(),
                effects::event);
        this.upstream = vl1.upstream();
    }

    private final class Storage implements Vl1.Storage {
        @Override
        public void world(World world) {
            upstream = vl1.upstream();
            boolean moon = world.type() == WorldType.MOON;
            effects.save(moon ? StateKind.MOON : StateKind.PLANET, moon ? world.id() : 0, world.bytes());
        }

        @Override
        public void forgetMoon(long id) {
            upstream = vl1.upstream();
            effects.delete(StateKind.MOON, id);
        }

        @Override
        public void peer(long address, byte[] record) {
            effects.save(StateKind.PEER, address, record);
        }

        @Override
        public void forgetPeer(long address) {
            effects.delete(StateKind.PEER, address);
        }
    }

    /** What this node told others about itself is no longer so: tells them. */
    public void reintroduce(long nowMillis) {
        vl1.reintroduce(nowMillis);
    }

    public Address address() {
        return self.identity().address();
    }

    /** Any thread may look peers up. */
    public Peers peers() {
        return vl1.peers();
    }

    /** Any thread may look networks up. */
    public LongTable<Network> networks() {
        return networks.table();
    }

    /** Any thread may read what the control lane dropped last. */
    public DropLog drops() {
        return drops;
    }

    /** Whether a root was heard within 500 s, or this node is one. Control lane only. */
    public boolean online() {
        return vl1.online();
    }

    /** Any thread: whether this node is a root and so relays for anyone. */
    public boolean upstream() {
        return upstream;
    }

    // ---------------------------------------------------------------- events

    /** Call once, before all other events. */
    public void start(long nowMillis) {
        vl1.start(nowMillis);
        upstream = vl1.upstream();
    }

    /** The bound sockets are exactly these now. */
    public void sockets(List<LocalSocket> sockets, long nowMillis) {
        vl1.sockets(sockets, nowMillis);
        vl1.tick(nowMillis);
    }

    /** The way out may be another one than before: a link or route changed, or addresses that sockets do not show. */
    public void attached(long nowMillis) {
        vl1.attached(nowMillis);
    }

    /** Takes peers that an earlier run kept, the latest first; what is no record is skipped. */
    public void remember(List<byte[]> records, long nowMillis) {
        vl1.remember(records, nowMillis);
    }

    /**
     * Asks the roots over UDP for a sign of life, beyond what is done anyway.
     *
     * @return when anybody was last heard directly over UDP, {@code Long.MIN_VALUE / 2} if nobody was
     */
    public long askOverUdp(long nowMillis) {
        return vl1.askOverUdp(nowMillis);
    }

    /** When anybody was last heard directly over UDP, {@code Long.MIN_VALUE / 2} if nobody was. */
    public long heardOverUdpMillis() {
        return vl1.heardOverUdpMillis();
    }

    /** UDP does not pass any more: what is reached over it is to be reached otherwise, and is asked whether it is back. */
    public void udpBlocked(long nowMillis) {
        vl1.udpBlocked(nowMillis);
    }

    /** A packet that a lane handed over, or that a single-lane host received. */
    public DropReason packet(Inbound packet, long nowMillis) {
        DropReason reason = vl1.receive(packet, nowMillis);
        if (reason == DropReason.RULES_INBOUND) {
            drops.judged(nowMillis, reason, networks.judge());
        } else if (reason.lost()) {
            byte[] bytes = packet.packet();
            drops.packet(nowMillis, reason, packet.from(), bytes, 0, bytes.length);
        }
        return reason;
    }

    /** A frame that a lane handed over: a whole Ethernet frame, owned. */
    public DropReason frame(long network, byte[] frame, long nowMillis) {
        DropReason reason = networks.frame(network, frame, nowMillis);
        frameCounts.merge(reason, 1L, Long::sum);
        if (reason == DropReason.RULES_OUTBOUND) {
            drops.judged(nowMillis, reason, networks.judge());
        } else if (reason.lost()) {
            drops.frame(nowMillis, reason, network, 0, frame, 0, frame.length, -1, null);
        }
        return reason;
    }

    /**
     * Tells under which endpoints others reach this node because a router was asked for it; offered to peers before all
     * others.
     */
    public void mapped(List<Endpoint> endpoints) {
        vl1.mapped(endpoints);
    }

    /** Says what the owner wants of paths; holds at once, for lanes too. */
    public void pathPolicy(PathPolicy policy, long nowMillis) {
        vl1.pathPolicy(policy, nowMillis);
    }

    /** Several paths to one peer used together. Control lane only. */
    public Bonds bonds() {
        return vl1.bonds();
    }

    /** Whether ports common with peers behind other kinds of NAT are searched for, where both sides want it. */
    public void searchPorts(boolean wanted, long nowMillis) {
        vl1.searchPorts(wanted, nowMillis);
    }

    /** A datagram, owned, arrived at socket {@code index} of {@link org.orrery.core.vl1.SearchSockets}. */
    public void searched(int index, Endpoint from, byte[] datagram, long nowMillis) {
        vl1.searched(index, from, datagram, nowMillis);
    }

    /** A lane heard a peer from an endpoint that is not one of its paths. */
    public void heardElsewhere(Peer peer, int socket, Endpoint remote, long nowMillis) {
        vl1.heardElsewhere(peer, socket, remote, nowMillis);
    }

    /** A lane heard a peer over a relay at {@code from}, which is not the way that is used to it. */
    public void heardRelayed(Peer peer, int socket, Endpoint from, long nowMillis) {
        vl1.heardRelayed(peer, socket, from, nowMillis);
    }

    /** A lane passed a packet on from one peer directly to another. */
    public void relayed(long source, long destination, long nowMillis) {
        vl1.relayed(source, destination, nowMillis);
    }

    /** A lane of a node that is no root got a datagram for somebody else: fellow members may use us as their relay. */
    public DropReason relayRequest(int socket, Endpoint from, byte[] datagram, long nowMillis) {
        return vl1.relayRequest(socket, from, datagram, nowMillis);
    }

    /** When {@link #tick} should be called at the latest. */
    public long nextDeadlineMillis(long nowMillis) {
        return Math.min(vl1.nextDeadlineMillis(nowMillis), networks.nextDeadlineMillis(nowMillis));
    }

    /** Runs all timers that are due; an early or repeated call does nothing. */
    public void tick(long nowMillis) {
        vl1.tick(nowMillis);
        networks.tick(nowMillis);
    }

    // ---------------------------------------------------------------- roots

    /** The moons that this node orbits, in order of their IDs. */
    public List<World> moons() {
        return vl1.moons();
    }

    /** IDs of moons that are waited for. */
    public List<Long> awaitedMoons() {
        return vl1.awaitedMoons();
    }

    /**
     * Orbits a moon whose definition this node's owner has.
     *
     * @return false if it is no moon, older than the one held, not signed as that one asks, or no more fit
     */
    public boolean orbit(World moon, long nowMillis) {
        boolean taken = vl1.orbit(moon, nowMillis);
        upstream = vl1.upstream();
        return taken;
    }

    /**
     * Orbits moon {@code id} as soon as its root {@code seed}, or another root, tells what it is.
     *
     * @return false if no more fit
     */
    public boolean orbit(long id, Address seed, long nowMillis) {
        return vl1.orbit(id, seed, nowMillis);
    }

    /** Leaves a moon; answers whether it was known or waited for. */
    public boolean deorbit(long id, long nowMillis) {
        return vl1.deorbit(id, nowMillis);
    }

    /** Says which roots may and should carry what has no direct path. */
    public void relayPolicy(RelayPolicy policy, long nowMillis) {
        vl1.relayPolicy(policy, nowMillis);
    }

    // ---------------------------------------------------------------- networks

    /**
     * Joins a network.
     *
     * @param kept the dictionary kept from an earlier run, null if there is none
     * @return false if no more networks fit
     */
    public boolean join(NetworkId network, byte @Nullable [] kept, long nowMillis) {
        boolean fresh = networks.facts(network) == null;
        if (!networks.join(network, kept, nowMillis)) {
            return false;
        }
        if (fresh) {
            if (kept == null) {
                effects.save(StateKind.NETWORK_CONFIG, network.bits(), new byte[] {'\n'});
            }
            effects.event("network.joined network=" + network);
            new Changes().changed(network, nowMillis);
        }
        return true;
    }

    /** Leaves a network; answers whether it was joined. */
    public boolean leave(NetworkId network) {
        if (!networks.leave(network)) {
            return false;
        }
        effects.delete(StateKind.NETWORK_CONFIG, network.bits());
        effects.networkLeft(network);
        effects.event("network.left network=" + network);
        return true;
    }

    /** The local interface of {@code network} wants exactly these multicast groups. */
    public void subscribe(NetworkId network, Collection<MulticastGroup> groups, long nowMillis) {
        networks.subscribe(network, groups, nowMillis);
    }

    /** Asks the controller for the configuration now. */
    public void refresh(NetworkId network, long nowMillis) {
        networks.hurry(network, nowMillis);
    }

    // ---------------------------------------------------------------- the controller's answers

    /** Sends a configuration: in answer to request {@code packetId}, or unasked if that is 0. */
    public void sendConfig(Address to, NetworkId network, long packetId, List<ConfigChunk> chunks, long nowMillis) {
        networks.authorized(network, to, nowMillis);
        for (ConfigChunk chunk : chunks) {
            var body = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
            if (packetId != 0) {
                body.u8(Verb.NETWORK_CONFIG_REQUEST.id()).u64(packetId);
            }
            chunk.write(body);
            vl1.sender().send(to.bits(), packetId != 0 ? Verb.OK : Verb.NETWORK_CONFIG, body.toByteArray(), nowMillis);
        }
    }

    /** The controller in this node made a configuration for this node itself. */
    public void configured(NetworkId network, byte[] dictionary, long nowMillis) {
        networks.configured(network, dictionary, nowMillis);
    }

    /** The controller in this node refuses this node itself. */
    public void refused(NetworkId network, boolean networkExists, long nowMillis) {
        networks.refusedLocally(network, networkExists, nowMillis);
    }

    /** Refuses request {@code packetId}. */
    public void sendRefusal(Address to, NetworkId network, long packetId, ErrorCode code, long nowMillis) {
        var body = new WireWriter(64);
        ErrorReply.of(Verb.NETWORK_CONFIG_REQUEST.id(), packetId, code, network).write(body);
        vl1.sender().send(to.bits(), Verb.ERROR, body.toByteArray(), nowMillis);
    }

    /** Sends revocations to a member, which passes them on. They must fit one packet. */
    public void sendRevocations(Address to, List<Revocation> revocations, long nowMillis) {
        var credentials = new NetworkCredentials(List.of(), List.of(), List.of(), revocations, List.of());
        var body = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
        credentials.write(body);
        vl1.sender().send(to.bits(), Verb.NETWORK_CREDENTIALS, body.toByteArray(), nowMillis);
    }

    /**
     * The controller in this node revoked something: this node heeds it too. The controller tells the other members: a
     * further packet to them within a second would make them drop one of the two.
     */
    public void revoked(List<Revocation> revocations, long nowMillis) {
        networks.revoked(revocations, nowMillis);
    }

    // ---------------------------------------------------------------- status

    /** @param laneCounts what data lanes counted, added to what the control lane counted */
    public NodeStatus status(Map<DropReason, Long> laneCounts, long nowMillis) {
        Map<DropReason, Long> packets = new EnumMap<>(DropReason.class);
        packets.putAll(vl1.drops());
        frameCounts.forEach((reason, count) -> packets.merge(reason, count, Long::sum));
        laneCounts.forEach((reason, count) -> packets.merge(reason, count, Long::sum));
        return new NodeStatus(
                address(),
                self.identity().toString(),
                vl1.online(),
                vl1.upstream(),
                vl1.planet().id(),
                vl1.planet().timestampMillis(),
                vl1.sockets().stream()
                        .filter(socket -> !socket.tunnel())
                        .map(LocalSocket::local)
                        .toList(),
                vl1.surfaces(nowMillis),
                packets,
                vl1.relay(),
                vl1.relayPolicy());
    }

    /** How full every bounded table of the control lane is; of several alike the fullest. */
    public List<TableUse> tables() {
        List<TableUse> all = new ArrayList<>(vl1.tables());
        all.addAll(networks.tables());
        return all;
    }

    /** In order of address. */
    public List<PeerStatus> peers(long nowMillis) {
        return vl1.reports(nowMillis).stream().map(Node::status).toList();
    }

    private static PeerStatus status(PeerReport report) {
        PeerVersion version = report.version();
        List<PeerStatus.PathStatus> paths = report.paths().stream()
                .map(path -> new PeerStatus.PathStatus(
                        path.remote(),
                        path.socket(),
                        path.lastSendMillis(),
                        path.lastReceiveMillis(),
                        path.alive(),
                        path.preferred(),
                        path.trustedPathId()))
                .toList();
        return new PeerStatus(
                report.address(),
                version == null ? 0 : version.protocol(),
                version == null ? null : new Version(version.major(), version.minor(), version.revision()),
                report.latencyMillis(),
                report.role(),
                paths,
                report.relayedBecause(),
                Optional.ofNullable(report.bond()));
    }

    /** How a peer is reached and why not otherwise; null if it is not known. */
    public @Nullable PeerReach reach(Address peer, long nowMillis) {
        return vl1.reach(peer.bits(), nowMillis);
    }

    /** How the way out treats this node's sockets, as far as others told. */
    public List<NatMapping> natMappings(long nowMillis) {
        return vl1.natMappings(nowMillis);
    }

    /**
     * Asks {@code to} for an echo.
     *
     * @param bytes of payload, 8 to 8,192
     * @param done told once, now or within ten seconds; it must not call back into the node
     */
    public void ping(Address to, PingWay way, int bytes, Consumer<PingResult> done, long nowMillis) {
        if (to.equals(address())) {
            done.accept(new PingResult.Failed("this is the node's own address"));
        } else {
            vl1.ping(to.bits(), way, bytes, done, nowMillis);
        }
    }

    /**
     * Asks every root at every address it has, so that what is known of them is fresh.
     *
     * @return false if they were asked within the last two seconds: nothing was done
     */
    public boolean askRoots(long nowMillis) {
        return vl1.askRoots(nowMillis);
    }

    /** What rules see of a joined network and of {@code members}; null without a configuration. */
    public Networks.@Nullable Seen seen(NetworkId network, Collection<Address> members) {
        return networks.seen(network, members);
    }

    /** In order of number. */
    public List<NetworkStatus> networkStatuses() {
        List<NetworkStatus> all = new ArrayList<>();
        for (NetworkId id : networks.ids()) {
            Networks.Facts facts = networks.facts(id);
            if (facts != null) {
                all.add(status(facts));
            }
        }
        return all;
    }

    private NetworkStatus status(Networks.Facts facts) {
        NetworkConfig config = facts.config();
        NetworkStatus.State state = state(facts);
        Optional<NetworkStatus.Wait> wait = state == NetworkStatus.State.OK
                ? Optional.empty()
                : Optional.of(new NetworkStatus.Wait(
                        waitReason(facts),
                        facts.lastEvent(),
                        facts.lastEventMillis(),
                        Math.max(0, facts.requestedMillis())));
        return new NetworkStatus(
                facts.id(),
                new Mac(facts.mac()),
                config == null ? "" : config.name(),
                state,
                config == null || !config.publicNetwork(),
                config == null ? NetworkConfig.MTU_DEFAULT : config.mtu(),
                facts.bridge(),
                config != null && config.broadcast(),
                config == null ? 0 : config.revision(),
                config == null ? List.of() : config.staticIps(),
                config == null ? List.of() : routes(config),
                facts.subscriptions(),
                config == null ? "" : config.nameServers().domain(),
                config == null ? List.of() : config.nameServers().servers(),
                wait,
                facts.multicastCut());
    }

    private static List<NetworkStatus.Route> routes(NetworkConfig config) {
        List<NetworkStatus.Route> routes = new ArrayList<>();
        for (org.orrery.core.netconf.Route route : config.routes()) {
            if (route.target() != null) {
                routes.add(new NetworkStatus.Route(route.target(), Optional.ofNullable(route.via())));
            }
        }
        return routes;
    }

    private static NetworkStatus.State state(Networks.Facts facts) {
        return switch (facts.failure()) {
            case ACCESS_DENIED -> NetworkStatus.State.ACCESS_DENIED;
            case NOT_FOUND, AD_HOC_ID, BAD_ID -> NetworkStatus.State.NOT_FOUND;
            case AUTHENTICATION_REQUIRED -> NetworkStatus.State.AUTHENTICATION_REQUIRED;
            case NONE, BAD_CONFIGURATION, BAD_SIGNATURE ->
                facts.config() == null ? NetworkStatus.State.REQUESTING_CONFIGURATION : NetworkStatus.State.OK;
        };
    }

    private NetworkStatus.WaitReason waitReason(Networks.Facts facts) {
        return switch (facts.failure()) {
            case ACCESS_DENIED -> NetworkStatus.WaitReason.NOT_AUTHORIZED;
            case NOT_FOUND -> NetworkStatus.WaitReason.NOT_FOUND;
            case AD_HOC_ID -> NetworkStatus.WaitReason.AD_HOC_ID;
            case BAD_ID -> NetworkStatus.WaitReason.BAD_ID;
            case BAD_SIGNATURE -> NetworkStatus.WaitReason.BAD_SIGNATURE;
            case AUTHENTICATION_REQUIRED -> NetworkStatus.WaitReason.AUTHENTICATION_REQUIRED;
            case BAD_CONFIGURATION -> NetworkStatus.WaitReason.BAD_CONFIGURATION;
            case NONE -> {
                long controller = facts.id().controller().bits();
                if (vl1.sockets().isEmpty()) {
                    yield NetworkStatus.WaitReason.NO_SOCKET;
                }
                boolean known = controller == address().bits() || vl1.peers().find(controller) != null;
                if (!known && !vl1.upstream() && !vl1.online()) {
                    yield NetworkStatus.WaitReason.NO_ROOT;
                }
                yield known ? NetworkStatus.WaitReason.CONTROLLER_SILENT : NetworkStatus.WaitReason.CONTROLLER_UNKNOWN;
            }
        };
    }

    // ---------------------------------------------------------------- what the engines call

    private final class Above implements Upper {
        @Override
        public Outcome message(Inbound packet, Peer peer, Verb verb, WireReader body, long nowMillis) {
            return networks.message(packet, peer, verb, body, nowMillis);
        }

        @Override
        public Outcome ok(Inbound packet, Peer peer, OkBody ok, long nowMillis) {
            return networks.ok(packet, peer, ok, nowMillis);
        }

        @Override
        public void error(Peer peer, ErrorReply error, long nowMillis) {
            networks.error(peer, error, nowMillis);
        }

        @Override
        public boolean insideNetwork(Ip ip) {
            return networks.inside(ip);
        }

        @Override
        public void greeted(Peer peer, long nowMillis) {
            networks.greeted(peer, nowMillis);
        }

        @Override
        public void peerKnown(Peer peer, long nowMillis) {
            networks.peerKnown(peer, nowMillis);
        }
    }

    private final class Changes implements Networks.Listener {
        @Override
        public void changed(NetworkId network, long nowMillis) {
            Networks.Facts facts = networks.facts(network);
            if (facts != null) {
                effects.networkChanged(status(facts));
            }
        }

        @Override
        public void keep(NetworkId network, byte[] dictionary) {
            effects.save(StateKind.NETWORK_CONFIG, network.bits(), dictionary);
        }
    }

    /** Passes frames on to the outside. */
    private record Frames(Effects effects) implements FrameSink {
        @Override
        public void deliver(
                long network, long source, long destination, int etherType, byte[] payload, int offset, int length) {
            effects.deliver(network, source, destination, etherType, payload, offset, length);
        }

        @Override
        public void observed(
                long network,
                long from,
                int flags,
                long source,
                long destination,
                int etherType,
                byte[] payload,
                int offset,
                int length) {
            effects.observed(network, from, flags, source, destination, etherType, payload, offset, length);
        }
    }
}
