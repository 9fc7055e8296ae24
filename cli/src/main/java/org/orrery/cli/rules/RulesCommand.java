// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import org.orrery.cli.command.GroupCommand;
import picocli.CommandLine.Command;

/** {@code orrery rules}: what is done with rule scripts. */
@Command(
        name = "rules",
        description = "Compile and check rules, and say what they do with frames.",
        subcommands = {CompileCommand.class, ExplainCommand.class, TestCommand.class},
        footer = {
            "",
            "Examples:",
            "  orrery rules compile office.rules",
            "  orrery rules compile office.rules --json",
            "  orrery rules explain office.rules --frame 'tcp 10.1.1.2:50000 > 10.1.1.3:22 syn'",
            "  orrery rules test office.test"
        })
public final class RulesCommand extends GroupCommand {}
