// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.orrery.cli.api.Json;
import org.orrery.cli.interop.Stage.Joined;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabHost;
import org.orrery.cli.lab.Ping;

/** A host that runs no node, behind a member that bridges; it is reached and reaches, soon after it was made so. */
final class BridgeScenario implements Scenario {
    /** What is owed where this build decides when others hear of a bridge, or notices it by itself. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Members of other implementations ask their controller for news about once a minute. */
    private static final Duration OTHERS_LIMIT = Duration.ofSeconds(90);

    private final int bridge;

    /** @param bridge the member that bridges */
    BridgeScenario(int bridge) {
        this.bridge = bridge;
    }

    @Override
    public String name() {
        return "a foreign host behind bridge " + (char) ('A' + bridge);
    }

    @Override
    public String play(Stage stage) throws Exception {
        Joined network = stage.network(Map.of());
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < Cast.MEMBERS; i++) {
            if (i != bridge) {
                others.add(i);
                stage.awaitPing(i, network.of(bridge), Stage.PATIENCE);
            }
        }
        LabHost host = stage.member(bridge).host();
        LabHost foreign = stage.lab().behind(host);
        String foreignIp = network.of(0).replaceFirst("\\d+$", "200");
        foreign.output("ip", "addr", "add", foreignIp + "/24", "dev", Lab.DEVICE);
        host.output("ip", "link", "add", "br0", "type", "bridge");
        host.output("ip", "link", "set", Lab.BEHIND_DEVICE, "master", "br0");
        host.output("ip", "link", "set", stage.device(bridge, network.id()), "master", "br0");
        host.output("ip", "link", "set", "br0", "up");

        try {
            return reached(stage, network, others, foreign, foreignIp);
        } finally {
            host.output("ip", "link", "del", "br0");
            host.output("ip", "link", "del", Lab.BEHIND_DEVICE);
            stage.leave(network.id());
        }
    }

    private String reached(Stage stage, Joined network, List<Integer> others, LabHost foreign, String foreignIp)
            throws Exception {
        stage.changeMember(network.id(), bridge, "activeBridge", Json.of(true));
        List<CompletableFuture<String>> reached = new ArrayList<>();
        for (int i : others) {
            reached.add(Lab.background(() -> bothWays(stage, network, i, foreign, foreignIp)));
        }
        List<String> results = new ArrayList<>();
        for (CompletableFuture<String> each : reached) {
            results.add(Stage.result(each));
        }
        return String.join(", ", results);
    }

    private static String bothWays(Stage stage, Joined network, int member, LabHost foreign, String foreignIp)
            throws Exception {
        Player player = stage.cast().members().get(member);
        Duration limit = player.own() || stage.cast().controller().own() ? LIMIT : OTHERS_LIMIT;
        CompletableFuture<Duration> back = Lab.background(() -> Ping.untilAnswer(foreign, network.of(member), limit));
        Duration there = Ping.untilAnswer(stage.member(member).host(), foreignIp, limit);
        return stage.label(member) + " " + Stage.seconds(there) + " there " + Stage.seconds(Stage.result(back))
                + " back";
    }
}
