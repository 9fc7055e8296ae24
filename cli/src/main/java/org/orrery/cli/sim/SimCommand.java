// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.sim;

import org.orrery.cli.command.GroupCommand;
import picocli.CommandLine.Command;

/** {@code orrery sim}: experiments with many nodes in one process. */
@Command(
        name = "sim",
        description = {
            "Run whole nodes on a virtual internet in this process: nothing is sent, and a seed replays a run exactly.",
            "What nodes do is real, their networks, routers and clocks are not."
        },
        subcommands = {NatCommand.class, ChaosCommand.class, CrowdCommand.class},
        footer = {
            "",
            "Examples:",
            "  orrery sim nat",
            "  orrery sim chaos --seeds 100",
            "  orrery sim crowd --nodes 500 --json",
            "",
            "More: docs/simulator.md"
        })
public final class SimCommand extends GroupCommand {}
