// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.orrery.cli.api.Json;
import org.orrery.cli.api.LocalApi;
import org.orrery.cli.command.Context;
import org.orrery.cli.command.Trouble;
import org.orrery.rulelang.Decompiler;
import org.orrery.rulelang.Diagnostic;
import org.orrery.rulelang.RuleCompiler;
import org.orrery.rulelang.RuleTables;
import org.orrery.rulelang.lint.Linter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery rules push}. */
@Command(
        name = "push",
        description = {
            "Compile a rule script and make it the rules, capabilities and tags of a network of this node's controller.",
            "Shows what changes first. Members get the new rules at once."
        },
        footer = {
            "",
            "Examples:",
            "  orrery rules push 8056c2e21c000001 office.rules --dry-run",
            "  orrery rules push 8056c2e21c000001 office.rules"
        })
final class PushCommand extends Context implements Callable<Integer> {
    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Parameters(index = "0", paramLabel = "NETWORK", description = "Network ID, 16 hex digits.")
    private String network = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The script; - for standard input.")
    private String file = "";

    @Option(names = "--dry-run", description = "Show what would change, and change nothing.")
    private boolean dryRun;

    @Option(names = "--strict", description = "Change nothing if there are warnings.")
    private boolean strict;

    @Override
    public Integer call() {
        String id = networkId(network);
        RuleFile script = RuleFile.read(terminal(), file);
        RuleCompiler.Compilation compilation = script.compiled(terminal());
        List<Diagnostic> warnings = Linter.lint(compilation);
        script.print(terminal(), compilation.source(), warnings);
        if (strict && !warnings.isEmpty()) {
            throw new Trouble(script.name() + ": " + LintCommand.counted(warnings.size()) + "; nothing was changed.");
        }
        RuleTables compiled = Objects.requireNonNull(compilation.tables());
        LocalApi api = api(node);
        Json before = controllerNetwork(api, id);
        TablesReader.Read old = TablesReader.read(before, compiled);
        RuleTables wanted =
                TablesReader.read(TablesReader.config(compiled), compiled).tables();
        List<String> difference = LineDifference.of(lines(old.tables()), lines(wanted));
        difference.forEach(terminal()::line);
        boolean same = TablesReader.config(old.tables()).equals(TablesReader.config(wanted))
                && old.unknown().isEmpty();
        if (dryRun) {
            terminal().complain(same ? "Nothing would change." : "Nothing was changed: this was a dry run.");
            return 0;
        }
        Json after = publish(api, id, script, wanted);
        TablesReader.Read kept = TablesReader.read(after, compiled);
        if (!TablesReader.config(kept.tables()).equals(TablesReader.config(wanted))) {
            LineDifference.of(lines(wanted), lines(kept.tables())).forEach(terminal()::complain);
            throw new Trouble(
                    "The controller keeps other rules than these; the lines above show how they differ.",
                    "Members use what the controller keeps.");
        }
        terminal()
                .complain(
                        same
                                ? "Network " + id + " has these rules already."
                                : "Network " + id + ": " + wanted.rules().size() + " entries, "
                                        + counted(wanted.capabilities().size(), "capability", "capabilities") + ", "
                                        + counted(wanted.tags().size(), "tag", "tags") + " in force (revision "
                                        + after.at("revision").integer() + ").");
        return 0;
    }

    private Json publish(LocalApi api, String id, RuleFile script, RuleTables wanted) {
        Map<String, Json> body = new TreeMap<>(TablesReader.config(wanted).members());
        body.put("rulesSource", Json.of(script.text()));
        LocalApi.Answer answer = post(api, "/controller/network/" + id, Json.object(body));
        if (answer.status() == 404) {
            throw noSuchNetwork(id);
        }
        return json(answer);
    }

    private static List<String> lines(RuleTables tables) {
        return Decompiler.script(tables).lines().toList();
    }

    private static String counted(int count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }
}
