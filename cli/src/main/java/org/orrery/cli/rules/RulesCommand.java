// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import org.orrery.cli.command.GroupCommand;
import picocli.CommandLine.Command;

/** {@code orrery rules}: what is done with rule scripts. */
@Command(
        name = "rules",
        description = "Compile, check, explain and set the rules of a network.",
        subcommands = {
            CompileCommand.class,
            LintCommand.class,
            FormatCommand.class,
            ExplainCommand.class,
            TestCommand.class,
            PushCommand.class,
            ShowCommand.class,
            CountersCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  orrery rules lint office.rules",
            "  orrery rules explain office.rules --frame 'tcp 10.1.1.2:50000 > 10.1.1.3:22 syn'",
            "  orrery rules test office.test",
            "  orrery rules push NETWORK office.rules --dry-run",
            "  orrery rules show NETWORK",
            "",
            "The language: docs/rules.md"
        })
public final class RulesCommand extends GroupCommand {}
