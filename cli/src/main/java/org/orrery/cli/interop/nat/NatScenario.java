// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop.nat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.orrery.cli.lab.LabException;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.Ping;

/**
 * Two members behind two routers: a ping passes in any case, and there is a direct path if the routers permit one.
 *
 * @param a of member A
 * @param b of member B
 * @param mtu of the way between the routers, in bytes
 */
public record NatScenario(Nat a, Nat b, int mtu) {
    private static final int ETHERNET_MTU = 1_500;

    /** The least that IPv6 has to be given, and less than nodes fill by default. */
    private static final int SMALL_MTU = 1_280;

    public NatScenario(Nat a, Nat b) {
        this(a, b, ETHERNET_MTU);
    }

    /** References are introduced again every 30 s only, and the first introduction often comes too early for them. */
    private static final Duration DIRECT_PATIENCE = Duration.ofSeconds(75);

    private static final Duration FIRST_ANSWER_PATIENCE = Duration.ofSeconds(90);

    /** It begins once a path was relayed for four seconds, and takes some five. */
    private static final Duration SEARCH_PATIENCE = Duration.ofSeconds(20);

    /** So long after the first answer nobody expects a direct path to come about. */
    private static final Duration RELAYED_WATCH = Duration.ofSeconds(12);

    private static final int LOOK_MILLIS = 100;

    /** One Ethernet frame that is nearly full, and one that is carried in several packets. */
    private static final int[] SIZES = {1_400, 2_700};

    /** The first ones may be what tells about the MTU of the way, or about a path that is being left. */
    private static final int LOST_MAX = 2;

    /**
     * What was seen of a pair. Times are from the first ping.
     *
     * @param direct when both members stated a direct path
     * @param tcp whether a member uses the TCP relay
     * @param said why there is no direct path, as members of this build put it
     */
    public record Result(Duration firstAnswer, Optional<Duration> direct, boolean tcp, List<String> said) {
        /** In one line. */
        public String words() {
            String how = tcp
                    ? "over the TCP relay"
                    : direct.map(time -> "direct after " + seconds(time)).orElse("relayed");
            return how + ", first answer after " + seconds(firstAnswer)
                    + (said.isEmpty() ? "" : " (" + String.join("; ", said) + ")");
        }
    }

    /** All pairs worth a look, the frequent ones first. */
    public static List<NatScenario> all() {
        List<NatScenario> all = new ArrayList<>();
        List<Nat> cones = List.of(Nat.PORT_RESTRICTED, Nat.RESTRICTED, Nat.FULL_CONE);
        for (Nat cone : cones) {
            all.add(new NatScenario(cone, cone));
        }
        all.add(new NatScenario(Nat.SYMMETRIC, Nat.SYMMETRIC));
        for (Nat cone : cones) {
            all.add(new NatScenario(cone, Nat.SYMMETRIC));
            all.add(new NatScenario(Nat.SYMMETRIC, cone));
        }
        all.add(new NatScenario(Nat.PORT_RESTRICTED, Nat.PORT_RESTRICTED, SMALL_MTU));
        all.add(new NatScenario(Nat.SYMMETRIC, Nat.SYMMETRIC, SMALL_MTU));
        all.add(new NatScenario(Nat.BLOCKED, Nat.PORT_RESTRICTED));
        all.add(new NatScenario(Nat.PORT_RESTRICTED, Nat.BLOCKED));
        return all;
    }

    public String name() {
        return a.words() + " - " + b.words() + (mtu == ETHERNET_MTU ? "" : ", MTU " + mtu);
    }

    /**
     * Plays it.
     *
     * @throws LabException if it fails, with what was expected
     */
    public Result play(NatStage stage) throws Exception {
        String target = stage.settle(a, b, mtu);
        LabNode from = stage.member(0);
        LabNode to = stage.member(1);
        long begin = System.nanoTime();
        Duration first = Ping.untilAnswer(from.host(), target, FIRST_ANSWER_PATIENCE);
        Process traffic = stage.startPing(target);
        boolean blocked = a == Nat.BLOCKED || b == Nat.BLOCKED;
        boolean searching = a.searches(b) && stage.ownMembers();
        Duration watched = a.meets(b) ? DIRECT_PATIENCE : searching ? SEARCH_PATIENCE : RELAYED_WATCH;
        Optional<Duration> direct = watch(from, to, begin, watched);
        if (a.meets(b) && direct.isEmpty()) {
            throw new LabException(
                    "not direct within " + DIRECT_PATIENCE.toSeconds() + " s: " + String.join("; ", said(stage)));
        }
        if (!blocked && !a.meets(b) && !searching && direct.isPresent()) {
            throw new LabException("direct, though no router of such a pair lets the other through: "
                    + from.directPath(to).orElse("") + ", "
                    + to.directPath(from).orElse(""));
        }
        if (blocked && !stage.overTcpRelay(a == Nat.BLOCKED ? 0 : 1)) {
            throw new LabException("the member without UDP does not state that it uses the TCP relay");
        }
        for (int bytes : SIZES) {
            Ping last = Ping.of(from.host(), target, 10, bytes);
            if (last.received() < last.sent() - LOST_MAX) {
                throw new LabException("of " + last.sent() + " pings of " + bytes + " bytes " + last.received()
                        + " were answered" + (direct.isPresent() ? " directly" : " over a relay"));
            }
        }
        traffic.destroy();
        checkPorts(stage, 0, a);
        checkPorts(stage, 1, b);
        return new Result(first, direct, blocked, direct.isPresent() ? List.of() : said(stage));
    }

    /** Watches for so long from now on. */
    private static Optional<Duration> watch(LabNode from, LabNode to, long begin, Duration patience) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - deadline < 0) {
            if (from.directPath(to).isPresent() && to.directPath(from).isPresent()) {
                return Optional.of(Duration.ofNanos(System.nanoTime() - begin));
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return Optional.empty();
    }

    /** The routers have to be what they are said to be. */
    private static void checkPorts(NatStage stage, int site, Nat nat) throws Exception {
        if (nat != Nat.BLOCKED && stage.keepsPorts(site).orElse(nat != Nat.SYMMETRIC) == (nat == Nat.SYMMETRIC)) {
            throw new LabException(
                    "the router of " + stage.label(site) + " is not " + nat.words() + ": wrong ports outside");
        }
    }

    private static List<String> said(NatStage stage) throws Exception {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            LabNode other = stage.member(1 - i);
            String why = stage.member(i)
                    .peer(other)
                    .at("orrery")
                    .at("relayedBecause")
                    .text();
            if (!why.isEmpty()) {
                all.add(stage.label(i) + ": " + why);
            }
        }
        return all;
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    }
}
