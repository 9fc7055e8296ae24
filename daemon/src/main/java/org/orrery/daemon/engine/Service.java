// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.orrery.controller.ApiResponse;
import org.orrery.controller.EmbeddedController;
import org.orrery.controller.store.FileStore;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SecureGenerator;
import org.orrery.core.crypto.VectorSupport;
import org.orrery.core.node.ControlLink;
import org.orrery.core.node.DataLane;
import org.orrery.core.node.Drop;
import org.orrery.core.node.Effects;
import org.orrery.core.node.LaneOutput;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.node.Node;
import org.orrery.core.node.PeerStatus;
import org.orrery.core.node.StateKind;
import org.orrery.core.rules.RuleCounters;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl1.IdentityChecker;
import org.orrery.core.vl1.Inbound;
import org.orrery.core.vl1.LocalSocket;
import org.orrery.core.vl1.NatMapping;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.PeerReach;
import org.orrery.core.vl1.PingResult;
import org.orrery.core.vl1.PingWay;
import org.orrery.core.vl1.SearchSockets;
import org.orrery.core.vl2.Network;
import org.orrery.core.vl2.Networks;
import org.orrery.core.vl2.View;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.world.World;
import org.orrery.daemon.api.ControlLane;
import org.orrery.daemon.api.MoonView;
import org.orrery.daemon.api.NetworkView;
import org.orrery.daemon.api.NodeControl;
import org.orrery.daemon.api.ServiceStatus;
import org.orrery.daemon.capture.Observers;
import org.orrery.daemon.dns.HostDns;
import org.orrery.daemon.dns.ResolverPaths;
import org.orrery.daemon.home.HomeFolder;
import org.orrery.daemon.home.LocalConfig;
import org.orrery.daemon.home.LocalConfigFile;
import org.orrery.daemon.home.NetworkSettings;
import org.orrery.daemon.host.FullTunnel;
import org.orrery.net.AddressChoice;
import org.orrery.net.AddressWatcher;
import org.orrery.net.HostNetwork;
import org.orrery.net.Ports;
import tools.jackson.databind.JsonNode;

/**
 * A running node: the core on its control lane, data lanes, sockets, interfaces, the embedded controller and the files of
 * its home folder. Made and stopped by one thread; in between everything happens on the control lane, which the API
 * reaches through {@link NodeControl}.
 */
public final class Service implements NodeControl {
    // Of a stop, each longer than a disk takes that others keep busy.
    private static final long CONTROL_MILLIS = 8_000;
    private static final long STATE_MILLIS = 8_000;

    private static final long REBIND_MILLIS = 30_000;
    private static final long CONFIG_CHECK_MILLIS = 10_000;
    private static final int ETHERNET_BYTES = 14;

    /** Kept peers greeted at start. */
    private static final int PEERS_READ_MAX = 4_096;

    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    private final HomeFolder home;
    private final LocalConfigFile localConfig;
    private final int port;
    private final SteadyClock clock = new SteadyClock();
    private final long startedMillis = clock.millis();
    private final ControlThread control;
    private final Lanes lanes;
    private final AddressWatcher watcher;
    private final StateWriter state;
    private final UnderlaySockets sockets;
    private final FullTunnel tunnel;
    private final HostDns dns;
    private final SearchPorts searchPorts;
    private final VirtualPorts virtualPorts;
    private final MappedPort mappedPort;
    private final LocalPorts localPorts;
    private final EmbeddedController controller;
    private final Node node;
    private final Observers observers = new Observers();
    private final TcpFallback fallback;
    private final Moons moons;
    private final JoinedNetworks networks;
    private long nextRebindMillis;
    private long nextConfigCheckMillis;
    private final AtomicBoolean lookPending = new AtomicBoolean();
    private final AtomicBoolean rerouted = new AtomicBoolean();
    private volatile Consumer<LocalConfig> configChecked = _ -> {};

