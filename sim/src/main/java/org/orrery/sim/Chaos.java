// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.wire.PacketHeader;

/**
 * A private network in bad weather and then in good. First everything goes wrong that the seed thinks of: links, routers,
 * roots, the controller, the members and their clocks; nothing unsafe may happen meanwhile. Then it stops, and all members
 * have to reach each other again within {@link #RECONNECT_MILLIS}, and lose nothing once half a minute more has passed.
 */
public final class Chaos {
    /** How long all may take in calm weather until every member had an answer of every other. */
    public static final long RECONNECT_MILLIS = 20_000;

    private static final long ROUGH_MILLIS = 90_000;

    /** Ways that were good before the bad weather may be tried once more meanwhile, and fail. */
    private static final long SETTLE_MILLIS = 30_000;

    private static final long STEADY_MILLIS = 10_000;
    private static final long JOIN_MILLIS = 30_000;
    private static final long PING_MILLIS = 500;

    /** More than the certificates of members may be apart that accept each other. */
    private static final long WINDOW_MILLIS = 1_900_000;

    /** Time for all to ask for a new configuration. */
    private static final long REFRESH_MILLIS = 90_000;

    private static final int FRAME_PAYLOAD = 38;
    private static final NatKind[] KINDS = {
        NatKind.FULL_CONE,
        NatKind.ADDRESS_RESTRICTED,
        NatKind.PORT_RESTRICTED,
        NatKind.SYMMETRIC_SEQUENTIAL,
        NatKind.SYMMETRIC
    };

    /** Something that goes wrong. */
    public enum Trouble {
        PAIR_CUT("pair cut"),
        PARTITION("partition"),
        LOSSY_WAY("lossy one way"),
        DEAF_WAY("dead one way"),
        BLACK_HOLE("MTU black hole"),
        BAD_WEATHER("loss everywhere"),
        SLEEP("sleep"),
        RESTART("restart"),
        CLOCK_JUMP("clock jump"),
        MOVE("new address"),
        ROUTER_RESTART("router restart"),
        ROUTER_RENUMBERED("router's new address"),
        FIREWALL_RESTART("firewall restart"),
        ROOT_DIES("root dies"),
        CONTROLLER_DIES("controller dies"),
        REMOVED("member removed"),
        FORGERY("forged frame");

        private final String text;

        Trouble(String text) {
            this.text = text;
        }

        /** A few words for a person. */
        public String text() {
            return text;
        }
    }

    /**
     * What became of one seed.
     *
     * @param troubles how often each happened
     * @param violations what may not happen and did, in words; empty if nothing did
     * @param reconnectMillis from the return of calm until every member had an answer of every other; -1 if never
     * @param direct pairs of members with a direct path in the end, of {@code pairs}, both counted one way
     * @param datagrams sent by all nodes in all
     */
    public record Outcome(
            long seed,
            Map<Trouble, Integer> troubles,
            List<String> violations,
            long reconnectMillis,
            int direct,
            int pairs,
            long datagrams) {
        public Outcome {
            troubles = Map.copyOf(troubles);
            violations = List.copyOf(violations);
        }
    }

    private final SplittableRandom random;
    private final Consumer<String> teller;
    private final Lab lab;
    private final NetworkId network;
    private final List<SimHost> members = new ArrayList<>();
    private final List<Nat> routers = new ArrayList<>();
    private final List<Firewall> firewalls = new ArrayList<>();
    private final SimHost removed;
    private final SimHost outsider;
    private final Set<Long> neverAuthorized = new HashSet<>();
    private final Map<Trouble, Integer> troubles = new EnumMap<>(Trouble.class);
    private final List<String> violations = new ArrayList<>();
    private final Map<Long, Link> ways = new HashMap<>();
    private final Map<Long, PacketCipher> forgers = new HashMap<>();
    private final List<VirtualInternet.Cut> cuts = new ArrayList<>();
    private Link everywhere = Link.GOOD;
    private boolean rough;
    private boolean removedIsOut;
    private boolean removedForAll;
    private int moves;

