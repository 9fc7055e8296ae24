// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.orrery.cli.api.Json;
import org.orrery.cli.interop.Stage.Joined;

/** What rules, tags and capabilities let through. */
final class RuleScenarios {
    private static final int ARP = 0x0806;
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final long TAG = 1000;
    private static final Duration EFFECT_LIMIT = Duration.ofSeconds(15);

    /** Each kind towards each other kind: A and C are of one, B and D of another. */
    private static final List<int[]> PAIRS =
            List.of(new int[] {0, 1}, new int[] {1, 0}, new int[] {0, 2}, new int[] {1, 3});

    private RuleScenarios() {}

    static List<Scenario> all() {
        return List.of(new IcmpOnly(), new Tags(), new Capability());
    }

    /** Rules that drop one protocol. */
    private record IcmpOnly() implements Scenario {
        @Override
        public String name() {
            return "rules drop ICMP, TCP passes";
        }

        @Override
        public String play(Stage stage) throws Exception {
            Joined network = stage.network(
                    Map.of("rules", Stage.rules(Stage.ipProtocol(ICMP), Stage.rule("ACTION_DROP"), Stage.accept())));
            for (int[] pair : PAIRS) {
                String to = network.of(pair[1]);
                stage.awaitConnects(true, pair[0], pair[1], to, 8080, Stage.PATIENCE);
                Stage.require(
                        !stage.answers(stage.member(pair[0]).host(), to),
                        "no answer of " + stage.label(pair[1]) + " to a ping of " + stage.label(pair[0]));
            }
            stage.leave(network.id());
            return PAIRS.size() + " pairs";
        }
    }

    /** A tag that differs separates. */
    private record Tags() implements Scenario {
        @Override
        public String name() {
            return "a changed tag separates, and joins again";
        }

        @Override
        public String play(Stage stage) throws Exception {
            Json differs = Stage.rule(
                    "MATCH_TAGS_DIFFERENCE", Map.of("id", Json.of(TAG), "value", Json.of(0), "not", Json.of(true)));
            Joined network = stage.network(Map.of(
                    "rules",
                    Stage.rules(
                            Stage.etherType(ARP), Stage.accept(), differs, Stage.rule("ACTION_DROP"), Stage.accept())));
            for (int i = 0; i < Cast.MEMBERS; i++) {
                tag(stage, network.id(), i, 1);
            }
            for (int[] pair : PAIRS) {
                stage.awaitPing(pair[0], network.of(pair[1]), Stage.PATIENCE);
            }
            long begin = System.nanoTime();
            tag(stage, network.id(), 1, 2);
            Duration apart = stage.awaitSilence(0, network.of(1), EFFECT_LIMIT);
            stage.awaitSilence(3, network.of(1), EFFECT_LIMIT);
            Duration both = Duration.ofNanos(System.nanoTime() - begin);
            Stage.require(
                    stage.answers(stage.member(0).host(), network.of(3)),
                    stage.label(0) + " and " + stage.label(3) + ", whose tags are equal, still reach each other");
            tag(stage, network.id(), 1, 1);
            Duration together = stage.awaitPing(0, network.of(1), EFFECT_LIMIT);
            List<Player> members = stage.cast().members();
            if (members.get(1).own() || members.get(3).own()) {
                // References show each other their tags only with the next frame that they send by themselves.
                stage.awaitPing(3, network.of(1), EFFECT_LIMIT);
            }
            stage.leave(network.id());
            return "apart " + Stage.seconds(apart) + " (all seen " + Stage.seconds(both) + "), together "
                    + Stage.seconds(together);
        }

        private static void tag(Stage stage, String network, int member, long value) throws Exception {
            stage.changeMember(network, member, "tags", Json.array(Json.array(Json.of(TAG), Json.of(value))));
        }
    }

    /** A port that nothing but a capability opens. */
    private record Capability() implements Scenario {
        private static final int OPEN = 8080;
        private static final int SHUT = 8081;

        @Override
        public String name() {
            return "a capability alone opens a port";
        }

        @Override
        public String play(Stage stage) throws Exception {
            Json syn = Stage.rule("MATCH_CHARACTERISTICS", Map.of("mask", Json.of("0000000000000002")));
            Json noAck = Stage.rule(
                    "MATCH_CHARACTERISTICS", Map.of("mask", Json.of("0000000000000010"), "not", Json.of(true)));
            Json port = Stage.rule("MATCH_IP_DEST_PORT_RANGE", Map.of("start", Json.of(OPEN), "end", Json.of(OPEN)));
            Json capability = Json.object(
                    Map.of("id", Json.of(1), "rules", Stage.rules(Stage.ipProtocol(TCP), port, Stage.accept())));
            Joined network = stage.network(Map.of(
                    "rules", Stage.rules(syn, noAck, Stage.rule("ACTION_BREAK"), Stage.accept()),
                    "capabilities", Json.array(capability)));
            for (int[] pair : PAIRS) {
                stage.awaitPing(pair[0], network.of(pair[1]), Stage.PATIENCE);
            }
            Stage.require(!stage.connects(0, 1, network.of(1), OPEN), "port " + OPEN + " is shut to begin with");
            stage.changeMember(network.id(), 0, "capabilities", Json.array(Json.of(1)));
            Duration first = stage.awaitConnects(true, 0, 1, network.of(1), OPEN, EFFECT_LIMIT);
            stage.awaitConnects(true, 0, 2, network.of(2), OPEN, EFFECT_LIMIT);
            stage.changeMember(network.id(), 1, "capabilities", Json.array(Json.of(1)));
            stage.awaitConnects(true, 1, 2, network.of(2), OPEN, EFFECT_LIMIT);
            Stage.require(!stage.connects(0, 1, network.of(1), SHUT), "port " + SHUT + " stays shut");
            Stage.require(!stage.connects(2, 0, network.of(0), OPEN), "port " + OPEN + " is shut without it");
            stage.leave(network.id());
            return "open " + Stage.seconds(first);
        }
    }
}
