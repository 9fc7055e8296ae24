// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SecureGenerator;
import org.orrery.core.node.ControlLink;
import org.orrery.core.node.DataLane;
import org.orrery.core.node.Effects;
import org.orrery.core.node.LaneOutput;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.node.Node;
import org.orrery.core.node.PeerStatus;
import org.orrery.core.node.StateKind;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl1.Inbound;
import org.orrery.core.vl1.LocalSocket;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.SearchSockets;
import org.orrery.core.vl1.Sender;
import org.orrery.core.vl1.TableUse;
import org.orrery.core.vl2.ConfigRequests;
import org.orrery.core.vl2.Network;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.wire.WireReader;
import org.orrery.core.world.World;

/**
 * A machine: a node with one data lane, a UDP socket on each address, and a small IP stack on each network. The lane talks
 * to the node through a bounded queue, as in the real service; the queue is drained after each event.
 */
public final class SimHost {
    private static final int PORT = 9993;

    /** Messages from the lane to the node that wait at once. */
    private static final int CONTROL_MAX = 1_024;

    private static final int LANE = 1;
    private static final int LANES = 2;

    private final VirtualInternet internet;
    private final String name;
    private final SecretIdentity identity;
    private final World firstPlanet;
    private final ConfigRequests controller;
    private List<Ip> addresses;
    private final RandomGenerator random;
    private final Map<Kept, byte[]> kept = new LinkedHashMap<>();
    private final List<String> eventLog = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private @Nullable Running running;
    private int socketsBefore;
    private boolean asleep;
    private final Clock clock = new Clock();
    private final List<java.util.function.ObjLongConsumer<Node>> onWaking = new ArrayList<>();
    private @Nullable Firewall firewall;

    private record Kept(StateKind kind, long id) {}

    /** From start to stop. */
    private final class Running {
        final Map<Long, HostStack> stacks = new TreeMap<>();
        final Deque<Runnable> control = new ArrayDeque<>();
        final Deque<Runnable> after = new ArrayDeque<>();
        final Node node;
        final DataLane lane;
        final SimSearch searching =
                new SimSearch((from, to, datagram) -> internet.send(SimHost.this, from, to, datagram));
        long datagrams;
        long frames;
        long controlEvents;
        long tickAtMillis = Long.MAX_VALUE;

        Running(World planet) {
            node = new Node(
                    identity,
                    planet,
                    LANES,
                    "sim/jvm",
                    new Outside(this),
                    internet.checker(),
                    controller,
                    new SecureGenerator(random));
            lane = new DataLane(
                    LANE,
                    identity.identity().address().bits(),
                    node.peers(),
                    node.networks(),
                    node::upstream,
                    new SecureGenerator(random),
                    new Output(this),
                    new Link(this));
        }
    }

    SimHost(
            VirtualInternet internet,
            String name,
            SecretIdentity identity,
            World planet,
            ConfigRequests controller,
            List<Ip> addresses,
            RandomGenerator random) {
        this.internet = internet;
        this.name = name;
        this.identity = identity;
        this.firstPlanet = planet;
        this.controller = controller;
        this.addresses = List.copyOf(addresses);
        this.random = random;
    }

    /** Puts a firewall in front of it, or takes it away. */
    public void firewall(@Nullable Firewall now) {
        firewall = now;
    }

    void opened(Endpoint to, long nowMillis) {
        if (firewall != null) {
            firewall.out(to, nowMillis);
        }
    }

    boolean letsIn(Endpoint from, long nowMillis) {
        return firewall == null || firewall.in(from, nowMillis);
    }

    /**
     * Sets its wall clock forward or, if negative, back. As in the service, the node's time follows a wall clock that runs
     * ahead and never goes back.
     */
    public void jumpClock(long millis) {
        clock.set(millis);
        if (running != null && !asleep) {
            settle();
        }
    }

    /** Lets the node's time jump forward by {@code millis}, more than two seconds. */
    void advanceClock(long millis) {
        clock.setAhead(millis);
        if (running != null && !asleep) {
            settle();
        }
    }