    private Chaos(long seed, Consumer<String> teller) {
        this.teller = teller;
        random = new SplittableRandom(seed ^ 0x6368_616f_73L);
        lab = new Lab(seed, 3);
        network = lab.controller.network(1, false);
        addMembers();
        removed = lab.member(20);
        outsider = lab.member(21);
        neverAuthorized.add(outsider.address().bits());
        lab.internet.watch(this::sees);
        lab.internet.weather((from, to) -> ways.getOrDefault(way(from, to), everywhere));
    }

    /** Two in the open, one behind a firewall, two behind one router, one behind another. */
    private void addMembers() {
        members.add(lab.member(1));
        members.add(lab.member(2));
        SimHost guarded = lab.member(3);
        var firewall = Firewall.strict();
        guarded.firewall(firewall);
        firewalls.add(firewall);
        members.add(guarded);
        for (int i = 0; i < 2; i++) {
            routers.add(lab.internet.nat("router" + i, Ip.v4(80, i, 0, 1), KINDS[random.nextInt(KINDS.length)]));
        }
        members.add(lab.memberBehind(4, routers.getFirst(), Ip.v4(192, 168, 1, 4)));
        members.add(lab.memberBehind(5, routers.getFirst(), Ip.v4(192, 168, 1, 5)));
        members.add(lab.memberBehind(6, routers.getLast(), Ip.v4(192, 168, 1, 6)));
    }

    /** Runs one seed; an exception of a node is a violation too. */
    public static Outcome run(long seed) {
        return run(seed, _ -> {});
    }

    /**
     * @param teller told what goes wrong, then when each pair met again and what the nodes said meanwhile; times are in
     *     milliseconds of the simulation
     */
    public static Outcome run(long seed, Consumer<String> teller) {
        var chaos = new Chaos(seed, teller);
        long reconnect = -1;
        try {
            reconnect = chaos.run();
        } catch (RuntimeException failure) {
            StackTraceElement[] trace = failure.getStackTrace();
            chaos.violations.add("exception after " + chaos.lab.internet.ageMillis() + " ms: " + failure
                    + (trace.length == 0 ? "" : " at " + trace[0]));
        }
        chaos.violations.addAll(chaos.lab.internet.faults());
        int direct = 0;
        for (SimHost from : chaos.members) {
            for (SimHost to : chaos.members) {
                direct += from != to && from.isOn() && from.direct(to) ? 1 : 0;
            }
        }
        int count = chaos.members.size();
        return new Outcome(
                seed,
                chaos.troubles,
                chaos.violations,
                reconnect,
                direct,
                count * (count - 1),
                chaos.lab.internet.counts().sent());
    }

    private long run() {
        List<SimHost> all = new ArrayList<>(members);
        all.add(removed);
        all.forEach(member -> lab.controller.authorize(network, member, true));
        all.forEach(SimHost::start);
        outsider.start();
        outsider.join(network);
        lab.join(network, all, JOIN_MILLIS);
        pingAll(10);
        lab.internet.runFor(5_000);

        rough = true;
        long roughEnd = lab.internet.nowMillis() + ROUGH_MILLIS;
        while (lab.internet.nowMillis() < roughEnd) {
            trouble(Trouble.values()[random.nextInt(Trouble.values().length)]);
            lab.internet.runFor(200 + random.nextInt(2_500));
            somebodyPings();
        }
        rough = false;
        calm(all);

        long calmMillis = lab.internet.nowMillis();
        List<Ping> pings = pingAll((int) (RECONNECT_MILLIS / PING_MILLIS));
        boolean reached =
                lab.internet.runUntil(() -> pings.stream().allMatch(ping -> ping.received() > 0), RECONNECT_MILLIS);
        long took = lab.internet.nowMillis() - calmMillis;
        tellOfCalm(calmMillis, pings);
        if (!reached) {
            for (Ping ping : pings) {
                if (ping.received() == 0) {
                    violations.add("not reconnected after " + RECONNECT_MILLIS + " ms: " + ping);
                }
            }
        }
        lab.internet.runFor(SETTLE_MILLIS);
        steady();
        if (removedIsOut) {
            // Some may have heard nothing of the removal in bad weather. The last certificate of who was removed is
            // good
            // for half an hour; so much time passes for the one who makes the others'.
            lab.controllerHost.advanceClock(WINDOW_MILLIS);
            lab.internet.runFor(REFRESH_MILLIS);
            removedForAll = true;
            members.forEach(member -> forge(removed, member));
            steady();
        }
        return reached ? took : -1;
    }

