// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import org.orrery.cli.command.GroupCommand;
import picocli.CommandLine.Command;

/** {@code orrery rules}: what is done with rule scripts. */
@Command(
        name = "rules",
        description = "Compile, check, format and set the rules of a network.",
        subcommands = {CompileCommand.class},
        footer = {"", "Examples:", "  orrery rules compile office.rules", "  orrery rules compile office.rules --json"})
public final class RulesCommand extends GroupCommand {}
