// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.sim;

import java.util.concurrent.Callable;
import org.orrery.cli.command.Context;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code orrery sim crowd}. */
@Command(name = "crowd", description = "Let many nodes join one network and talk in groups; see what a node costs.")
final class CrowdCommand extends Context implements Callable<Integer> {
    private static final int NODES_MAX = 1_000;

    @Mixin
    private final SimOptions options = new SimOptions();

    @Option(names = "--nodes", paramLabel = "N", defaultValue = "200", description = "Members (default: 200).")
    private int nodes;

    @Option(
            names = "--group",
            paramLabel = "N",
            defaultValue = "10",
            description = "Members that talk to one another (default: 10).")
    private int group;

    @Override
    public Integer call() {
        options.check("--nodes", nodes, 2, NODES_MAX);
        options.check("--group", group, 2, 100);
        return CrowdReport.run(terminal(), options.seed, nodes, group, options.json);
    }
}
