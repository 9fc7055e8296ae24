// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code orrery completion}. */
@Command(
        name = "completion",
        description = "Print a completion script for bash or zsh.",
        footer = {
            "",
            "Examples:",
            "  source <(orrery completion bash)",
            "  orrery completion bash | sudo tee /etc/bash_completion.d/orrery > /dev/null"
        })
final class CompletionCommand extends Context implements Runnable {
    /** Shells the script is for; it is the same one. */
    enum Shell {
        bash,
        zsh
    }

    @Parameters(paramLabel = "SHELL", arity = "0..1", description = "${COMPLETION-CANDIDATES}")
    private Shell shell = Shell.bash;

    @Override
    public void run() {
        var root = RootCommand.commandLine(terminal(), holder().starter());
        if (shell == Shell.zsh) {
            terminal().line("autoload -U +X bashcompinit && bashcompinit");
        }
        terminal().out().print(AutoComplete.bash("orrery", root));
    }
}
