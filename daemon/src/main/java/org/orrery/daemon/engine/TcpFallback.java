// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.orrery.core.node.DataLane;
import org.orrery.core.node.Drop;
import org.orrery.core.node.Node;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.IpScope;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl1.LocalSocket;
import org.orrery.core.world.World;
import org.orrery.daemon.api.FallbackStatus;
import org.orrery.daemon.home.LocalConfig;
import org.orrery.net.relay.RelayAddress;

/** Sends packets through a TCP relay while UDP does not pass, if that is allowed. Control lane only. */
final class TcpFallback {
    private static final long LOOK_MILLIS = 250;
    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    private final Node node;
    private final Lanes lanes;
    private final SteadyClock clock;
    private final ControlThread control;
    private final Supplier<DataLane> laneMaker;
    private final LongConsumer socketsChanged;
    private final boolean rootsOnInternet;
    private final FallbackPolicy policy;
    private LocalConfig.Relay settings;
    private @Nullable Tunnel tunnel;

    /** Of all tunnels, one after the other; made for the first. */
    private @Nullable DataLane lane;

    /** One that was closed and may still be using the lane. */
    private @Nullable Tunnel ending;

    private boolean offered;
    private long nextLookMillis = Long.MIN_VALUE / 2;
    private long silentSinceMillis;
    private volatile Set<Ip> ownAddresses = Set.of();

    /**
     * @param laneMaker makes the lane of the tunnels, once
     * @param socketsChanged the tunnel has to be told to the node, or not any more
     */
    TcpFallback(
            Node node,
            World planet,
            Lanes lanes,
            SteadyClock clock,
            ControlThread control,
            LocalConfig.Relay settings,
            Supplier<DataLane> laneMaker,
            LongConsumer socketsChanged) {
        this.node = node;
        this.lanes = lanes;
        this.clock = clock;
        this.control = control;
        this.settings = settings;
        this.laneMaker = laneMaker;
        this.socketsChanged = socketsChanged;
        this.policy = new FallbackPolicy(clock.millis());
        this.rootsOnInternet = planet.roots().stream()
                .flatMap(root -> root.endpoints().stream())
                .anyMatch(at -> !at.ip().v6() && at.ip().scope() == IpScope.GLOBAL);
    }

    /** Whether there is to be no UDP at all. */
    boolean forced() {
        return settings.forced() && enabled();
    }

    private boolean enabled() {
        return settings.allowed() && !node.upstream() && !relays().isEmpty();
    }

    /** Those that are set; without any the public one, which is of no use to roots that it cannot reach. */
    private List<RelayAddress> relays() {
        List<RelayAddress> all = new ArrayList<>();
        settings.tls().ifPresent(all::add);
        settings.plain().ifPresent(endpoint -> all.add(new RelayAddress.Plain(endpoint)));
        if (all.isEmpty() && rootsOnInternet) {
            all.add(new RelayAddress.Plain(LocalConfig.Relay.PUBLIC));
        }
        return all;
    }

    private Predicate<Endpoint> reachable() {
        boolean own = settings.tls().isPresent() || settings.plain().isPresent();
        return to -> own ? to.ip().usableForPaths() : to.ip().scope() == IpScope.GLOBAL;
    }

    /** Takes over other settings. */
    void configure(LocalConfig.Relay changed, long nowMillis) {
        if (changed.equals(settings)) {
            return;
        }
        settings = changed;
        close();
        policy.reset(nowMillis);
        nextLookMillis = nowMillis;
        offer(nowMillis);
    }

    /** The tunnel as a socket of the node, while it carries packets. */
    Optional<LocalSocket> socket() {
        return active() ? Optional.of(LocalSocket.TUNNEL) : Optional.empty();
    }

    private boolean active() {
        return tunnel != null && tunnel.connected() && (forced() || policy.state() == FallbackPolicy.State.TUNNEL);
    }

    long nextLookMillis() {
        return nextLookMillis;
    }

    void tick(long nowMillis) {
        if (nowMillis - nextLookMillis < 0) {
            return;
        }
        nextLookMillis = nowMillis + LOOK_MILLIS;
        if (!enabled()) {
            close();
            offer(nowMillis);
            return;
        }
        if (tunnel != null) {
            tunnel.look();
        }
        if (forced()) {
            open();
            offer(nowMillis);
            return;
        }
        long heard = node.heardOverUdpMillis();
        FallbackPolicy.State before = policy.state();
        int questions = policy.questions();
        boolean ask = policy.look(heard, nowMillis);
        if (policy.state() != before) {
            turned(before, heard, questions, nowMillis);
        }
        if (policy.state() == FallbackPolicy.State.TUNNEL) {
            open();
        }
        if (ask) {
            node.askOverUdp(nowMillis);
        }
        offer(nowMillis); // what a tunnel says of itself is lost while the control lane's queue is full
    }

