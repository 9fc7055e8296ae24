// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli;

import org.orrery.cli.api.Terminal;
import org.orrery.cli.command.RootCommand;

/** {@code orrery}: the command line for a person. */
public final class Orrery {
    private Orrery() {}

    public static void main(String[] arguments) {
        Terminal terminal = Terminal.ofProcess("orrery");
        terminal.exit(RootCommand.run(terminal, OneMain.STARTER, arguments));
    }
}
