// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.orrery.cli.interop.Stage.Joined;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabException;
import org.orrery.cli.lab.LabHost;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.Ping;

/** The way between a member of this build and another one changes under their traffic. */
final class WayScenarios {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** The goal is 3 s; the rest is for a machine that has other things to do. */
    private static final Duration SOON = Duration.ofSeconds(6);

    /** References may find out late what happened on their own way to us; nobody waits for that any longer. */
    private static final Duration OTHERS_WATCH = Duration.ofSeconds(25);

    private static final Duration OTHERS_LIMIT = Duration.ofMinutes(5);

    private static final Duration SUSPENDED = Duration.ofMinutes(1);

    private WayScenarios() {}

    static List<Scenario> all() {
        return List.of(
                scenario("the direct path is cut, and back", WayScenarios::cut),
                scenario("a member's address changes", WayScenarios::moved),
                scenario("a member sleeps for 60 s", WayScenarios::suspended),
                scenario("the root is started anew", WayScenarios::rootRestarted));
    }

    private interface Body {
        String play(Pair pair) throws Exception;
    }

    private static Scenario scenario(String name, Body body) {
        return new Scenario() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public String play(Stage stage) throws Exception {
                Joined network = stage.network(Map.of());
                try {
                    return body.play(Pair.of(stage, network));
                } finally {
                    stage.leave(network.id());
                }
            }
        };
    }

    /** A member of this build, and another one, of another implementation if there is one. */
    private record Pair(Stage stage, Joined network, int own, int other) {
        static Pair of(Stage stage, Joined network) throws Exception {
            List<Player> members = stage.cast().members();
            int own = members.getFirst().own() ? 0 : 1;
            int other = 1 - own;
            var pair = new Pair(stage, network, own, other);
            stage.awaitPing(own, network.of(other), Stage.PATIENCE);
            pair.awaitDirect();
            return pair;
        }

        LabNode ours() {
            return stage.member(own);
        }

        LabNode theirs() {
            return stage.member(other);
        }

        /** How long until both ends state a direct path, with traffic meanwhile. */
        Duration awaitDirect() throws Exception {
            long begin = System.nanoTime();
            return Lab.await("both ends have a direct path", OTHERS_LIMIT, () -> {
                Ping.of(ours().host(), network.of(other), 2, 56);
                boolean both = ours().directPath(theirs()).isPresent()
                        && theirs().directPath(ours()).isPresent();
                return both ? Optional.of(Duration.ofNanos(System.nanoTime() - begin)) : Optional.empty();
            });
        }

        Duration answered(Duration limit) throws Exception {
            return Ping.untilAnswer(ours().host(), network.of(other), limit);
        }

        /** How many of our echo requests have reached the other one's interface; counting starts with this. */
        FrameCounter counter() throws Exception {
            var counter = new FrameCounter(theirs().host(), stage.device(other, network.id()));
            counter.count(network.of(own), network.of(other));
            return counter;
        }

        /** How long until what we send gets there, whatever becomes of the answer. */
        Duration arrives(FrameCounter counter) throws Exception {
            long before = counter.read();
            long begin = System.nanoTime();
            Process pings = stage.lab().start(ours().host(), "ping", "-n", "-i", "0.1", network.of(other));
            try {
                return Lab.await("requests arrive", PATIENCE, () -> {
                    Duration taken = Duration.ofNanos(System.nanoTime() - begin);
                    return counter.read() > before ? Optional.of(taken) : Optional.empty();
                });
            } finally {
                pings.destroy();
            }
        }

        /** Whether, and when after {@code beginNanos}, both ways work. */
        String bothWays(long beginNanos) throws Exception {
            try {
                answered(otherOwn() ? SOON : OTHERS_WATCH);
                return "answered after " + Stage.seconds(Duration.ofNanos(System.nanoTime() - beginNanos));
            } catch (LabException noAnswer) {
                if (otherOwn()) {
                    throw noAnswer;
                }
                return "no answer within " + Stage.seconds(Duration.ofNanos(System.nanoTime() - beginNanos));
            }
        }

        boolean otherOwn() {
            return stage.cast().members().get(other).own();
        }
    }

    private static String cut(Pair pair) throws Exception {
        Lab lab = pair.stage.lab();
        FrameCounter counter = pair.counter();
        try {
            lab.isolate(pair.ours().host(), true);
            lab.isolate(pair.theirs().host(), true);
            long begin = System.nanoTime();
            Duration out = pair.arrives(counter);
            if (out.compareTo(SOON) > 0) {
                throw new LabException("what this build sent arrived after " + Stage.seconds(out));
            }
            String both = pair.bothWays(begin);
            lab.isolate(pair.ours().host(), false);
            lab.isolate(pair.theirs().host(), false);
            Duration back = pair.awaitDirect();
            return "arrives again after " + Stage.seconds(out) + ", " + both + "; direct again after "
                    + Stage.seconds(back);
        } finally {
            lab.isolate(pair.ours().host(), false);
            lab.isolate(pair.theirs().host(), false);
            counter.remove();
        }
    }

    private static String moved(Pair pair) throws Exception {
        LabHost host = pair.ours().host();
        String old = host.ip4() + "/24";
        String fresh = host.net() + (100 + host.number()) + "/24";
        FrameCounter counter = pair.counter();
        try {
            // First, for deleting it would take a second one of its net with it.
            host.output("ip", "addr", "del", old, "dev", Lab.DEVICE);
            host.output("ip", "addr", "add", fresh, "dev", Lab.DEVICE);
            long begin = System.nanoTime();
            Duration out = pair.arrives(counter);
            String both = pair.bothWays(begin);
            if (out.compareTo(SOON) > 0) {
                throw new LabException("what this build sent arrived after " + Stage.seconds(out));
            }
            return "arrives again after " + Stage.seconds(out) + ", " + both;
        } finally {
            host.run("ip", "addr", "del", fresh, "dev", Lab.DEVICE);
            host.run("ip", "addr", "add", old, "dev", Lab.DEVICE);
            counter.remove();
            pair.answered(OTHERS_LIMIT);
        }
    }

    private static String suspended(Pair pair) throws Exception {
        signal("-STOP", pair.ours());
        try {
            Thread.sleep(SUSPENDED);
        } finally {
            signal("-CONT", pair.ours());
        }
        Duration back = pair.answered(OTHERS_LIMIT);
        if (back.compareTo(SOON) > 0) {
            throw new LabException("answered " + Stage.seconds(back) + " after it went on");
        }
        return "answered " + Stage.seconds(back) + " after it went on";
    }

    private static void signal(String signal, LabNode node) throws Exception {
        node.host().output("kill", signal, Long.toString(node.pid()));
    }

    private static String rootRestarted(Pair pair) throws Exception {
        LabNode root = pair.stage.lab().node(1);
        root.kill();
        Ping without = Ping.during(pair.ours().host(), pair.network.of(pair.other), Duration.ofSeconds(5), 100);
        root.start();
        long begin = System.nanoTime();
        Duration known = Lab.await(
                "the root answers",
                OTHERS_LIMIT,
                () -> pair.ours().directPath(root).map(path -> Duration.ofNanos(System.nanoTime() - begin)));
        if (without.received() < without.sent() - 1) {
            throw new LabException(
                    "without a root " + without.received() + " of " + without.sent() + " pings were answered directly");
        }
        return "meanwhile " + without.received() + " of " + without.sent()
                + " pings answered directly, root known again " + Stage.seconds(known) + " after its start";
    }
}
