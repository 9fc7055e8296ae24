// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.orrery.cli.command.Context;
import org.orrery.cli.command.Trouble;
import org.orrery.daemon.home.AtomicFiles;
import org.orrery.rulelang.Formatter;
import org.orrery.rulelang.SourceText;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery rules format}. */
@Command(
        name = "format",
        description = {
            "Print a rule script in the usual layout. Comments stay, and what it compiles to does not change.",
            "Exit code 1 with --check if the layout is another."
        },
        footer = {
            "",
            "Examples:",
            "  orrery rules format office.rules",
            "  orrery rules format office.rules --write",
            "  orrery rules format office.rules --check || exit 1"
        })
final class FormatCommand extends Context implements Callable<Integer> {
    /** What is done with the result. */
    static final class Mode {
        @Option(names = "--check", description = "Print nothing; say whether the file has this layout.")
        boolean check;

        @Option(names = "--write", description = "Replace the file.")
        boolean write;
    }

    @Parameters(paramLabel = "FILE", description = "The script; - for standard input.")
    private String file = "";

    @ArgGroup
    private Mode mode = new Mode();

    @Override
    public Integer call() {
        RuleFile script = RuleFile.read(terminal(), file);
        if (script.text().length() > SourceText.LENGTH_MAX) {
            throw new Trouble(script.name() + " is longer than " + SourceText.LENGTH_MAX + " characters.");
        }
        String formatted = Formatter.format(script.text());
        boolean same = formatted.equals(script.text());
        if (mode.check) {
            if (!same) {
                terminal().complain(script.name() + " has another layout: orrery rules format " + file + " --write");
            }
            return same ? 0 : 1;
        }
        if (!mode.write) {
            terminal().out().print(formatted);
            return 0;
        }
        if (script.path() == null) {
            throw new Trouble("--write needs a file; standard input has no place to write to.");
        }
        if (!same) {
            try {
                AtomicFiles.replaceReadable(script.path(), formatted.getBytes(StandardCharsets.UTF_8));
            } catch (IOException failure) {
                throw new Trouble("Cannot write " + file + ": " + failure.getMessage() + ".");
            }
        }
        terminal().complain(script.name() + (same ? " has this layout already." : " written."));
        return 0;
    }
}
