// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Reads the content of one tag definition. */
final class TagReader {
    private static final List<String> DIRECTIVES = List.of("id", "default", "flag", "enum");

    private final Diagnostics diagnostics;
    private final SequencedMap<String, Long> enums = new LinkedHashMap<>();
    private final SequencedMap<String, Long> flags = new LinkedHashMap<>();
    private List<? extends Item> content = List.of();
    private int at;
    private @Nullable Long id;
    private boolean idGiven;
    private @Nullable Word value;

    TagReader(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    Definition.Tag read(Word nameWord, Item.Block block, List<? extends Item> items) {
        content = items;
        while (at < content.size()) {
            switch (content.get(at++)) {
                case Word word -> directive(word);
                case Item.Block inner ->
                    diagnostics.error(Fault.at(
                                    inner.opener(),
                                    "unknown-directive",
                                    "'" + inner.opener().text() + "' opens a block, and a tag has none within",
                                    "is a ';' missing before it?")
                            .knownNowhere());
            }
        }
        if (!idGiven) {
            diagnostics.error(Fault.at(
                    nameWord, "id-missing", "tag '" + RuleParser.shown(nameWord) + "' has no ID", "add: id NUMBER"));
        }
        return new Definition.Tag(
                nameWord.lower(),
                nameWord,
                block,
                id == null ? 0 : id,
                value == null ? null : (long) resolved(value.text()),
                value,
                enums,
                flags);
    }

    private void directive(Word word) {
        switch (word.lower()) {
            case "id" -> id(word);
            case "default" -> byDefault(word);
            case "flag" -> flag(word);
            case "enum" -> enumeration(word);
            default -> {
                List<String> hints = new ArrayList<>(Suggestions.hint(word.text(), DIRECTIVES));
                hints.add("expected: id, default, flag, enum, or ';'");
                diagnostics.error(Fault.at(
                        word, "unknown-directive", "'" + RuleParser.shown(word) + "' has no meaning in a tag", hints));
                skip();
            }
        }
    }

    private void skip() {
        while (at < content.size() && !(content.get(at) instanceof Word word && DIRECTIVES.contains(word.lower()))) {
            at++;
        }
    }

    private @Nullable Word next() {
        return at < content.size() && content.get(at) instanceof Word word ? word : null;
    }

    private void id(Word keyword) {
        if (idGiven) {
            diagnostics.error(Fault.at(keyword, "id-twice", "this tag has an ID already"));
            skip();
            return;
        }
        idGiven = true;
        Word number = next();
        if (number == null) {
            diagnostics.error(
                    Fault.at(keyword, "argument-missing", "'id' needs a number", "expected: id 0-4294967295"));
            return;
        }
        at++;
        long read = Numbers.read(number.text());
        if (read < 0 || read > Numbers.UINT32_MAX) {
            diagnostics.error(Fault.at(
                    number,
                    "id",
                    "'" + RuleParser.shown(number) + "' is no ID of a tag",
                    "expected: a number, 0-4294967295"));
            return;
        }
        id = read;
    }

    private void byDefault(Word keyword) {
        if (value != null) {
            diagnostics.error(Fault.at(keyword, "default-twice", "this tag has a default already"));
            skip();
            return;
        }
        Word word = next();
        if (word == null) {
            diagnostics.error(Fault.at(
                    keyword, "argument-missing", "'default' needs a value", "expected: an enum, a flag, or a number"));
            return;
        }
        at++;
        value = word;
    }

    /** An enum, else a flag, else the amount of a number; 0 for anything else. */
    private int resolved(String text) {
        Long named = enums.getOrDefault(text, flags.get(text));
        if (named != null) {
            return named.intValue();
        }
        Long number = Numbers.readOrNull(text);
        return number == null ? 0 : (int) Math.abs(number);
    }

    private void flag(Word keyword) {
        Word bits = next();
        Word name = at + 1 < content.size() ? RuleParser.first(content.get(at + 1)) : null;
        if (bits == null || name == null) {
            diagnostics.error(
                    Fault.at(keyword, "argument-missing", "'flag' needs bits and a name", "expected: flag 0-31 NAME"));
            skip();
            return;
        }
        at += 2;
        Integer mask = bits(bits);
        if (mask != null) {
            name(name, "flag", flags, mask);
        }
    }

    private @Nullable Integer bits(Word word) {
        int mask = 0;
        for (String part : word.text().split(",+", -1)) {
            Long named = flags.get(RuleParser.lower(part));
            long bit = named == null ? Numbers.read(part) : 0;
            if (named == null && (bit < 0 || bit > 31)) {
                diagnostics.error(Fault.at(
                        word,
                        "flag",
                        "'" + RuleParser.shown(part) + "' is neither a bit number nor a flag defined before",
                        Suggestions.hint(part, flags.keySet()).stream()
                                .findFirst()
                                .orElse("expected: bit numbers 0-31 and names of flags, with commas between")));
                return null;
            }
            mask |= named == null ? 1 << bit : named.intValue();
        }
        return mask;
    }

    private void enumeration(Word keyword) {
        Word number = next();
        Word name = at + 1 < content.size() ? RuleParser.first(content.get(at + 1)) : null;
        if (number == null || name == null) {
            diagnostics.error(Fault.at(
                    keyword,
                    "argument-missing",
                    "'enum' needs a value and a name",
                    "expected: enum 0-4294967295 NAME"));
            skip();
            return;
        }
        at += 2;
        long read = Numbers.read(number.text());
        if (read < 0 || read > Numbers.UINT32_MAX) {
            diagnostics.error(Fault.at(
                    number,
                    "enum",
                    "'" + RuleParser.shown(number) + "' is no value of an enum",
                    "expected: a number, 0-4294967295; the name comes behind it"));
            return;
        }
        name(name, "enum", enums, read);
    }

    private void name(Word word, String kind, SequencedMap<String, Long> names, long number) {
        String name = word.lower();
        if (!Vocabulary.isName(name)) {
            diagnostics.error(Fault.at(
                    word,
                    "name",
                    "'" + RuleParser.shown(word) + "' cannot be a name",
                    "a name has letters, digits and _, no digit first"));
        } else if (names.putIfAbsent(name, number) != null) {
            diagnostics.error(Fault.at(word, "name", "this tag has a " + kind + " '" + name + "' already"));
        }
    }
}