    /** The time that its node is given. */
    long now() {
        return clock.millis(internet.nowMillis());
    }

    /** Where it is. */
    public VirtualInternet internet() {
        return internet;
    }

    public String name() {
        return name;
    }

    public Address address() {
        return identity.identity().address();
    }

    public List<Ip> addresses() {
        return addresses;
    }

    /** The socket on address number {@code index}. */
    public Endpoint endpoint(int index) {
        return new Endpoint(addresses.get(index), PORT);
    }

    /** The node; the host must be on. */
    public Node node() {
        return on().node;
    }

    public boolean isOn() {
        return running != null;
    }

    /** Lines that nodes on this host told a person, with their times. */
    public List<String> eventLog() {
        return eventLog;
    }

    // ---------------------------------------------------------------- on and off

    /** Switches it on: the node begins with what was kept, and joins the networks it had joined. */
    public void start() {
        if (running != null) {
            throw new IllegalStateException(name + " is on");
        }
        byte[] planetBytes = kept.get(new Kept(StateKind.PLANET, 0));
        World planet = planetBytes == null ? firstPlanet : World.read(new WireReader(planetBytes));
        asleep = false;
        var now = new Running(Objects.requireNonNull(planet, "kept planet"));
        running = now;
        long time = now();
        now.node.start(time);
        now.node.sockets(sockets(), time);
        List<byte[]> peers = new ArrayList<>();
        for (Map.Entry<Kept, byte[]> entry : List.copyOf(kept.entrySet())) {
            switch (entry.getKey().kind()) {
                case NETWORK_CONFIG ->
                    now.node.join(new NetworkId(entry.getKey().id()), entry.getValue(), time);
                case MOON ->
                    now.node.orbit(
                            Objects.requireNonNull(World.read(new WireReader(entry.getValue())), "kept moon"), time);
                case PEER -> peers.addFirst(entry.getValue());
                case PLANET -> {}
            }
        }
        now.node.remember(peers, time);
        settle();
    }

    private List<LocalSocket> sockets() {
        List<LocalSocket> sockets = new ArrayList<>();
        for (int i = 0; i < addresses.size(); i++) {
            sockets.add(new LocalSocket(socketsBefore + i + 1, endpoint(i), "eth" + i));
        }
        return sockets;
    }

    /** Gives it other addresses, with new sockets on them, as when a machine is carried to another network. */
    public void move(List<Ip> elsewhere) {
        internet.moved(this, addresses, elsewhere);
        socketsBefore += addresses.size();
        addresses = List.copyOf(elsewhere);
        if (running != null) {
            running.searching.closeAll();
            control((node, now) -> node.sockets(sockets(), now));
        }
    }

    /** Stops it as a suspended process is stopped: nothing runs and what arrives is lost, until {@link #wake}. */
    public void sleep() {
        asleep = true;
    }

    public void wake() {
        asleep = false;
        if (running != null) {
            List<java.util.function.ObjLongConsumer<Node>> missed = List.copyOf(onWaking);
            onWaking.clear();
            missed.forEach(this::control);
            settle();
        }
    }

    public boolean isAsleep() {
        return asleep;
    }

    /** Switches it off without a word; what was kept is kept. */
    public void stop() {
        Running now = running;
        if (now != null) {
            judge(now, faults);
            running = null;
            onWaking.clear();
        }
    }

    /** Does something on the control lane, then what follows from it; if it sleeps, when it wakes. */
    public void control(java.util.function.ObjLongConsumer<Node> action) {
        if (asleep) {
            onWaking.add(action);
            return;
        }
        action.accept(on().node, now());
        settle();
    }

    /** As {@link #control}, once what is happening now is over; nothing if the host is off by then. */
    public void controlLater(java.util.function.ObjLongConsumer<Node> action) {
        internet.after(0, () -> {
            if (running != null) {
                control(action);
            }
        });
    }

