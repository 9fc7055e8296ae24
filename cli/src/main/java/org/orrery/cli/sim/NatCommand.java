// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.sim;

import java.util.concurrent.Callable;
import org.orrery.cli.command.Context;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code orrery sim nat}. */
@Command(
        name = "nat",
        description = {
            "Put two members behind every pair of routers and firewalls, and see who gets a direct path, and how fast.",
            "EXPECTED is what the protocol brings about without guesses beyond those of ZeroTier One."
        },
        footer = {
            "",
            "none       an address of its own",
            "firewall   no translation; only an endpoint that was sent to may answer",
            "full cone  anybody may send to a mapped port",
            "address    only addresses that were sent to",
            "port       only endpoints that were sent to: most home routers",
            "counting   another port for each destination, one after the other",
            "symmetric  another port for each destination, at random"
        })
final class NatCommand extends Context implements Callable<Integer> {
    @Mixin
    private final SimOptions options = new SimOptions();

    @Option(names = "--seeds", paramLabel = "N", defaultValue = "3", description = "Runs of each pair (default: 3).")
    private int seeds;

    @Override
    public Integer call() {
        options.check("--seeds", seeds, 1, 1_000);
        return NatReport.run(terminal(), options.seed, seeds, options.json);
    }
}
