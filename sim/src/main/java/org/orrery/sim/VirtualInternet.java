// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl1.IdentityChecker;
import org.orrery.core.vl2.ConfigRequests;
import org.orrery.core.world.World;

/**
 * Hosts with whole nodes, and the links between them. Time stands still while something happens and jumps to the next
 * event; everything random comes from one seed, so that a seed replays a run exactly. One thread.
 */
public final class VirtualInternet {
    /** Where time begins: any moment will do, but it should look like wall clock. */
    private static final long BEGIN_MILLIS = 1_795_000_000_000L;

    private final long seed;
    private final SplittableRandom random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Map<String, SimHost> hosts = new LinkedHashMap<>();
    private final Map<Ip, SimHost> byAddress = new HashMap<>();
    private final Map<Ip, Nat> routers = new LinkedHashMap<>();
    private final Map<SimHost, Nat> behind = new HashMap<>();
    private final Map<Identity, Boolean> checked = new HashMap<>();
    private final List<Cut> cuts = new ArrayList<>();
    private final List<Tap> taps = new ArrayList<>();
    private final List<FrameWatch> watches = new ArrayList<>();
    private final Set<Long> framesSent = new HashSet<>();
    private final Counts counts = new Counts();
    private Weather weather = (from, to) -> Link.GOOD;
    private Wires wires = (from, to) -> 0;
    private BiPredicate<NetworkId, byte[]> unsentFrames = (network, frame) -> false;
    private long nowMillis = BEGIN_MILLIS;
    private long sequence;
    private long trace = 17;

    private record Event(long atMillis, long sequence, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atMillis, other.atMillis);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    /** The link between two hosts, asked for each datagram. */
    public interface Weather {
        Link between(SimHost from, SimHost to);
    }

    /** What there is between two addresses. */
    public interface Wires {
        /** How much longer the way takes than between the hosts; negative if there is none. */
        long delayMillis(Ip from, Ip to);
    }

    /** Sees each datagram as it is sent. Bytes are borrowed. */
    public interface Tap {
        void datagram(SimHost from, Endpoint source, Endpoint destination, byte[] bytes);
    }

    /** Sees each frame that a node delivers to its host. Bytes are borrowed. */
    public interface FrameWatch {
        void frame(SimHost to, NetworkId network, byte[] frame);
    }

    /** Pairs of hosts that cannot reach each other until it is healed. */
    public final class Cut {
        private final BiPredicate<SimHost, SimHost> between;

        private Cut(BiPredicate<SimHost, SimHost> between) {
            this.between = between;
        }

        /** Datagrams get through again. */
        public void heal() {
            cuts.remove(this);
        }
    }

    /** What became of datagrams. {@code sent + duplicated} is the sum of the others and of those under way. */
    public static final class Counts {
        long sent;
        long duplicated;
        long delivered;
        long lost;
        long cut;
        long tooLong;
        long nobodyThere;
        long filtered;
        long underWay;

        private Counts() {}

        public long sent() {
            return sent;
        }

        public long delivered() {
            return delivered;
        }

        /** Whether every datagram is accounted for. */
        public boolean addUp() {
            return sent + duplicated == delivered + lost + cut + tooLong + nobodyThere + filtered + underWay;
        }

        @Override
        public String toString() {
            return "sent=" + sent + " duplicated=" + duplicated + " delivered=" + delivered + " lost=" + lost + " cut="
                    + cut + " tooLong=" + tooLong + " nobodyThere=" + nobodyThere + " filtered=" + filtered
                    + " underWay=" + underWay;
        }
    }