    /**
     * Puts a node together; nothing runs yet.
     *
     * @param secure a cryptographic source
     * @param ports of each data lane, at least one
     * @param port UDP port of all sockets
     * @param deviceMap names that a person chose for networks
     * @param resolver where the host's resolver is
     * @param failed run when a lane found a bug and ended; the service must then be closed
     */
    public Service(
            HomeFolder home,
            LocalConfigFile localConfig,
            SecretIdentity self,
            World planet,
            RandomGenerator secure,
            List<Ports> ports,
            int port,
            Map<NetworkId, String> deviceMap,
            ResolverPaths resolver,
            Runnable failed)
            throws IOException {
        this.home = home;
        this.localConfig = localConfig;
        this.port = port;
        this.control = new ControlThread(clock, failed);
        this.lanes = new Lanes(clock, ports, failed);
        this.watcher = lanes.ports().openAddressWatcher();
        this.state = new StateWriter(home);
        this.sockets = new UnderlaySockets(lanes);
        this.searchPorts = new SearchPorts(
                () -> lanes.ports().another(), sockets, control::offer, this::searched, SearchPorts.CLOSE_MILLIS_MAX);
        this.tunnel = new FullTunnel(lanes.ports(), home);
        this.dns = new HostDns(resolver, home, self.identity().address().toString());
        this.virtualPorts = new VirtualPorts(lanes, deviceMap, tunnel, dns, new OwnTraffic());
        this.controller = new EmbeddedController(
                self, new FileStore(controllerFolder()), secure, line -> LOG.log(Level.INFO, line));
        this.node = new Node(
                self,
                planet,
                lanes.count() + 2, // the control lane and the tunnel's
                platform(),
                new Outside(),
                new Checker(),
                controller,
                new SecureGenerator(secure));
        controller.attach(node);
        this.moons = new Moons(node, home, state, clock);
        this.networks = new JoinedNetworks(node, home, state, virtualPorts, clock);
        this.localPorts = new LocalPorts(port, new SecureGenerator(secure), clock.millis());
        this.mappedPort = new MappedPort(
                node.address(), new SecureGenerator(secure), mapped -> control.offer(() -> node.mapped(mapped)));
        this.fallback = new TcpFallback(
                node,
                planet,
                lanes,
                clock,
                control,
                localConfig.current().settings().tcpRelay(),
                () -> lane(lanes.count() + 1, new TunnelOutput(), secure),
                this::tellSockets);
        lanes.start(number -> lane(number, lanes.lane(number), secure));
    }

    private DataLane lane(int number, LaneOutput output, RandomGenerator secure) {
        return new DataLane(
                number,
                node.address().bits(),
                node.peers(),
                node.networks(),
                node::upstream,
                new SecureGenerator(secure),
                output,
                new Link());
    }

    /** What arrived through the tunnel goes on through the first lane's ports. */
    private final class TunnelOutput implements LaneOutput {
        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {
            lanes.first().sendNow(socket, to, bytes, offset, length);
        }

        @Override
        public void deliver(long network, byte[] bytes, int offset, int length) {
            lanes.first().deliverNow(network, bytes, offset, length);
        }
    }

    private java.nio.file.Path controllerFolder() {
        Optional<String> other = localConfig.current().settings().controllerDbPath();
        return other.map(java.nio.file.Path::of).orElseGet(home::controllerFolder);
    }

