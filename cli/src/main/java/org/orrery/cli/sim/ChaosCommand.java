// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.sim;

import java.util.concurrent.Callable;
import org.orrery.cli.command.Context;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code orrery sim chaos}. */
@Command(
        name = "chaos",
        description = {
            "Let everything go wrong that a seed thinks of, then let it stop: nothing unsafe may happen, and all members"
                    + " have to reach each other again within 20 seconds of their time.",
            "Ends with 1 if any seed was violated."
        })
final class ChaosCommand extends Context implements Callable<Integer> {
    @Mixin
    private final SimOptions options = new SimOptions();

    @Option(names = "--seeds", paramLabel = "N", defaultValue = "20", description = "How many (default: 20).")
    private int seeds;

    @Option(
            names = "--trail",
            description = {
                "Tell what goes wrong and when; once calm has returned, when each pair met again, and what the nodes said.",
                "Goes to standard error."
            })
    private boolean trail;

    @Override
    public Integer call() {
        options.check("--seeds", seeds, 1, 1_000_000);
        return ChaosReport.run(terminal(), options.seed, seeds, options.json, trail);
    }
}
