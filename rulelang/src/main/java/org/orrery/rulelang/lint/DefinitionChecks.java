// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang.lint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.orrery.rulelang.Definition;
import org.orrery.rulelang.Diagnostic;
import org.orrery.rulelang.Item;
import org.orrery.rulelang.Limits;
import org.orrery.rulelang.Numbers;
import org.orrery.rulelang.RuleCompiler;
import org.orrery.rulelang.RuleTables;
import org.orrery.rulelang.Script;
import org.orrery.rulelang.Statement;
import org.orrery.rulelang.Vocabulary;
import org.orrery.rulelang.Word;

/** Tags, capabilities and macros that are not what they seem, or of no use. */
final class DefinitionChecks {
    private final Script script;
    private final RuleTables tables;
    private final Warnings warnings;

    DefinitionChecks(Script script, RuleTables tables, Warnings warnings) {
        this.script = script;
        this.tables = tables;
        this.warnings = warnings;
    }

    void run() {
        Map<Long, String> tagIds = new HashMap<>();
        for (Definition.Tag tag : script.tags().values()) {
            String other = tagIds.putIfAbsent(tag.id(), tag.name());
            if (other != null) {
                warnings.at(
                        tag.nameSpan(),
                        "duplicate-id",
                        "tag '" + tag.name() + "' has the ID " + tag.id() + " of tag '" + other
                                + "': to members they are one",
                        "give each tag an ID of its own");
            }
            names(tag);
            byDefault(tag);
        }
        many(script.tags().values(), "tags");
        many(script.capabilities().values(), "capabilities");
        macros();
    }

    private void many(java.util.Collection<? extends Definition> definitions, String what) {
        definitions.stream()
                .skip(Limits.CREDENTIALS_MAX)
                .findFirst()
                .ifPresent(definition -> warnings.at(
                        definition.nameSpan(),
                        "many",
                        "there are " + definitions.size() + " " + what + ", and a member can have "
                                + Limits.CREDENTIALS_MAX + " at most"));
    }

    private void names(Definition.Tag tag) {
        Set<String> names = new HashSet<>(tag.enums().keySet());
        names.addAll(tag.flags().keySet());
        for (Item item : tag.block().items().subList(1, tag.block().items().size())) {
            if (item instanceof Word word
                    && names.contains(word.text())
                    && Vocabulary.RESERVED.contains(word.text())
                    && !word.text().equals("default")
                    && !word.text().equals("enum")) {
                warnings.at(
                        word,
                        "reserved",
                        "'" + word.text() + "' is a reserved word, and no match can name it",
                        "choose another name");
            }
        }
        for (Map.Entry<String, Long> flag : tag.flags().entrySet()) {
            if (tag.enums().containsKey(flag.getKey())) {
                warnings.at(
                        tag.nameSpan(),
                        "flag-or-enum",
                        "'" + flag.getKey() + "' is both a flag and an enum of tag '" + tag.name()
                                + "': matches take the flag, and 'default' the enum",
                        "give one another name");
            }
        }
    }

    private void byDefault(Definition.Tag tag) {
        Word word = tag.defaultWord();
        if (word == null || tag.enums().containsKey(word.text()) || tag.flags().containsKey(word.text())) {
            return;
        }
        if (!Numbers.whole(word.text()) || word.text().startsWith("-")) {
            warnings.at(
                    word,
                    "default",
                    "'" + word.text() + "' is no enum, flag or number of this tag, and is taken as "
                            + (tag.value() == null ? 0 : tag.value()),
                    "names of enums and flags are in lower case here");
        }
    }

    private void macros() {
        Set<String> used = new HashSet<>();
        List<Statement> statements = new ArrayList<>(script.statements());
        script.capabilities().values().forEach(capability -> statements.addAll(capability.statements()));
        for (int i = 0; i < statements.size(); i++) {
            if (statements.get(i) instanceof Statement.Include include && used.add(include.macro())) {
                Definition.Macro macro = script.macros().get(include.macro());
                if (macro != null) {
                    statements.addAll(macro.statements());
                }
            }
        }
        for (Definition.Macro macro : script.macros().values()) {
            if (used.contains(macro.name())) {
                continue;
            }
            warnings.at(
                    macro.nameSpan(),
                    "unused",
                    "macro '" + macro.name() + "' is never included",
                    "include " + macro.name() + ", or leave it out");
            for (Diagnostic fault : RuleCompiler.faultsOfMacro(script, macro)) {
                warnings.at(
                        fault.span(),
                        fault.code(),
                        fault.message(),
                        fault.hints().toArray(String[]::new));
            }
        }
        if (tables.rules().isEmpty() && !script.outline().items().isEmpty()) {
            warnings.at(
                    script.outline().words().getLast(),
                    "missing-end",
                    "the base table is empty: only what a capability accepts gets through",
                    "end the script with: accept;");
        }
    }
}