    /** The slowest pairs, and what the nodes said since calm returned. */
    private void tellOfCalm(long calmMillis, List<Ping> pings) {
        tell("calm");
        int each = 0;
        for (SimHost from : members) {
            for (SimHost to : members) {
                if (from != to) {
                    Ping ping = pings.get(each++);
                    tell(from.name() + " had an answer of " + to.name()
                            + (ping.received() == 0
                                    ? " never"
                                    : " after " + (ping.firstReplyMillis() - calmMillis) + " ms"));
                }
            }
        }
        long since = lab.internet.ageMillis() - (lab.internet.nowMillis() - calmMillis);
        for (SimHost host : lab.internet.hosts()) {
            for (String event : host.eventLog()) {
                if (Long.parseLong(event.substring(0, event.indexOf(' '))) >= since) {
                    teller.accept(host + " " + event);
                }
            }
        }
    }

    private void tell(String what) {
        teller.accept(lab.internet.ageMillis() + " " + what);
    }

    /** In calm weather nothing is lost, once all have met. */
    private void steady() {
        List<Ping> pings = pingAll((int) (STEADY_MILLIS / PING_MILLIS));
        lab.internet.runFor(STEADY_MILLIS + 2_000);
        for (Ping ping : pings) {
            if (ping.received() < ping.sent()) {
                violations.add("lost in calm weather: " + ping);
            }
        }
    }

    /** Everything works again. */
    private void calm(List<SimHost> all) {
        ways.clear();
        everywhere = Link.GOOD;
        cuts.forEach(VirtualInternet.Cut::heal);
        cuts.clear();
        List<SimHost> hosts = new ArrayList<>(lab.roots);
        hosts.add(lab.controllerHost);
        hosts.addAll(all);
        hosts.add(outsider);
        for (SimHost host : hosts) {
            if (!host.isOn()) {
                host.start();
            } else if (host.isAsleep()) {
                host.wake();
            }
        }
    }

    private List<Ping> pingAll(int count) {
        List<Ping> pings = new ArrayList<>();
        for (SimHost from : members) {
            for (SimHost to : members) {
                if (from != to) {
                    pings.add(lab.ping(network, from, to, count, PING_MILLIS));
                }
            }
        }
        return pings;
    }

    private void somebodyPings() {
        SimHost from = member();
        SimHost to = member();
        if (from != to && from.configured(network) && to.configured(network)) {
            lab.ping(network, from, to, 5, 400);
        }
        if (removed.configured(network) && to.configured(network)) {
            lab.ping(network, removed, to, 2, 400);
        }
    }

    // ---------------------------------------------------------------- what may not happen

    private void sees(SimHost to, NetworkId on, byte[] frame) {
        long source = Mac.toAddress(BigEndian.u48(frame, 6), on.bits());
        if (neverAuthorized.contains(source)) {
            violations.add(to + " got a frame of " + outsider + ", who is no member");
        }
        if (neverAuthorized.contains(to.address().bits())) {
            violations.add(to + " got a frame and is no member");
        }
        if (removedForAll && (source == removed.address().bits() || to == removed)) {
            violations.add(to + " got a frame long after " + removed + " was removed");
        }
    }

    // ---------------------------------------------------------------- troubles

