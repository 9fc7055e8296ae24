// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import java.util.Objects;
import org.orrery.cli.api.Table;
import org.orrery.cli.command.Context;
import org.orrery.rulelang.RuleTables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery rules compile}. */
@Command(
        name = "compile",
        description = {
            "Compile a rule script and say what it makes, or what is wrong with it.",
            "With --json the result is printed as the rule compiler of ZeroTier One prints it."
        },
        footer = {
            "",
            "Examples:",
            "  orrery rules compile office.rules",
            "  orrery rules compile office.rules --json > office.json",
            "  generate-rules | orrery rules compile -"
        })
final class CompileCommand extends Context implements Runnable {
    @Parameters(paramLabel = "FILE", description = "The script; - for standard input.")
    private String file = "";

    @Option(
            names = {"-j", "--json"},
            description = "Print the compiled rules as JSON.")
    private boolean json;

    @Override
    public void run() {
        RuleFile script = RuleFile.read(terminal(), file);
        RuleTables tables = Objects.requireNonNull(script.compiled(terminal()).tables());
        if (json) {
            terminal().line(TablesJson.print(tables.json()));
            return;
        }
        var table = new Table("TABLE", "ID", "ENTRIES", "DEFAULT");
        table.add("base", "", Integer.toString(tables.rules().size()), "");
        tables.capabilities()
                .forEach(capability -> table.add(
                        "cap " + capability.name(),
                        Long.toString(capability.id()),
                        Integer.toString(capability.rules().size()),
                        capability.byDefault() ? "yes" : "no"));
        tables.tags()
                .forEach(tag -> table.add(
                        "tag " + tag.name(),
                        Long.toString(tag.id()),
                        "",
                        tag.value() == null ? "none" : Long.toString(tag.value() & 0xffff_ffffL)));
        table.print(terminal());
    }
}
