// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compiles rule scripts. What it makes of a script is what the compilers made that networks were set up with so far,
 * oddities included; what it says about one is more. Stateless; any thread.
 */
public final class RuleCompiler {
    /**
     * What became of a script.
     *
     * @param script its statements; null if it is too long to be read
     * @param tables null if there are errors
     * @param errors in the order in which they were found; at most 100
     */
    public record Compilation(
            SourceText source,
            @Nullable Script script,
            @Nullable RuleTables tables,
            List<Diagnostic> errors) {
        public Compilation {
            errors = List.copyOf(errors);
        }
    }

    private RuleCompiler() {}

    public static Compilation compile(String text) {
        var source = new SourceText(text);
        var diagnostics = new Diagnostics(source);
        if (text.length() > SourceText.LENGTH_MAX) {
            diagnostics.error(Fault.at(
                    new Span(0, 0),
                    "too-large",
                    "the script has " + text.length() + " characters; " + SourceText.LENGTH_MAX + " are the most"));
            return new Compilation(source, null, null, diagnostics.found());
        }
        Script script = DefinitionReader.read(source, BlockReader.read(Lexer.tokens(source)), diagnostics);
        RuleTables tables = tables(script, diagnostics);
        List<Diagnostic> errors = diagnostics.found();
        return new Compilation(source, script, errors.isEmpty() ? tables : null, errors);
    }

    private static RuleTables tables(Script script, Diagnostics diagnostics) {
        List<RuleTables.Capability> capabilities = new ArrayList<>();
        for (Definition.Capability capability : script.capabilities().values()) {
            capabilities.add(new RuleTables.Capability(
                    capability.name(),
                    capability.id(),
                    capability.byDefault(),
                    Expander.capability(script, capability, diagnostics)));
        }
        List<RuleTables.Tag> tags = script.tags().values().stream()
                .map(tag -> new RuleTables.Tag(tag.name(), tag.id(), tag.value(), tag.enums(), tag.flags()))
                .toList();
        return new RuleTables(Expander.base(script, diagnostics), capabilities, tags);
    }

    /** What is wrong with macros that no table includes: no error, because nothing comes of them. */
    public static List<Diagnostic> faultsOfMacro(Script script, Definition.Macro macro) {
        var diagnostics = new Diagnostics(script.source());
        Expander.macro(script, macro, diagnostics);
        return diagnostics.found();
    }
}