    public void join(NetworkId network) {
        control((node, now) -> node.join(network, null, now));
    }

    public void leave(NetworkId network) {
        control((node, now) -> node.leave(network));
    }

    // ---------------------------------------------------------------- views

    /** The stack on a network, once it is configured. */
    public HostStack stack(NetworkId network) {
        HostStack stack = on().stacks.get(network.bits());
        if (stack == null) {
            throw new IllegalStateException(name + " has not joined " + network);
        }
        return stack;
    }

    /** Whether the network is joined and configured. */
    public boolean configured(NetworkId network) {
        Running now = running;
        HostStack stack = now == null ? null : now.stacks.get(network.bits());
        return stack != null && !stack.addresses().isEmpty();
    }

    public NetworkStatus.State state(NetworkId network) {
        return on().node.networkStatuses().stream()
                .filter(status -> status.id().equals(network))
                .findFirst()
                .orElseThrow()
                .state();
    }

    /** What this node knows of {@code other}; null if nothing. */
    public @Nullable PeerStatus peer(SimHost other) {
        return on().node.peers(now()).stream()
                .filter(status -> status.address().equals(other.address()))
                .findFirst()
                .orElse(null);
    }

    /** Whether this node sends to {@code other} directly. */
    public boolean direct(SimHost other) {
        PeerStatus status = peer(other);
        return status != null && status.paths().stream().anyMatch(path -> path.preferred() && path.alive());
    }

    /** How often {@code reason} was the end on the lane. */
    public long laneCount(DropReason reason) {
        return on().lane.count(reason);
    }

    /** How often {@code reason} was the end on the control lane. */
    public long controlCount(DropReason reason) {
        return on().node.status(Map.of(), now()).packets().getOrDefault(reason, 0L);
    }

    /** Datagrams that arrived since the start. */
    public long datagrams() {
        return on().datagrams;
    }

    private Running on() {
        Running now = running;
        if (now == null) {
            throw new IllegalStateException(name + " is off");
        }
        return now;
    }

    /**
     * The ID that this node would give its next packet to {@code to}, for one that somebody makes in its name; a random one
     * if the node is off or does not know it. Any other would be taken for a recording.
     */
    public long nextPacketId(SimHost to) {
        Running now = running;
        Peer peer = now == null ? null : now.node.peers().find(to.address().bits());
        return peer == null ? random.nextLong() : peer.nextPacketId(Sender.CONTROL_LANE);
    }

    // ---------------------------------------------------------------- events

    boolean receive(Endpoint source, Endpoint destination, byte[] bytes) {
        Running now = running;
        int index = addresses.indexOf(destination.ip());
        if (now == null || asleep || index < 0) {
            return false;
        }
        if (destination.port() != PORT) {
            return receiveSearched(now, source, destination, bytes);
        }
        now.datagrams++;
        now.lane.datagram(socketsBefore + index + 1, source, bytes, 0, bytes.length, now());
        settle();
        return true;
    }

    private boolean receiveSearched(Running now, Endpoint source, Endpoint destination, byte[] bytes) {
        int index = now.searching.index(source, destination);
        int kept = now.searching.keptAt(destination);
        if (index < 0 && kept < 0) {
            return false;
        }
        if (index >= 0) {
            now.node.searched(index, source, bytes, now());
        } else {
            now.datagrams++;
            now.lane.datagram(kept, source, bytes, 0, bytes.length, now());
        }
        settle();
        return true;
    }

    /** Sockets that a search of its node has open now. */
    public int searchSockets() {
        return running == null ? 0 : running.searching.opened();
    }

    /** A frame of the host's own stack. */
    void frame(long network, byte[] frame) {
        frame(network, frame, false);
    }