    public VirtualInternet(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    public long seed() {
        return seed;
    }

    public long nowMillis() {
        return nowMillis;
    }

    /** Milliseconds since this internet began. */
    public long ageMillis() {
        return nowMillis - BEGIN_MILLIS;
    }

    public Counts counts() {
        return counts;
    }

    /** A number that depends on every datagram sent so far: equal runs have equal traces. */
    public long trace() {
        return trace;
    }

    /** All hosts in the order of their making. */
    public List<SimHost> hosts() {
        return List.copyOf(hosts.values());
    }

    /** Decides the link for every datagram from now on. */
    public void weather(Weather now) {
        weather = now;
    }

    /** The same link between all. */
    public void weather(Link everywhere) {
        weather = (from, to) -> everywhere;
    }

    /** Decides between addresses, not hosts: these may have several links. Holds for hosts that are behind no router. */
    public void wires(Wires now) {
        wires = now;
    }

    /** Cuts off all pairs for which {@code between} holds in either order. */
    public Cut cut(BiPredicate<SimHost, SimHost> between) {
        var cut = new Cut(between);
        cuts.add(cut);
        return cut;
    }

    /** Shows {@code tap} every datagram from now on. */
    public void tap(Tap tap) {
        taps.add(tap);
    }

    /** Shows {@code watch} every frame that is delivered from now on. */
    public void watch(FrameWatch watch) {
        watches.add(watch);
    }

    /**
     * Adds a host with one UDP socket on port 9993 of each address. It is off until {@link SimHost#start}.
     *
     * @param controller the controller in this node, or {@link ConfigRequests#NONE}
     */
    public SimHost host(
            String name, SecretIdentity identity, World planet, ConfigRequests controller, List<Ip> addresses) {
        var host = new SimHost(this, name, identity, planet, controller, addresses, random.split());
        if (hosts.putIfAbsent(name, host) != null) {
            throw new IllegalArgumentException("two hosts called " + name);
        }
        for (Ip address : addresses) {
            if (byAddress.putIfAbsent(address, host) != null) {
                throw new IllegalArgumentException("two hosts at " + address);
            }
        }
        return host;
    }

    /** Adds a router that hosts can be put behind. */
    public Nat nat(String name, Ip external, NatKind kind) {
        var nat = new Nat(name, external, kind, random.split());
        if (byAddress.containsKey(external) || routers.putIfAbsent(external, nat) != null) {
            throw new IllegalArgumentException("two at " + external);
        }
        return nat;
    }

    /**
     * Adds a host behind a router, with one private IPv4 address; two routers may use the same ones. What it sends to
     * others behind the router goes straight there.
     */
    public SimHost host(
            String name, SecretIdentity identity, World planet, ConfigRequests controller, Nat nat, Ip address) {
        var host = new SimHost(this, name, identity, planet, controller, List.of(address), random.split());
        if (hosts.putIfAbsent(name, host) != null) {
            throw new IllegalArgumentException("two hosts called " + name);
        }
        nat.add(host, address);
        behind.put(host, nat);
        return host;
    }

    /** Gives a router another external address, as providers do; it forgets its mappings. */
    public void renumber(Nat nat, Ip external) {
        if (byAddress.containsKey(external) || routers.putIfAbsent(external, nat) != null) {
            throw new IllegalArgumentException("two at " + external);
        }
        routers.remove(nat.external());
        nat.renumber(external);
    }

    /** The router that {@code host} is behind; null if it has addresses of its own. */
    public @Nullable Nat router(SimHost host) {
        return behind.get(host);
    }

    void moved(SimHost host, List<Ip> from, List<Ip> to) {
        if (behind.containsKey(host)) {
            throw new IllegalArgumentException(host + " is behind a router");
        }
        from.forEach(byAddress::remove);
        for (Ip address : to) {
            if (byAddress.putIfAbsent(address, host) != null) {
                throw new IllegalArgumentException("two hosts at " + address);
            }
        }
    }

    // ---------------------------------------------------------------- time

    /** Does {@code action} after {@code delayMillis}. */
    public void after(long delayMillis, Runnable action) {
        events.add(new Event(nowMillis + Math.max(0, delayMillis), sequence++, action));
    }

    /** Lets {@code millis} pass. */
    public void runFor(long millis) {
        runUntil(() -> false, millis);
    }

    /** Lets time pass until {@code condition} holds, at most {@code millis}; answers whether it does. */
    public boolean runUntil(BooleanSupplier condition, long millis) {
        long until = nowMillis + millis;
        while (!condition.getAsBoolean()) {
            Event next = events.peek();
            if (next == null || next.atMillis > until) {
                nowMillis = until;
                return condition.getAsBoolean();
            }
            nowMillis = next.atMillis;
            // All of one millisecond, before the condition is asked again: it may look at every host.
            while (next != null && next.atMillis == nowMillis) {
                events.remove();
                next.action.run();
                next = events.peek();
            }
        }
        return true;
    }

    // ---------------------------------------------------------------- what hosts call

    void send(SimHost from, Endpoint source, Endpoint destination, byte[] bytes) {
        counts.sent++;
        trace = (trace * 31 + java.util.Arrays.hashCode(bytes)) * 31 + destination.hashCode() + nowMillis;
        for (Tap tap : taps) {
            tap.datagram(from, source, destination, bytes);
        }
        from.opened(destination, nowMillis);
        Nat nat = behind.get(from);
        SimHost neighbor = nat == null ? null : nat.at(destination.ip());
        if (neighbor != null) {
            carry(from, neighbor, source, destination, bytes);
            return;
        }
        Endpoint outside = nat == null ? source : nat.out(source, destination, nowMillis);
        Nat farNat = routers.get(destination.ip());
        if (outside == null || farNat != null && farNat == nat && !nat.kind().hairpinning()) {
            counts.filtered++;
            return;
        }
        if (farNat == null) {
            carry(from, byAddress.get(destination.ip()), outside, destination, bytes);
            return;
        }
        // The far router decides when the datagram arrives: until then its own host may open the way.
        behindRouter(from, farNat, outside, destination, bytes);
    }

    private void behindRouter(SimHost from, Nat nat, Endpoint source, Endpoint destination, byte[] bytes) {
        Link link = weather.between(from, anyBehind(nat, from));
        if (bytes.length > link.mtu()) {
            counts.tooLong++;
            return;
        }
        if (link.loss() > 0 && random.nextDouble() < link.loss()) {
            counts.lost++;
            return;
        }
        counts.underWay++;
        after(delay(link), () -> {
            counts.underWay--;
            Endpoint inner = nat.in(source, destination.port(), nowMillis);
            SimHost to = inner == null ? null : nat.at(inner.ip());
            if (inner == null || to == null) {
                counts.filtered++;
            } else if (isCut(from, to)) {
                counts.cut++;
            } else {
                arrive(to, source, inner, bytes);
            }
        });
    }

    private void arrive(SimHost to, Endpoint source, Endpoint destination, byte[] bytes) {
        if (!to.letsIn(source, nowMillis)) {
            counts.filtered++;
        } else if (to.receive(source, destination, bytes)) {
            counts.delivered++;
        } else {
            counts.nobodyThere++;
        }
    }

    private static SimHost anyBehind(Nat nat, SimHost otherwise) {
        SimHost first = nat.first();
        return first == null ? otherwise : first;
    }

    private boolean isCut(SimHost from, SimHost to) {
        return cuts.stream().anyMatch(cut -> cut.between.test(from, to) || cut.between.test(to, from));
    }

    private void carry(SimHost from, @Nullable SimHost to, Endpoint source, Endpoint destination, byte[] bytes) {
        if (to == null || source.ip().v6() != destination.ip().v6()) {
            counts.nobodyThere++;
            return;
        }
        long further = wires.delayMillis(source.ip(), destination.ip());
        if (isCut(from, to) || further < 0) {
            counts.cut++;
            return;
        }
        Link link = weather.between(from, to);
        if (bytes.length > link.mtu()) {
            counts.tooLong++;
            return;
        }
        if (link.duplication() > 0 && random.nextDouble() < link.duplication()) {
            counts.duplicated++;
            travel(link.delay(link.delayMillis() + further), to, source, destination, bytes.clone());
        }
        travel(further == 0 ? link : link.delay(link.delayMillis() + further), to, source, destination, bytes);
    }

    private long delay(Link link) {
        return link.delayMillis() + (link.jitterMillis() == 0 ? 0 : random.nextLong(link.jitterMillis() + 1));
    }

    /** A datagram that is not to arrive opens the sender's own firewall and router for answers. */
    void open(SimHost from, Endpoint source, Endpoint destination) {
        from.opened(destination, nowMillis);
        Nat nat = behind.get(from);
        if (nat != null && nat.at(destination.ip()) == null) {
            nat.out(source, destination, nowMillis);
        }
    }

    private void travel(Link link, SimHost to, Endpoint source, Endpoint destination, byte[] bytes) {
        if (link.loss() > 0 && random.nextDouble() < link.loss()) {
            counts.lost++;
            return;
        }
        counts.underWay++;
        after(delay(link), () -> {
            counts.underWay--;
            arrive(to, source, destination, bytes);
        });
    }

    /** Puts a datagram that no node made on the wire, from any address. */
    public void inject(Endpoint source, SimHost to, Endpoint destination, byte[] bytes) {
        counts.sent++;
        counts.underWay++;
        after(0, () -> {
            counts.underWay--;
            arrive(to, source, destination, bytes);
        });
    }

    /** Spares the check of an identity that is known to be valid. */
    void known(Identity identity) {
        checked.put(identity, true);
    }

    /** Identities are checked once in each internet, however many nodes meet them: the check takes milliseconds. */
    IdentityChecker checker() {
        return (identity, valid) -> valid.accept(checked.computeIfAbsent(identity, Identity::valid));
    }

    RandomGenerator split() {
        return random.split();
    }

    // ---------------------------------------------------------------- frames

    /** Lets frames that no stack sent be delivered without being a fault: a test makes them itself. */
    public void unsentFrames(BiPredicate<NetworkId, byte[]> allowed) {
        unsentFrames = allowed;
    }

    void frameSent(long network, byte[] frame) {
        framesSent.add(frameKey(network, frame));
    }

    void frameArrived(SimHost to, NetworkId network, byte[] frame) {
        for (FrameWatch watch : watches) {
            watch.frame(to, network, frame);
        }
    }

    /** Whether some host's stack sent exactly this frame on this network. */
    boolean wasSent(long network, byte[] frame) {
        return framesSent.contains(frameKey(network, frame)) || unsentFrames.test(new NetworkId(network), frame);
    }

    private static long frameKey(long network, byte[] frame) {
        long key = network * 0x9e3779b97f4a7c15L + frame.length;
        for (byte each : frame) {
            key = (key ^ each) * 0x100000001b3L;
            key ^= key >>> 29;
        }
        return key;
    }

    // ---------------------------------------------------------------- judgement

    /** What is wrong with this run, whatever happened in it; empty if nothing is. */
    public List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (!counts.addUp()) {
            faults.add("datagrams do not add up: " + counts);
        }
        for (SimHost host : hosts.values()) {
            host.faults(faults);
        }
        return Collections.unmodifiableList(faults);
    }

    /** The host that has {@code address}; null if there is none. */
    public @Nullable SimHost at(Ip address) {
        return byAddress.get(address);
    }

    @Override
    public String toString() {
        return "internet of seed " + seed + " after " + ageMillis() + " ms: " + counts;
    }
}
