// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.util.List;
import java.util.Map;
import org.orrery.cli.api.Json;
import org.orrery.cli.interop.Stage.Joined;
import org.orrery.cli.lab.Ping;

/** Frames that rules copy or redirect to a third member, seen there on its interface. */
final class CopyScenarios {
    private static final int ICMP = 1;
    private static final int PINGS = 5;

    private CopyScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Copied("TEE", "ACTION_TEE", 2, 2 * PINGS),
                new Copied("TEE", "ACTION_TEE", 3, 2 * PINGS),
                new Copied("WATCH", "ACTION_WATCH", 2, 2 * PINGS),
                new Copied("WATCH", "ACTION_WATCH", 3, 2 * PINGS),
                new Copied("REDIRECT", "ACTION_REDIRECT", 2, PINGS),
                new Copied("REDIRECT", "ACTION_REDIRECT", 3, PINGS));
    }

    /**
     * Pings between A and B in both directions, watched by another.
     *
     * @param copiesMin of the requests of one run: sender and receiver both copy, but only the sender redirects
     */
    private record Copied(String what, String action, int watcher, int copiesMin) implements Scenario {
        @Override
        public String name() {
            return what + " to " + (char) ('A' + watcher);
        }

        @Override
        public String play(Stage stage) throws Exception {
            Joined network = stage.network(Map.of());
            for (int[] pair : new int[][] {{0, 1}, {1, 0}, {0, watcher}, {1, watcher}}) {
                stage.awaitPing(pair[0], network.of(pair[1]), Stage.PATIENCE);
            }
            Json rule = Stage.rule(
                    action, Map.of("address", Json.of(stage.member(watcher).address()), "length", Json.of(0)));
            stage.controller()
                    .change(
                            "/controller/network/" + network.id(),
                            Json.object(Map.of("rules", Stage.rules(Stage.ipProtocol(ICMP), rule, Stage.accept()))));
            String seen;
            var counter = new FrameCounter(stage.member(watcher).host(), stage.device(watcher, network.id()));
            try {
                seen = counted(stage, network, counter);
            } finally {
                counter.remove();
            }
            stage.leave(network.id());
            return seen + " copies of " + PINGS + " requests";
        }

        private String counted(Stage stage, Joined network, FrameCounter counter) throws Exception {
            boolean redirects = what.equals("REDIRECT");
            var seen = new StringBuilder();
            for (int[] pair : new int[][] {{0, 1}, {1, 0}}) {
                counter.count(network.of(pair[0]), network.of(pair[1]));
                awaitFirst(stage, network, pair, counter);
                long before = counter.read();
                Ping ping = Ping.of(stage.member(pair[0]).host(), network.of(pair[1]), PINGS, 56);
                long copies = counter.read() - before;
                Stage.require(
                        copies >= copiesMin && copies <= copiesMin + 2,
                        copiesMin + " copies at " + stage.label(watcher) + " of what " + stage.label(pair[0])
                                + " sends to " + stage.label(pair[1]) + ", not " + copies);
                Stage.require(
                        redirects ? ping.received() == 0 : ping.complete(),
                        redirects
                                ? "no answer, for the requests went elsewhere"
                                : "all pings are answered all the same");
                seen.append(seen.isEmpty() ? "" : ", ").append(copies);
            }
            return seen.toString();
        }

        /** The rules arrive at their time. */
        private static void awaitFirst(Stage stage, Joined network, int[] pair, FrameCounter counter) throws Exception {
            org.orrery.cli.lab.Lab.await(
                    "the first copy of a frame from " + stage.label(pair[0]), Stage.PATIENCE, () -> {
                        stage.answers(stage.member(pair[0]).host(), network.of(pair[1]));
                        return counter.read() > 0 ? java.util.Optional.of(true) : java.util.Optional.empty();
                    });
            Thread.sleep(1_500); // the other end has them at the latest with the next second
        }
    }
}