    private void trouble(Trouble kind) {
        troubles.merge(kind, 1, Integer::sum);
        tell(kind.text());
        long lasting = 500L + random.nextInt(30_000);
        switch (kind) {
            case PAIR_CUT -> {
                SimHost one = anybody();
                SimHost other = anybody();
                cut((a, b) -> a == one && b == other, lasting);
            }
            case PARTITION -> {
                long side = random.nextLong();
                List<SimHost> hosts = lab.internet.hosts();
                cut(
                        (a, b) -> (side >>> hosts.indexOf(a) & 1) != (side >>> hosts.indexOf(b) & 1),
                        Math.min(lasting, 15_000));
            }
            case LOSSY_WAY -> way(Link.GOOD.loss(random.nextDouble() * 0.6).jitter(random.nextInt(80)), lasting);
            case DEAF_WAY -> way(Link.GOOD.loss(1), lasting);
            case BLACK_HOLE -> way(Link.GOOD.mtu(300 + random.nextInt(1_100)), lasting);
            case BAD_WEATHER -> {
                everywhere = new Link(
                        5 + random.nextInt(200),
                        random.nextInt(60),
                        random.nextDouble() * 0.3,
                        random.nextDouble() * 0.1,
                        1_472);
                later(lasting, () -> everywhere = Link.GOOD);
            }
            case SLEEP -> {
                SimHost host = anybody();
                host.sleep();
                later(lasting, host::wake);
            }
            case RESTART -> off(member(), random.nextInt(20_000));
            case CLOCK_JUMP -> anybody().jumpClock(random.nextLong(-3_600_000, 3_600_000) >> random.nextInt(12));
            case MOVE -> members.get(random.nextInt(3)).move(List.of(Ip.v4(90, ++moves >> 8, moves & 0xff, 1)));
            case ROUTER_RESTART -> routers.get(random.nextInt(routers.size())).restart();
            case ROUTER_RENUMBERED ->
                lab.internet.renumber(
                        routers.get(random.nextInt(routers.size())), Ip.v4(91, ++moves >> 8, moves & 0xff, 1));
            case FIREWALL_RESTART -> firewalls.forEach(Firewall::restart);
            case ROOT_DIES -> off(lab.roots.get(random.nextInt(lab.roots.size())), lasting);
            case CONTROLLER_DIES -> off(lab.controllerHost, lasting);
            case REMOVED -> remove();
            case FORGERY -> forge(outsider, member());
        }
    }

    /** The API is there only while the controller's host is. */
    private void remove() {
        if (lab.controllerHost.isOn() && !lab.controllerHost.isAsleep()) {
            lab.controller.authorize(network, removed, false);
            removedIsOut = true;
        }
    }

    private void later(long millis, Runnable action) {
        lab.internet.after(millis, () -> {
            if (rough) {
                action.run();
            }
        });
    }

    private void cut(BiPredicate<SimHost, SimHost> between, long millis) {
        VirtualInternet.Cut cut = lab.internet.cut(between);
        cuts.add(cut);
        later(millis, cut::heal);
    }

    private void way(Link link, long millis) {
        long way = way(anybody(), anybody());
        ways.put(way, link);
        later(millis, () -> ways.remove(way));
    }

    private static long way(SimHost from, SimHost to) {
        return from.address().bits() * 0x9e37_79b9_7f4a_7c15L + to.address().bits();
    }

    private void off(SimHost host, long millis) {
        if (host.isOn()) {
            host.stop();
            later(millis, () -> {
                if (!host.isOn()) {
                    host.start();
                }
            });
        }
    }

    private SimHost member() {
        return members.get(random.nextInt(members.size()));
    }

    private SimHost anybody() {
        List<SimHost> hosts = lab.internet.hosts();
        return hosts.get(random.nextInt(hosts.size()));
    }

    /** A frame that is rightly sealed by somebody who is no member, straight to a member's door. */
    private void forge(SimHost forger, SimHost to) {
        var packet = new byte[FRAME_PAYLOAD + 40];
        PacketHeader.write(
                packet,
                0,
                forger.nextPacketId(to),
                to.address().bits(),
                forger.address().bits(),
                Verb.FRAME.id());
        BigEndian.setI64(packet, PacketHeader.BYTES, network.bits());
        BigEndian.setU16(packet, PacketHeader.BYTES + 8, 0x88b5);
        PacketCipher cipher = forgers.computeIfAbsent(
                way(forger, to),
                _ -> new PacketCipher(Objects.requireNonNull(
                        lab.secret(forger).agree(lab.secret(to).identity()))));
        cipher.seal(PacketCipher.SUITE_SALSA, packet, 0, packet.length);
        lab.internet.inject(forger.endpoint(0), to, to.endpoint(0), packet);
    }
}
