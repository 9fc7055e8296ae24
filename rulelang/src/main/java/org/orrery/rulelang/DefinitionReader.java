// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes the definitions out of a script; what remains is the base table. A faulty one keeps its name, so that uses of it
 * are not reported as well. */
final class DefinitionReader {
    private final Diagnostics diagnostics;
    private final SequencedMap<String, Definition.Tag> tags = new LinkedHashMap<>();
    private final SequencedMap<String, Definition.Capability> capabilities = new LinkedHashMap<>();
    private final SequencedMap<String, Definition.Macro> macros = new LinkedHashMap<>();
    private final Set<Long> capabilityIds = new HashSet<>();
    private final List<Item> remaining = new ArrayList<>();

    private DefinitionReader(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    static Script read(SourceText source, Outline outline, Diagnostics diagnostics) {
        var reader = new DefinitionReader(diagnostics);
        reader.run(outline.items());
        return new Script(
                source,
                outline,
                reader.tags,
                reader.capabilities,
                reader.macros,
                RuleParser.statements(reader.remaining));
    }

    private void run(List<Item> items) {
        int at = 0;
        while (at < items.size()) {
            Item item = items.get(at++);
            if (!(item instanceof Word word) || !Vocabulary.DEFINITIONS.contains(word.lower())) {
                remaining.add(item);
                continue;
            }
            if (at < items.size()
                    && items.get(at) instanceof Item.Block block
                    && !block.items().isEmpty()) {
                at++;
                define(word, block);
                continue;
            }
            incomplete(word);
            // What follows may have been meant to be its content.
            while (at < items.size() && !begins(items.get(at))) {
                at++;
            }
        }
    }

    private static boolean begins(Item item) {
        return item instanceof Word word
                && (Vocabulary.STATEMENTS.contains(word.lower()) || Vocabulary.DEFINITIONS.contains(word.lower()));
    }

    private void incomplete(Word keyword) {
        String lower = keyword.lower();
        String message = "'" + keyword.text() + "' needs a name and a block behind it";
        diagnostics.error(
                keyword.text().equals(lower)
                        ? Fault.at(keyword, "definition-incomplete", message, "expected: " + form(lower))
                        : Fault.at(
                                keyword,
                                "definition-incomplete",
                                message,
                                "write it in lower case: only '" + lower + "' opens a block"));
    }

    private static String form(String keyword) {
        return switch (keyword) {
            case "tag" -> "tag NAME id NUMBER [default VALUE] [flag BITS NAME] [enum VALUE NAME] ;";
            case "cap" -> "cap NAME id NUMBER [default] RULES ;";
            default -> "macro NAME($A,$B) RULES ;";
        };
    }

    private void define(Word keyword, Item.Block block) {
        Word nameWord = block.items().getFirst() instanceof Word word ? word : block.opener();
        List<Item> content = block.items().subList(1, block.items().size());
        switch (keyword.lower()) {
            case "tag" -> {
                String name = name("tag", nameWord, nameWord.text(), tags.keySet());
                Definition.Tag tag = new TagReader(diagnostics).read(nameWord, block, content);
                if (name != null) {
                    tags.putIfAbsent(name, tag);
                }
            }
            case "cap" -> {
                String name = name("capability", nameWord, nameWord.text(), capabilities.keySet());
                Definition.Capability capability = capability(nameWord, block, content);
                if (name != null) {
                    capabilities.putIfAbsent(name, capability);
                }
            }
            default -> macro(nameWord, block, content);
        }
    }

    /** The name in lower case; null if it is none, which is told. A name that is taken is told too. */
    private @Nullable String name(String kind, Word word, String text, Set<String> taken) {
        String name = RuleParser.lower(text);
        Span span = new Span(word.span().start(), word.span().start() + text.length());
        String fault = nameFault(kind, name);
        if (fault != null) {
            diagnostics.error(Fault.at(span, "name", fault, "a name has letters, digits and _, no digit first"));
            return null;
        }
        if (taken.contains(name)) {
            diagnostics.error(Fault.at(
                    span, "name", "there is a " + kind + " '" + name + "' already", "names do not tell case apart"));
        }
        return name;
    }

    private static @Nullable String nameFault(String kind, String name) {
        return Vocabulary.RESERVED.contains(name)
                ? "'" + name + "' is a reserved word and cannot be the name of a " + kind
                : Vocabulary.isName(name) ? null : "'" + RuleParser.shown(name) + "' cannot be the name of a " + kind;
    }

    private void macro(Word nameWord, Item.Block block, List<Item> content) {
        String text = nameWord.text();
        int open = text.indexOf('(');
        String name = name("macro", nameWord, open < 0 ? text : text.substring(0, open), macros.keySet());
        Map<String, Integer> parameters = new HashMap<>();
        if (open >= 0) {
            String[] pieces = text.substring(open + 1).split("[,)]+");
            for (int i = 0; i < pieces.length; i++) {
                if (!pieces[i].isEmpty()) {
                    parameters.put(RuleParser.lower(pieces[i]), i);
                }
            }
        }
        if (name != null) {
            macros.putIfAbsent(
                    name, new Definition.Macro(name, nameWord, block, parameters, RuleParser.statements(content)));
        }
    }

    private Definition.Capability capability(Word nameWord, Item.Block block, List<Item> content) {
        Long id = null;
        boolean idGiven = false;
        boolean byDefault = false;
        List<Item> rules = new ArrayList<>();
        for (int at = 0; at < content.size(); at++) {
            if (!(content.get(at) instanceof Word word)) {
                rules.add(content.get(at));
                continue;
            }
            switch (word.lower()) {
                case "id" -> {
                    Word value = at + 1 < content.size() && content.get(at + 1) instanceof Word next ? next : null;
                    at += value == null ? 0 : 1;
                    Long read = capabilityId(word, value, idGiven);
                    id = idGiven ? id : read;
                    idGiven = true;
                }
                case "default" -> byDefault = true;
                default -> rules.add(word);
            }
        }
        if (!idGiven) {
            diagnostics.error(Fault.at(
                    nameWord,
                    "id-missing",
                    "capability '" + RuleParser.shown(nameWord) + "' has no ID",
                    "add: id NUMBER"));
        }
        return new Definition.Capability(
                nameWord.lower(), nameWord, block, id == null ? 0 : id, byDefault, RuleParser.statements(rules));
    }

    private @Nullable Long capabilityId(Word keyword, @Nullable Word value, boolean given) {
        if (given) {
            diagnostics.error(Fault.at(keyword, "id-twice", "this capability has an ID already"));
            return null;
        }
        if (value == null) {
            diagnostics.error(
                    Fault.at(keyword, "argument-missing", "'id' needs a number", "expected: id 0-4294967295"));
            return null;
        }
        long id = Numbers.read(value.text());
        if (id < 0 || id > Numbers.UINT32_MAX) {
            diagnostics.error(Fault.at(
                            value,
                            "id",
                            "'" + RuleParser.shown(value) + "' is no ID of a capability",
                            "expected: a number, 0-4294967295")
                    .knownAt(keyword));
            return null;
        }
        if (!capabilityIds.add(id)) {
            diagnostics.error(Fault.at(value, "id-twice", "another capability has ID " + id + " already")
                    .knownAt(keyword));
            return null;
        }
        return id;
    }
}
