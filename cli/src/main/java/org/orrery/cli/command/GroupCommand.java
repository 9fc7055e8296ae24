// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import org.jspecify.annotations.Nullable;
import org.orrery.cli.DaemonStarter;
import org.orrery.cli.api.Terminal;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only holds others. */
public abstract class GroupCommand extends Context implements Context.Holder, Runnable {
    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Terminal terminal() {
        return super.terminal();
    }

    @Override
    public DaemonStarter starter() {
        return holder().starter();
    }

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "'" + spec.qualifiedName() + "' needs one of: "
                            + String.join(", ", spec.subcommands().keySet()));
        }
    }
}