    /** A frame that the host's own stack gave as one with the frame before, if it {@code continues}. */
    void frame(long network, byte[] frame, boolean continues) {
        Running now = running;
        Network joined = now == null ? null : now.node.networks().find(network);
        if (now == null || joined == null || asleep) {
            return;
        }
        internet.frameSent(network, frame);
        var room = new byte[DataLane.HEADROOM_BYTES + frame.length];
        System.arraycopy(frame, 0, room, DataLane.HEADROOM_BYTES, frame.length);
        now.frames++;
        now.lane.frame(joined, room, DataLane.HEADROOM_BYTES, frame.length, continues, now());
        settle();
    }

    /** Drains the queues and sees to the next tick. */
    private void settle() {
        Running now = on();
        while (true) {
            Runnable next = now.control.pollFirst();
            if (next == null) {
                next = now.after.pollFirst();
            }
            if (next == null) {
                break;
            }
            next.run();
            if (running != now) {
                return;
            }
        }
        long time = now();
        long deadline = Math.max(time + 1, now.node.nextDeadlineMillis(time));
        if (deadline < now.tickAtMillis) {
            now.tickAtMillis = deadline;
            internet.after(deadline - time, () -> tick(now, deadline));
        }
    }

    private void tick(Running of, long scheduledMillis) {
        if (running == of && of.tickAtMillis == scheduledMillis) {
            of.tickAtMillis = Long.MAX_VALUE;
            if (asleep) {
                return;
            }
            of.node.tick(now());
            settle();
        }
    }

    /** The number of the address that a socket is on; negative if it is closed, and a fault if it never was open. */
    private int index(int socket) {
        int index = socket - socketsBefore - 1;
        if (socket < 1 || index >= addresses.size()) {
            fault("sent over socket " + socket + ", which never was open");
            return -1;
        }
        return Math.max(index, -1);
    }

    private void transmit(int socket, Endpoint to, byte[] bytes, int offset, int length) {
        Endpoint kept = running == null ? null : running.searching.keptEndpoint(socket);
        if (kept != null) {
            internet.send(this, kept, to, Arrays.copyOfRange(bytes, offset, offset + length));
            return;
        }
        int index = index(socket);
        if (index < 0) {
            return;
        }
        if (addresses.get(index).v6() != to.ip().v6()) {
            fault("sent to " + to + " over the socket of " + addresses.get(index));
        }
        internet.send(this, endpoint(index), to, Arrays.copyOfRange(bytes, offset, offset + length));
    }

    /** Hands a frame to the stack once the current event is over. */
    private void deliver(Running now, long network, byte[] frame) {
        now.after.addLast(() -> {
            HostStack stack = now.stacks.get(network);
            if (stack == null) {
                fault("got a frame for a network without interface");
            } else {
                stack.received(frame);
            }
        });
    }

    // ---------------------------------------------------------------- what node and lane call

    private final class Output implements LaneOutput {
        private final Running of;

        Output(Running of) {
            this.of = of;
        }

        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {
            transmit(socket, to, bytes, offset, length);
        }

        @Override
        public void deliver(long network, byte[] bytes, int offset, int length) {
            SimHost.this.deliver(of, network, Arrays.copyOfRange(bytes, offset, offset + length));
        }
    }

    private final class Link implements ControlLink {
        private final Running of;

        Link(Running of) {
            this.of = of;
        }

        private boolean offer(Runnable message) {
            if (of.control.size() == CONTROL_MAX) {
                return false;
            }
            of.control.addLast(message);
            return true;
        }

        @Override
        public boolean packet(Inbound packet) {
            return offer(() -> {
                of.controlEvents++;
                of.node.packet(packet, now());
            });
        }

        @Override
        public boolean frame(long network, byte[] frame) {
            return offer(() -> {
                of.controlEvents++;
                of.node.frame(network, frame, now());
            });
        }

        @Override
        public boolean heardElsewhere(Peer peer, int socket, Endpoint remote) {
            return offer(() -> of.node.heardElsewhere(peer, socket, remote, now()));
        }

        @Override
        public boolean heardRelayed(Peer peer, int socket, Endpoint from) {
            return offer(() -> of.node.heardRelayed(peer, socket, from, now()));
        }