    private static String platform() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String architecture = System.getProperty("os.arch", "").equals("amd64")
                ? "x86_64"
                : System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : System.getProperty("os.arch", "");
        return (system.startsWith("mac") ? "macos" : system.startsWith("windows") ? "windows" : system) + "/"
                + architecture;
    }

    public Address address() {
        return node.address();
    }

    /** The door to the control lane, for the API. */
    public ControlLane controlLane() {
        return control;
    }

    /** Has {@code listener} run on the control lane every ten seconds with what holds of {@code local.conf}, changed or not. */
    public void onConfigCheck(Consumer<LocalConfig> listener) {
        configChecked = listener;
    }

    /** Begins to run: sockets open, kept networks are joined. */
    public void start() throws IOException {
        long now = clock.millis();
        tunnel.recover();
        dns.recover();
        node.start(now);
        node.relayPolicy(localConfig.current().settings().relay(), now);
        node.searchPorts(localConfig.current().settings().portSearch(), now);
        node.pathPolicy(localConfig.current().pathPolicy(), now);
        node.bonds().settings(localConfig.current().settings().bonding().settings(), now);
        moons.resume(now);
        refreshSockets(now);
        node.remember(home.peers(PEERS_READ_MAX, Optional::of), now);
        networks.resume(now);
        if (watcher.pollable()) {
            lanes.first().watch(watcher, this::hostChanged);
        }
        control.start(new Timers());
    }

    /** On the lane. Changes often come in showers; one look at the host answers for all that came before it. */
    private void hostChanged() {
        if (watcher.rerouted()) {
            rerouted.set(true);
        }
        if (!lookPending.getAndSet(true) && !control.offer(this::lookAtHost)) {
            lookPending.set(false);
        }
    }

    private void lookAtHost() {
        lookPending.set(false);
        long now = clock.millis();
        boolean rerouted = this.rerouted.getAndSet(false);
        boolean sockets = refreshSockets(now);
        if (!sockets && (rerouted || this.sockets.attachedAnew())) {
            node.attached(now);
        }
        networks.bringInLine(now);
        refreshMapping();
    }

    private void refreshMapping() {
        mappedPort.refresh(localConfig.current().settings().portMapping(), localPorts.mapped(), virtualPorts.names());
    }

    /** Answers whether the node was told of other sockets. */
    private boolean refreshSockets(long now) {
        nextRebindMillis = now + REBIND_MILLIS;
        LocalConfig config = localConfig.current();
        if (fallback.forced()) {
            searchPorts.close();
            boolean closed = sockets.closeAll();
            if (closed) {
                tellSockets(now);
            }
            return closed;
        }
        // A network must not travel inside itself, wherever a person may have put its address.
        Stream<Prefix> managed = virtualPorts.addresses().stream()
                .map(address -> new Prefix(address.ip(), address.ip().width()));
        List<Prefix> blacklisted = Stream.concat(
                        managed,
                        config.physical().stream()
                                .filter(LocalConfig.Physical::blacklist)
                                .map(LocalConfig.Physical::network))
                .toList();
        try {
            LocalConfig.Settings settings = config.settings();
            localPorts.update(settings, node.online(), sockets.taken(localPorts.secondary()), now);
            boolean changed = sockets.refresh(
                    localPorts.all(),
                    settings.bind(),
                    new AddressChoice(
                            settings.interfacePrefixAllowlist(),
                            settings.interfacePrefixBlacklist(),
                            settings.addressAllowlist(),
                            blacklisted,
                            virtualPorts.names()));
            if (changed) {
                tellSockets(now);
            }
            return changed;
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "socket.enumeration_failed reason=" + failure.getMessage());
            return false;
        }
    }

    private void tellSockets(long now) {
        List<LocalSocket> all = sockets.sockets();
        fallback.socket().ifPresent(all::add);
        node.sockets(all, now);
    }

    // ---------------------------------------------------------------- what the API asks; control lane

    @Override
    public ServiceStatus status() {
        Map<DropReason, Long> packets = lanes.counts();
        fallback.counts().forEach((reason, count) -> packets.merge(reason, count, Long::sum));
        return new ServiceStatus(
                node.status(packets, clock.millis()),
                port,
                localPorts.secondary(),
                localPorts.tertiary(),
                startedMillis,
                features(),
                fallback.status(),
                lanes.status(),
                mappedPort.state().text());
    }

    private ServiceStatus.Features features() {
        return new ServiceStatus.Features(
                localConfig.current().settings().portMapping(),
                fallback.allowed(),
                fallback.forced(),
                fallback.inUse());
    }

    @Override
    public List<PeerStatus> peers() {
        return node.peers(clock.millis());
    }

    @Override
    public List<NetworkView> networks() {
        return networks.views();
    }

    @Override
    public Optional<Networks.Seen> filter(NetworkId network, List<Address> members) {
        return Optional.ofNullable(node.seen(network, members));
    }

    @Override
    public Observers observers() {
        return observers;
    }

    @Override
    public Optional<PeerReach> reach(Address peer) {
        return Optional.ofNullable(node.reach(peer, clock.millis()));
    }

    @Override
    public boolean bonding() {
        return node.bonds().inUse();
    }

    @Override
    public boolean rotateBond(Address peer) {
        return node.bonds().rotate(peer.bits(), clock.millis());
    }

    @Override
    public boolean linkMtu(int bytes, String link, Ip remote) {
        return node.bonds().linkMtu(bytes, link, remote);
    }

    @Override
    public List<NatMapping> natMappings() {
        return node.natMappings(clock.millis());
    }

    @Override
    public void ping(Address to, PingWay way, int bytes, Consumer<PingResult> done) {
        node.ping(to, way, bytes, done, clock.millis());
    }

    @Override
    public boolean askRoots() {
        return node.askRoots(clock.millis());
    }

    @Override
    public Optional<RuleCounters.Snapshot> ruleCounters(NetworkId network) {
        Network joined = node.networks().find(network.bits());
        View view = joined == null ? null : joined.view();
        return view == null ? Optional.empty() : Optional.of(view.counters().snapshot());
    }

    @Override
    public List<Drop> drops() {
        List<Drop> drops = lanes.drops();
        drops.addAll(fallback.drops());
        drops.addAll(node.drops().snapshot());
        drops.sort(Comparator.comparingLong(Drop::millis).thenComparingLong(Drop::id));
        return drops;
    }

    @Override
    public List<World> moons() {
        return moons.followed();
    }

    @Override
    public MoonView orbit(long id, Optional<Address> seed) {
        return moons.orbit(id, seed);
    }

    @Override
    public boolean orbit(World moon) {
        return moons.orbit(moon);
    }

    @Override
    public void deorbit(long id) {
        moons.deorbit(id);
    }

    @Override
    public NetworkView join(NetworkId network, NetworkSettings.Change change) {
        return networks.join(network, change);
    }

    @Override
    public boolean leave(NetworkId network) {
        return networks.leave(network);
    }

    @Override
    public ApiResponse controller(String method, List<String> path, @Nullable JsonNode body) {
        long now = clock.millis();
        ApiResponse answer = controller.api().handle(method, path, body, now);
        controller.run(now);
        return answer;
    }

    // ---------------------------------------------------------------- time

    private final class Timers implements ControlThread.Timers {
        @Override
        public long nextDeadlineMillis(long nowMillis) {
            return Math.min(
                    Math.min(node.nextDeadlineMillis(nowMillis), controller.nextDeadlineMillis()),
                    Math.min(fallback.nextLookMillis(), Math.min(networks.nextScanMillis(), nextRebindMillis)));
        }

        @Override
        public void tick(long nowMillis) {
            node.tick(nowMillis);
            controller.run(nowMillis);
            fallback.tick(nowMillis);
            if (VectorSupport.wanted()) {
                Thread.ofPlatform().name("orrery-vectors").daemon().start(Service.this::prepareVectors);
            }
            if (nowMillis - nextRebindMillis >= 0) {
                lookAtHost();
            }
            networks.scanIfDue(nowMillis);
            if (nowMillis - nextConfigCheckMillis >= 0) {
                nextConfigCheckMillis = nowMillis + CONFIG_CHECK_MILLIS;
                localConfig.check().ifPresent(changed -> {
                    LOG.log(Level.INFO, "local_conf.applied");
                    fallback.configure(changed.settings().tcpRelay(), nowMillis);
                    refreshSockets(nowMillis);
                    refreshMapping();
                    node.relayPolicy(changed.settings().relay(), nowMillis);
                    node.searchPorts(changed.settings().portSearch(), nowMillis);
                    node.pathPolicy(changed.pathPolicy(), nowMillis);
                    node.bonds().settings(changed.settings().bonding().settings(), nowMillis);
                });
                configChecked.accept(localConfig.current());
            }
        }
    }

    private void prepareVectors() {
        boolean faster = VectorSupport.prepare(System::nanoTime);
        if (!VectorSupport.hopeful()) {
            // No longer so: peers were asked for the suite that vectors would have opened fast.
            control.offer(() -> node.reintroduce(clock.millis()));
        }
        LOG.log(Level.DEBUG, "ciphers.chosen vectors=" + faster);
    }

    // ---------------------------------------------------------------- what the node asks

    private void searched(int index, Endpoint from, byte[] datagram) {
        node.searched(index, from, datagram, clock.millis());
    }

    private final class Outside implements Effects {
        @Override
        public SearchSockets searchSockets() {
            return searchPorts;
        }

        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {
            lanes.first().sendNow(socket, to, bytes, offset, length);
        }

        @Override
        public void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
            lanes.first().sendWithTtl(socket, to, bytes, offset, length, ttl);
        }

        @Override
        public void deliver(
                long network, long source, long destination, int etherType, byte[] payload, int offset, int length) {
            byte[] frame = new byte[ETHERNET_BYTES + length];
            BigEndian.setU48(frame, 0, destination);
            BigEndian.setU48(frame, 6, source);
            BigEndian.setU16(frame, 12, etherType);
            System.arraycopy(payload, offset, frame, ETHERNET_BYTES, length);
            lanes.first().deliverNow(network, frame, 0, frame.length);
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
            observers.frame(network, from, flags, source, destination, etherType, payload, offset, length);
        }

        @Override
        public void networkChanged(NetworkStatus network) {
            networks.changed(network);
        }

        @Override
        public void networkLeft(NetworkId network) {
            virtualPorts.close(network);
        }

        @Override
        public void save(StateKind kind, long id, byte[] content) {
            state.save(kind, id, content);
        }

        @Override
        public void delete(StateKind kind, long id) {
            state.delete(kind, id);
        }

        @Override
        public void event(String line) {
            LOG.log(Level.INFO, line);
            boolean online = line.equals("node.online");
            if (online) {
                control.offer(Service.this::refreshMapping); // Not before: a start has more urgent things to do.
            }
            if (online || line.equals("node.offline")) {
                networks.online(online);
                control.offer(() -> virtualPorts.applyAll(online));
            }
        }
    }

    /** Checks strangers' identities beside the control lane; the core bounds how many at once. */
    private final class Checker implements IdentityChecker {
        @Override
        public void check(Identity identity, Consumer<Boolean> valid) {
            Thread.ofVirtual().name("orrery-identity-check").start(() -> {
                boolean good = identity.valid();
                control.offer(() -> valid.accept(good));
            });
        }
    }

    private final class OwnTraffic implements VirtualPorts.Underlay {
        @Override
        public List<Ip> own() {
            List<String> ownDevices = virtualPorts.names();
            try {
                return lanes.ports().interfaces().stream()
                        .filter(each -> each.up() && !each.loopback() && !ownDevices.contains(each.name()))
                        .flatMap(each -> each.addresses().stream())
                        .map(address -> address.prefix().ip())
                        .filter(ip -> ip.scope().usableForPaths())
                        .distinct()
                        .limit(HostNetwork.BINDINGS_MAX)
                        .toList();
            } catch (IOException failure) {
                LOG.log(Level.WARNING, "socket.enumeration_failed reason=" + failure.getMessage());
                return sockets.addresses();
            }
        }

        @Override
        public List<Ip> exposed() {
            if (!lanes.untied()) {
                return List.of();
            }
            return node.peers(clock.millis()).stream()
                    .flatMap(peer -> peer.paths().stream())
                    .map(path -> path.remote().ip())
                    .distinct()
                    .toList();
        }
    }

    private final class Link implements ControlLink {
        @Override
        public boolean packet(Inbound packet) {
            return control.offer(() -> node.packet(packet, clock.millis()));
        }

        @Override
        public boolean frame(long network, byte[] frame) {
            return control.offer(() -> node.frame(network, frame, clock.millis()));
        }

        @Override
        public boolean heardElsewhere(Peer peer, int socket, Endpoint remote) {
            return control.offer(() -> node.heardElsewhere(peer, socket, remote, clock.millis()));
        }

        @Override
        public boolean heardRelayed(Peer peer, int socket, Endpoint from) {
            return control.offer(() -> node.heardRelayed(peer, socket, from, clock.millis()));
        }

        @Override
        public boolean relayed(long source, long destination) {
            return control.offer(() -> node.relayed(source, destination, clock.millis()));
        }

        @Override
        public boolean relayRequest(int socket, Endpoint from, byte[] datagram) {
            return control.offer(() -> node.relayRequest(socket, from, datagram, clock.millis()));
        }
    }

    /**
     * Stops everything in order: name servers are taken back, interfaces go, sockets close, what is waiting to be written is
     * written. Takes less than 30 s even if each of these hangs.
     *
     * @return whether all of it was done; if not, the log says what is left and where
     */
    public boolean close() {
        boolean clean = dns.close();
        boolean ended = control.stop(
                () -> {
                    fallback.close();
                    searchPorts.close();
                    virtualPorts.closeAll();
                },
                CONTROL_MILLIS);
        if (!ended) {
            LOG.log(
                    Level.ERROR,
                    "control.stuck after_ms=" + CONTROL_MILLIS
                            + " text=interfaces were not taken down in order; they go with the process");
        }
        String rules = tunnel.left();
        if (!rules.isEmpty()) {
            LOG.log(
                    Level.ERROR,
                    "tunnel.left " + rules
                            + " text=routing rules are still there; they lead to an empty table, and the next start removes"
                            + " them");
        }
        mappedPort.close();
        lanes.stop();
        boolean written = state.close(STATE_MILLIS);
        return clean && ended && rules.isEmpty() && written;
    }
}
