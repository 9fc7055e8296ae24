// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import java.util.List;
import java.util.concurrent.Callable;
import org.orrery.cli.command.Context;
import org.orrery.rulelang.Diagnostic;
import org.orrery.rulelang.RuleCompiler;
import org.orrery.rulelang.lint.Linter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orrery rules lint}. */
@Command(
        name = "lint",
        description = "Warn about rules that compile and do something else than they seem to.",
        footer = {"", "Examples:", "  orrery rules lint office.rules", "  orrery rules lint office.rules --strict"})
final class LintCommand extends Context implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The script; - for standard input.")
    private String file = "";

    @Option(names = "--strict", description = "Exit code 1 if there are warnings.")
    private boolean strict;

    @Override
    public Integer call() {
        RuleFile script = RuleFile.read(terminal(), file);
        RuleCompiler.Compilation compilation = script.compiled(terminal());
        List<Diagnostic> warnings = Linter.lint(compilation);
        script.print(terminal(), compilation.source(), warnings);
        terminal().complain(script.name() + ": " + counted(warnings.size()) + ".");
        return strict && !warnings.isEmpty() ? 1 : 0;
    }

    static String counted(int warnings) {
        return warnings == 0 ? "no warnings" : warnings == 1 ? "1 warning" : warnings + " warnings";
    }
}