        @Override
        public boolean relayed(long source, long destination) {
            return offer(() -> of.node.relayed(source, destination, now()));
        }

        @Override
        public boolean relayRequest(int socket, Endpoint from, byte[] datagram) {
            return offer(() -> {
                of.controlEvents++;
                of.node.relayRequest(socket, from, datagram, now());
            });
        }
    }

    private final class Outside implements Effects {
        private final Running of;

        Outside(Running of) {
            this.of = of;
        }

        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {
            transmit(socket, to, bytes, offset, length);
        }

        @Override
        public SearchSockets searchSockets() {
            return of.searching;
        }

        /** Every link here is longer than any reduced time to live. */
        @Override
        public void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
            // It dies on its way, but not before this host's own router.
            Endpoint kept = of.searching.keptEndpoint(socket);
            int index = kept == null ? index(socket) : -1;
            if (kept != null || index >= 0) {
                internet.open(SimHost.this, kept != null ? kept : endpoint(index), to);
            }
        }

        @Override
        public void deliver(
                long network, long source, long destination, int etherType, byte[] payload, int offset, int length) {
            var frame = new byte[HostStack.ETHERNET_BYTES + length];
            BigEndian.setU48(frame, 0, destination);
            BigEndian.setU48(frame, 6, source);
            BigEndian.setU16(frame, 12, etherType);
            System.arraycopy(payload, offset, frame, HostStack.ETHERNET_BYTES, length);
            SimHost.this.deliver(of, network, frame);
        }

        @Override
        public void networkChanged(NetworkStatus network) {
            of.after.addLast(() -> {
                HostStack stack = of.stacks.computeIfAbsent(
                        network.id().bits(), id -> new HostStack(internet, SimHost.this, network.id(), network.mac()));
                if (stack.configure(network.addresses(), network.mtu())) {
                    of.node.subscribe(network.id(), stack.groups(), now());
                }
            });
        }

        @Override
        public void networkLeft(NetworkId network) {
            of.after.addLast(() -> of.stacks.remove(network.bits()));
        }

        @Override
        public void save(StateKind kind, long id, byte[] content) {
            kept.put(new Kept(kind, id), content.clone());
        }

        @Override
        public void delete(StateKind kind, long id) {
            kept.remove(new Kept(kind, id));
        }

        @Override
        public void event(String line) {
            if (eventLog.size() < 10_000) {
                eventLog.add(internet.ageMillis() + " " + line);
            }
        }
    }

    // ---------------------------------------------------------------- judgement

    void fault(String text) {
        if (faults.size() < 100) {
            faults.add(name + ": " + text);
        }
    }

    void faults(List<String> into) {
        into.addAll(faults);
        Running now = running;
        if (now != null) {
            judge(now, into);
        }
    }

    private void judge(Running now, List<String> into) {
        long onLane = 0;
        for (DropReason reason : DropReason.values()) {
            onLane += now.lane.count(reason);
        }
        if (onLane != now.datagrams + now.frames) {
            into.add(name + ": the lane counted " + onLane + " of " + (now.datagrams + now.frames));
        }
        Map<DropReason, Long> control = now.node.status(Map.of(), now()).packets();
        long onControl = control.values().stream().mapToLong(Long::longValue).sum();
        long again = control.getOrDefault(DropReason.WAITING_FOR_SENDER, 0L);
        long events = now.controlEvents + now.searching.ended();
        if (onControl < events || onControl > events + again) {
            into.add(name + ": the control lane counted " + onControl + " of " + events + ", " + again
                    + " of them perhaps twice");
        }
        if (now.lane.count(DropReason.HANDED_OVER) != now.controlEvents) {
            into.add(name + ": the control lane got " + now.controlEvents + " of "
                    + now.lane.count(DropReason.HANDED_OVER));
        }
        for (TableUse table : now.node.tables()) {
            if (table.overfull()) {
                into.add(name + ": over its bound: " + table);
            }
        }
    }

    @Override
    public String toString() {
        return name + " (" + address() + ")";
    }
}
