// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import picocli.CommandLine.Command;

/** {@code orrery bench}. */
@Command(
        name = "bench",
        description = "Measure.",
        subcommands = {BenchNetCommand.class})
final class BenchCommand extends GroupCommand {}
