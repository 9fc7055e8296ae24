// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes one table of statements: replaces macros and variables, and reports what is faulty on the way. */
final class Expander {
    /** A variable's value, by name; outside of macros there are none. */
    private record Scope(Map<String, Integer> parameters, List<String> arguments, List<Span> includedFrom) {
        @Nullable
        String value(String variable) {
            Integer index = parameters.get(variable);
            return index == null || index >= arguments.size() ? null : arguments.get(index);
        }
    }

    private final Script script;
    private final Operands operands;
    private final Diagnostics diagnostics;
    private final String table;
    private final int entriesMax;
    private final List<Entry> entries = new ArrayList<>();
    private int inclusions;
    private boolean given;

    private Expander(Script script, Diagnostics diagnostics, String table, int entriesMax) {
        this.script = script;
        this.operands = new Operands(script.tags());
        this.diagnostics = diagnostics;
        this.table = table;
        this.entriesMax = entriesMax;
    }

    static List<Entry> base(Script script, Diagnostics diagnostics) {
        var expander = new Expander(script, diagnostics, "the base table", Limits.BASE_ENTRIES_MAX);
        expander.statements(script.statements(), new Scope(Map.of(), List.of(), List.of()));
        return expander.entries;
    }

    static List<Entry> capability(Script script, Definition.Capability capability, Diagnostics diagnostics) {
        var expander = new Expander(
                script, diagnostics, "capability '" + capability.name() + "'", Limits.CAPABILITY_ENTRIES_MAX);
        expander.statements(capability.statements(), new Scope(Map.of(), List.of(), List.of()));
        return expander.entries;
    }

    /** What would be wrong with a macro if somebody included it, variables aside. */
    static void macro(Script script, Definition.Macro macro, Diagnostics diagnostics) {
        var expander = new Expander(script, diagnostics, "macro '" + macro.name() + "'", Limits.BASE_ENTRIES_MAX);
        for (Statement statement : macro.statements()) {
            switch (statement) {
                case Statement.Faulty faulty ->
                    diagnostics.error(faulty.problem().fault());
                case Statement.Include include -> expander.macroOf(include, List.of());
                case Statement.Action action ->
                    action.terms().forEach(term -> {
                        if (term instanceof Statement.FaultyTerm faulty) {
                            diagnostics.error(faulty.problem().fault());
                        }
                    });
            }
        }
    }

    private void statements(List<Statement> statements, Scope scope) {
        for (Statement statement : statements) {
            if (given || diagnostics.full()) {
                return;
            }
            switch (statement) {
                case Statement.Faulty faulty ->
                    diagnostics.error(faulty.problem().fault(), scope.includedFrom);
                case Statement.Include include -> include(include, scope);
                case Statement.Action action -> action(action, scope);
            }
        }
    }

    private void action(Statement.Action action, Scope scope) {
        Long length = action.length() == null ? null : length(action, action.length(), scope);
        String target = action.target() == null ? null : target(action, action.target(), scope);
        for (Statement.Term term : action.terms()) {
            switch (term) {
                case Statement.FaultyTerm faulty ->
                    diagnostics.error(faulty.problem().fault(), scope.includedFrom);
                case Statement.Match match -> match(match, scope);
                case Statement.Dangling _ -> {}
            }
        }
        List<@Nullable Object> values = new ArrayList<>();
        if (target != null) {
            values.add(target);
        }
        if (length != null) {
            values.add(length);
        }
        if (values.size() == action.type().members().size()) {
            var origin = new Entry.Origin(action.keyword().span(), scope.includedFrom);
            add(new Entry(action.type(), false, false, values, origin));
        }
    }

    private @Nullable Long length(Statement.Action action, Word word, Scope scope) {
        long length = Numbers.read(word.text());
        if (length >= -1 && length <= 0xffff) {
            return length;
        }
        Fault fault = Fault.at(
                word,
                "length",
                "'" + RuleParser.shown(word) + "' is no length of a copy",
                "expected: a number, 0-65535; -1 for the whole frame");
        diagnostics.error(
                action.target() == null ? fault : fault.knownBetween(word, action.target()), scope.includedFrom);
        return null;
    }

