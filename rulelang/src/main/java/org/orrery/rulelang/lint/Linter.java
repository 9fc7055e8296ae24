// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang.lint;

import java.util.Comparator;
import java.util.List;
import org.orrery.rulelang.Diagnostic;
import org.orrery.rulelang.RuleCompiler.Compilation;
import org.orrery.rulelang.RuleTables;
import org.orrery.rulelang.Script;

/** Looks for rules that compile and do something else than they seem to. Stateless; any thread. */
public final class Linter {
    private Linter() {}

    /** Warnings about a script without errors, in the order of the text; nothing for one with errors. */
    public static List<Diagnostic> lint(Compilation compilation) {
        RuleTables tables = compilation.tables();
        Script script = compilation.script();
        if (tables == null || script == null) {
            return List.of();
        }
        var warnings = new Warnings();
        new BlockChecks(script, warnings).run();
        new DefinitionChecks(script, tables, warnings).run();
        new ArgumentChecks(script, warnings).run();
        new TableChecks(script, tables, warnings).run();
        return warnings.found().stream()
                .sorted(Comparator.comparingInt(warning -> warning.span().start()))
                .toList();
    }
}
