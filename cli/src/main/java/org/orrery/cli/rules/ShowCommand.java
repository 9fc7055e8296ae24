// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Json;
import org.orrery.cli.command.Context;
import org.orrery.rulelang.Decompiler;
import org.orrery.rulelang.RuleCompiler;
import org.orrery.rulelang.RuleTables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery rules show}. */
@Command(
        name = "show",
        description = {
            "Print the rules of a network of this node's controller as a script.",
            "It is the script they were pushed with if they are still those, else one made from the rules."
        },
        footer = {"", "Examples:", "  orrery rules show 8056c2e21c000001 > office.rules"})
final class ShowCommand extends Context implements Runnable {
    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Parameters(paramLabel = "NETWORK", description = "Network ID, 16 hex digits.")
    private String network = "";

    @Option(names = "--decompile", description = "Make the script from the rules in any case.")
    private boolean decompile;

    @Override
    public void run() {
        Json found = controllerNetwork(api(node), networkId(network));
        String source = found.at("rulesSource").text();
        RuleTables named = RuleCompiler.compile(source).tables();
        TablesReader.Read read = TablesReader.read(found, named);
        if (!decompile && named != null && same(named, read)) {
            terminal().out().print(source.endsWith("\n") ? source : source + "\n");
            return;
        }
        print(read, !source.isEmpty());
    }

    /** Whether a script compiles to what the network has; an empty one is none. */
    private static boolean same(@Nullable RuleTables script, TablesReader.Read network) {
        return script != null
                && !script.rules().isEmpty()
                && network.unknown().isEmpty()
                && TablesReader.config(TablesReader.read(TablesReader.config(script), script)
                                .tables())
                        .equals(TablesReader.config(network.tables()));
    }

    private void print(TablesReader.Read read, boolean stale) {
        if (stale && !decompile) {
            terminal().complain("The rules were changed since a script was pushed; this one is made from the rules.");
        }
        terminal().out().print(Decompiler.script(read.tables()));
        for (String rule : read.unknown()) {
            terminal().complain("The language has no form for this rule, which is left out: " + rule);
        }
    }
}