    private @Nullable String target(Statement.Action action, Word word, Scope scope) {
        if (word.text().length() == 10) {
            return word.text();
        }
        diagnostics.error(
                Fault.at(
                        word,
                        "target",
                        "'" + RuleParser.shown(word) + "' is no node address",
                        "expected: " + action.keyword().lower()
                                + (action.length() == null ? "" : " MAXLENGTH") + " ADDRESS, an address being 10 hex"
                                + " digits"),
                scope.includedFrom);
        return null;
    }

    private void match(Statement.Match match, Scope scope) {
        List<String> arguments = new ArrayList<>();
        for (Word word : match.arguments()) {
            String text = word.text();
            if (text.startsWith("$")) {
                String value = scope.value(text);
                if (value == null) {
                    undefined(word, scope);
                    return;
                }
                text = value;
            }
            arguments.add(text);
        }
        try {
            add(operands.entry(match, arguments, new Entry.Origin(match.span(), scope.includedFrom)));
        } catch (Operands.Bad bad) {
            Word word = match.arguments().get(bad.argument());
            String message = String.valueOf(bad.getMessage());
            diagnostics.error(
                    Fault.at(
                            word,
                            "argument",
                            word.text().startsWith("$") ? word.text() + " stands for " + message : message,
                            bad.hints()),
                    scope.includedFrom);
        }
    }

    private void undefined(Word word, Scope scope) {
        String message = "there is no variable '" + RuleParser.shown(word) + "' here";
        diagnostics.error(
                scope.parameters.isEmpty() && scope.includedFrom.isEmpty()
                        ? Fault.at(word, "variable", message, "variables are the parameters of a macro, inside of it")
                        : Fault.at(
                                word,
                                "variable",
                                message,
                                Operands.nearName(word.text(), scope.parameters.keySet(), "parameter")),
                scope.includedFrom);
    }

    private Definition.@Nullable Macro macroOf(Statement.Include include, List<Span> includedFrom) {
        Definition.Macro macro = script.macros().get(include.macro());
        if (macro == null) {
            diagnostics.error(
                    Fault.at(
                                    include.nameSpan(),
                                    "unknown-macro",
                                    "there is no macro '" + RuleParser.shown(include.macro()) + "'",
                                    Operands.nearName(
                                            include.macro(), script.macros().keySet(), "macro"))
                            .knownAt(include.reference()),
                    includedFrom);
        }
        return macro;
    }

    private void include(Statement.Include include, Scope scope) {
        Definition.Macro macro = macroOf(include, scope.includedFrom);
        if (macro == null) {
            return;
        }
        List<String> missing = macro.parameters().entrySet().stream()
                .filter(parameter -> parameter.getValue() >= include.arguments().size())
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .toList();
        if (!missing.isEmpty()) {
            diagnostics.error(
                    Fault.at(
                            include.reference(),
                            "argument-missing",
                            "macro '" + macro.name() + "' needs "
                                    + macro.parameters().size() + " arguments, not "
                                    + include.arguments().size(),
                            "missing: " + String.join(", ", missing)),
                    scope.includedFrom);
            return;
        }
        if (scope.includedFrom.size() == Limits.INCLUDE_DEPTH_MAX || ++inclusions > Limits.INCLUSIONS_MAX) {
            given = true;
            boolean deep = scope.includedFrom.size() == Limits.INCLUDE_DEPTH_MAX;
            diagnostics.error(
                    Fault.at(
                                    include.reference(),
                                    deep ? "recursion" : "too-large",
                                    deep
                                            ? "macros are nested deeper than " + Limits.INCLUDE_DEPTH_MAX
                                            : table + " includes macros more than " + Limits.INCLUSIONS_MAX + " times",
                                    "does macro '" + macro.name() + "' include itself, perhaps by way of another?")
                            .knownNowhere(),
                    scope.includedFrom.stream().limit(3).toList());
            return;
        }
        List<Span> includedFrom = new ArrayList<>(List.of(include.reference().span()));
        includedFrom.addAll(scope.includedFrom);
        statements(macro.statements(), new Scope(macro.parameters(), include.arguments(), includedFrom));
    }

    private void add(Entry entry) {
        if (entries.size() == entriesMax) {
            if (!given && entry.origin() != null) {
                given = true;
                diagnostics.error(
                        Fault.at(
                                entry.origin().span(),
                                "too-large",
                                table + " has more than " + entriesMax + " entries, and members keep no more",
                                "each match and each action is an entry"),
                        entry.origin().includedFrom());
            }
            return;
        }
        entries.add(entry);
    }
}