    private void turned(FallbackPolicy.State before, long heardMillis, int questions, long nowMillis) {
        switch (policy.state()) {
            case TUNNEL -> {
                silentSinceMillis = heardMillis > 0 ? heardMillis : 0;
                LOG.log(
                        Level.INFO,
                        "udp.blocked questions=" + questions + " text="
                                + (heardMillis > 0
                                        ? "nothing came for " + (nowMillis - heardMillis) + " ms"
                                        : "nobody has answered since the start"));
                node.udpBlocked(nowMillis);
            }
            case LEAVING -> LOG.log(Level.INFO, "udp.back after_ms=" + (nowMillis - silentSinceMillis));
            case UDP -> close();
        }
        if (before != FallbackPolicy.State.LEAVING || policy.state() == FallbackPolicy.State.TUNNEL) {
            offer(nowMillis);
        }
    }

    /** Has lanes and node use the tunnel exactly while it carries packets. */
    private void offer(long nowMillis) {
        boolean wanted = active();
        if (wanted != offered) {
            offered = wanted;
            Tunnel through = wanted ? tunnel : null;
            lanes.outlet(through == null ? null : through::send);
            socketsChanged.accept(nowMillis);
        }
    }

    private void open() {
        Tunnel old = ending;
        if (old != null && !old.ended()) {
            return;
        }
        ending = null;
        if (lane == null) {
            lane = laneMaker.get();
        }
        if (tunnel == null) {
            var plan = new Tunnel.Plan(relays(), settings.proxy());
            tunnel = new Tunnel(plan, lane, clock, reachable(), new Ground());
            tunnel.start();
        }
        if (!tunnel.connected()) {
            ownAddresses = node.networkStatuses().stream()
                    .flatMap(network -> network.addresses().stream())
                    .map(Prefix::ip)
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    /** Ends the tunnel if there is one. */
    void close() {
        if (tunnel != null) {
            tunnel.close();
            ending = tunnel;
            tunnel = null;
        }
    }

    private final class Ground implements Tunnel.Host {
        @Override
        public void changed() {
            control.offer(() -> offer(clock.millis()));
        }

        @Override
        public boolean inside(Ip local) {
            return ownAddresses.contains(local);
        }
    }

    /** What became of packets that came through tunnels. */
    Map<DropReason, Long> counts() {
        return lane == null ? Map.of() : LaneThread.counts(lane);
    }

    /** What came through tunnels and went no further lately, the oldest first. */
    List<Drop> drops() {
        return lane == null ? List.of() : lane.drops().snapshot();
    }

    /** What a person may want to know. */
    FallbackStatus status() {
        String proxy = settings.proxy().map(Objects::toString).orElse("");
        String first = relays().stream().findFirst().map(Objects::toString).orElse("");
        if (!enabled()) {
            String why = node.upstream()
                    ? "this node is a root, and roots are reached over UDP"
                    : !settings.allowed()
                            ? "switched off (allowTcpFallbackRelay)"
                            : "no relay is set (tcpFallbackRelay)";
            return FallbackStatus.off(why);
        }
        Tunnel now = tunnel;
        boolean leaving = policy.state() == FallbackPolicy.State.LEAVING;
        if (now == null) {
            return new FallbackStatus(FallbackStatus.State.READY, first, proxy, 0, "", "", 0, 0, 0);
        }
        Tunnel.Report report = now.report();
        FallbackStatus.State state = leaving
                ? FallbackStatus.State.LEAVING
                : active() ? FallbackStatus.State.ACTIVE : FallbackStatus.State.CONNECTING;
        return new FallbackStatus(
                state,
                report.relay() == null ? first : report.relay().toString(),
                proxy,
                state == FallbackStatus.State.ACTIVE ? report.sinceMillis() : policy.sinceMillis(),
                because(leaving),
                report.failure(),
                report.sent(),
                report.received(),
                report.dropped());
    }

    private String because(boolean leaving) {
        if (forced()) {
            return "forceTcpRelay is set";
        }
        if (leaving) {
            return "UDP passes again; peers are given time to notice";
        }
        long silent = (policy.sinceMillis() - silentSinceMillis) / 1_000;
        return silentSinceMillis == 0
                ? "nobody has answered over UDP since the start"
                : "nobody had answered over UDP for " + silent + " s, though roots were asked";
    }

    boolean allowed() {
        return settings.allowed();
    }

    boolean inUse() {
        return active();
    }
}
