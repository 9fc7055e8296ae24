// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.orrery.cli.api.Json;
import org.orrery.cli.interop.Stage.Joined;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.Ping;

/** A member is removed while its controller reaches only one of the others, who tells the rest. */
final class RevocationScenario implements Scenario {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration LOOK = Duration.ofSeconds(8);
    private static final int INTERVAL_MILLIS = 100;
    private static final Pattern SEQUENCE = Pattern.compile("icmp_seq=(\\d+) ttl");

    private final int reached;

    /** @param reached the only member that the controller reaches */
    RevocationScenario(int reached) {
        this.reached = reached;
    }

    @Override
    public String name() {
        return "a removed member is cut off, only " + (char) ('A' + reached) + " hears the controller";
    }

    @Override
    public Optional<String> beyond(Cast cast) {
        boolean later = cast.members().stream().anyMatch(member -> !member.old() && !member.own());
        return cast.controller().old() && later
                ? Optional.of(
                        "1.14.2 refuses the revocations of " + cast.controller().name())
                : Optional.empty();
    }

    @Override
    public String play(Stage stage) throws Exception {
        Joined network = stage.network(Map.of());
        for (int i = 0; i < Cast.MEMBERS; i++) {
            for (int j = 0; j < Cast.MEMBERS; j++) {
                if (i != j) {
                    stage.awaitPing(i, network.of(j), Stage.PATIENCE);
                }
            }
        }
        Lab.await(
                "the controller has a direct path to " + stage.label(reached),
                Stage.PATIENCE,
                () -> stage.controller().directPath(stage.member(reached)));
        int removed = 0;
        cutAllBut(stage, reached);
        try {
            return cutOff(stage, network, removed);
        } finally {
            stage.controller().host().output("nft", "delete", "table", "inet", "cut");
            stage.leave(network.id());
        }
    }

    private String cutOff(Stage stage, Joined network, int removed) throws Exception {
        List<CompletableFuture<Ping>> running = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 1; i < Cast.MEMBERS; i++) {
            int from = i;
            running.add(Lab.background(
                    () -> Ping.during(stage.member(from).host(), network.of(removed), LOOK, INTERVAL_MILLIS)));
        }
        Thread.sleep(1_000);
        stage.changeMember(network.id(), removed, "authorized", Json.of(false));
        long changedMillis = (System.nanoTime() - begin) / 1_000_000;
        var result = new StringBuilder();
        for (int i = 1; i < Cast.MEMBERS; i++) {
            Ping ping = Stage.result(running.get(i - 1));
            long lastMillis = Math.max(0, lastAnswered(ping.output()) * INTERVAL_MILLIS - changedMillis);
            result.append(result.isEmpty() ? "" : ", ")
                    .append(stage.label(i))
                    .append(' ')
                    .append(Stage.seconds(Duration.ofMillis(lastMillis)));
            Stage.require(ping.received() > 0, stage.label(i) + " reached it before");
            Stage.require(
                    lastMillis < LIMIT.toMillis(),
                    stage.label(i) + " refuses it within " + LIMIT.toSeconds() + " s, not after " + lastMillis + " ms ("
                            + result + ")");
        }
        for (int i = 1; i < Cast.MEMBERS; i++) {
            int other = i == 1 ? 2 : 1;
            Stage.require(
                    stage.answers(stage.member(i).host(), network.of(other)),
                    stage.label(i) + " still reaches " + stage.label(other));
        }
        return result.toString();
    }

    private static long lastAnswered(String output) {
        long last = 0;
        for (Matcher sequence = SEQUENCE.matcher(output); sequence.find(); ) {
            last = Math.max(last, Long.parseLong(sequence.group(1)));
        }
        return last;
    }

    private static void cutAllBut(Stage stage, int member) throws Exception {
        String ip = stage.member(member).host().ip4();
        stage.controller()
                .host()
                .output(
                        "nft",
                        "table inet cut { chain in { type filter hook input priority 0; iifname " + Lab.DEVICE
                                + " ip saddr != " + ip
                                + " drop; }; chain out { type filter hook output priority 0; oifname "
                                + Lab.DEVICE + " ip daddr != " + ip + " drop; }; }");
    }
}
