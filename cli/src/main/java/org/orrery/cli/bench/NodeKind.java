// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.orrery.cli.api.Json;
import org.orrery.cli.bench.Pair.End;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabNode;
import org.orrery.cli.lab.LabPlan;
import org.orrery.cli.lab.NodeProgram;
import org.orrery.cli.lab.Ping;
import org.orrery.cli.lab.Programs;

/**
 * Nodes of one protocol: Orrery, a {@code zerotier-one}, or one of each. A third node is their root and controller.
 *
 * @param programs of the root, the left and the right node
 */
record NodeKind(String name, List<NodeProgram> programs) implements Kind {
    static final String ORRERY = "Orrery";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Json NETWORK = Json.object(Map.of(
            "name", Json.of("bench"),
            "private", Json.of(false),
            "ipAssignmentPools",
                    Json.array(Json.object(
                            Map.of("ipRangeStart", Json.of("10.144.0.1"), "ipRangeEnd", Json.of("10.144.0.254")))),
            "routes", Json.array(Json.object(Map.of("target", Json.of("10.144.0.0/24")))),
            "v4AssignMode", Json.object(Map.of("zt", Json.of(true)))));

    static NodeKind orrery() {
        NodeProgram orrery = NodeProgram.orrery();
        return new NodeKind(ORRERY, List.of(orrery, orrery, orrery));
    }

    /** The {@code zerotier-one} in a folder. */
    static NodeKind in(Path folder) throws Exception {
        NodeProgram program = NodeProgram.in(folder);
        return new NodeKind(nameOf(folder), List.of(program, program, program));
    }

    /** Orrery on the left and as the root, the {@code zerotier-one} in a folder on the right. */
    static NodeKind mixed(Path folder) throws Exception {
        NodeProgram orrery = NodeProgram.orrery();
        return new NodeKind(ORRERY + " with " + nameOf(folder), List.of(orrery, orrery, NodeProgram.in(folder)));
    }

    /** By the folder, with the version that the program itself states. */
    private static String nameOf(Path folder) throws Exception {
        String version = Programs.output(
                        List.of(folder.resolve("zerotier-one").toAbsolutePath().toString(), "-v"))
                .strip();
        return folder.normalize().getFileName() + " (" + version + ")";
    }

    @Override
    public Optional<String> missing() {
        return Optional.empty();
    }

    @Override
    public boolean relays() {
        return true;
    }

    @Override
    public Pair open(boolean relayed) throws Exception {
        // Without IPv6, all kinds take the same way.
        Lab lab = Lab.open(new LabPlan(programs.size(), programs, false));
        try {
            return pair(lab, relayed);
        } catch (Exception failure) {
            lab.close();
            throw failure;
        }
    }

    private static Pair pair(Lab lab, boolean relayed) throws Exception {
        LabNode root = lab.node(1);
        LabNode left = lab.node(2);
        LabNode right = lab.node(3);
        for (LabNode node : List.of(root, left, right)) {
            node.confine();
        }
        lab.isolate(left.host(), relayed);
        lab.isolate(right.host(), relayed);
        lab.start();
        String network = root.makeNetwork(NETWORK);
        left.join(network);
        right.join(network);
        String leftAddress = left.awaitAddresses(network, PATIENCE).getFirst();
        String rightAddress = right.awaitAddresses(network, PATIENCE).getFirst();
        Ping.untilAnswer(left.host(), rightAddress, PATIENCE);
        if (!relayed) {
            awaitDirectPath(left, right, rightAddress);
            awaitDirectPath(right, left, leftAddress);
        }
        return new Pair(
                lab,
                new End(left.host(), leftAddress, left.pid()),
                new End(right.host(), rightAddress, right.pid()),
                List.of(root.pid()));
    }

    /** Nodes look for a direct path only while they have something to send. */
    private static void awaitDirectPath(LabNode from, LabNode to, String address) throws Exception {
        Lab.await("a direct path from " + from.address() + " to " + to.address(), PATIENCE, () -> {
            Ping.during(from.host(), address, Duration.ofMillis(100), 50);
            return from.directPath(to);
        });
    }
}
