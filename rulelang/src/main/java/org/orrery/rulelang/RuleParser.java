// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes statements of a rule list. It reports nothing: what is wrong becomes a faulty statement, which counts when a table
 * is made of it. A macro that nobody includes may be faulty.
 */
final class RuleParser {
    private final List<? extends Item> items;
    private final List<Statement> statements = new ArrayList<>();
    private int at;

    private RuleParser(List<? extends Item> items) {
        this.items = items;
    }

    static List<Statement> statements(List<? extends Item> items) {
        var parser = new RuleParser(items);
        parser.run();
        return parser.statements;
    }

    private void run() {
        while (at < items.size()) {
            if (items.get(at++) instanceof Word word) {
                statements.add(statement(word));
            }
        }
    }

    private Statement statement(Word word) {
        return switch (word.lower()) {
            case "drop" -> plain(word, EntryType.DROP);
            case "accept" -> plain(word, EntryType.ACCEPT);
            case "break" -> plain(word, EntryType.BREAK);
            case "tee" -> copy(word, EntryType.TEE);
            case "watch" -> copy(word, EntryType.WATCH);
            case "redirect" -> redirect(word);
            case "include" -> include(word);
            default -> unknown(word);
        };
    }

    private Item.@Nullable Block block() {
        if (at < items.size() && items.get(at) instanceof Item.Block block) {
            at++;
            return block;
        }
        return null;
    }

    private Statement plain(Word keyword, EntryType type) {
        Item.Block block = block();
        List<Statement.Term> terms = block == null ? List.of() : TermParser.terms(block.items());
        return new Statement.Action(keyword, type, block, null, null, terms);
    }

    private Statement copy(Word keyword, EntryType type) {
        Item.Block block = block();
        String name = keyword.lower();
        String expected = "expected: " + name + " MAXLENGTH ADDRESS [MATCHES] ;";
        if (block == null) {
            return faulty(Fault.at(
                    keyword, "argument-missing", "'" + name + "' needs a length and a node address", expected));
        }
        if (block.items().size() < 2) {
            return faulty(Fault.at(
                            block.span(),
                            "argument-missing",
                            "'" + name + "' needs a length and a node address",
                            expected)
                    .knownNowhere());
        }
        Word length = first(block.items().get(0));
        Word target = first(block.items().get(1));
        return new Statement.Action(
                keyword,
                type,
                block,
                length,
                target,
                TermParser.terms(block.items().subList(2, block.items().size())));
    }

    private Statement redirect(Word keyword) {
        Item.Block block = block();
        if (block == null) {
            return faulty(Fault.at(
                    keyword,
                    "argument-missing",
                    "'redirect' needs a node address",
                    "expected: redirect ADDRESS [MATCHES] ;"));
        }
        return new Statement.Action(
                keyword,
                EntryType.REDIRECT,
                block,
                null,
                first(block.items().getFirst()),
                TermParser.terms(block.items().subList(1, block.items().size())));
    }

    /** For a block its opener, which is never what is expected there. */
    static Word first(Item item) {
        return switch (item) {
            case Word word -> word;
            case Item.Block block -> block.opener();
        };
    }

    private Statement include(Word keyword) {
        if (at == items.size() || !(items.get(at) instanceof Word reference)) {
            return faulty(Fault.at(
                    keyword, "argument-missing", "'include' needs the name of a macro", "expected: include NAME(A,B)"));
        }
        at++;
        String text = reference.text();
        int open = text.indexOf('(');
        String name = open < 0 ? text : text.substring(0, open);
        return new Statement.Include(keyword, reference, name, open < 0 ? List.of() : pieces(text.substring(open + 1)));
    }

    /** What stands between commas and closing parentheses, without empty pieces. */
    static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        for (String piece : text.split("[,)]+")) {
            if (!piece.isEmpty()) {
                pieces.add(piece);
            }
        }
        return pieces;
    }

    private Statement unknown(Word word) {
        List<String> hints = new ArrayList<>();
        String lower = word.lower();
        if (lower.equals("priority")) {
            hints.add("existing nodes know no rule to set a priority");
        } else if (Vocabulary.DEFINITIONS.contains(lower)) {
            hints.add("a definition stands outside of all blocks: is a ';' missing before it?");
        } else if (MatchWord.of(lower) != null || Vocabulary.MODIFIERS.contains(lower)) {
            hints.add("a match stands between an action and its ';': accept " + lower + " ... ;");
        } else {
            hints.addAll(Suggestions.hint(lower, Vocabulary.STATEMENTS));
            hints.add("expected: " + String.join(", ", Vocabulary.STATEMENTS));
        }
        skip();
        return faulty(Fault.at(word, "unknown-statement", "'" + shown(word) + "' is no action", hints));
    }

    /** To where something can begin that makes sense. */
    private void skip() {
        while (at < items.size()
                && !(items.get(at) instanceof Word word
                        && (Vocabulary.STATEMENTS.contains(word.lower())
                                || word.lower().equals("priority")))) {
            at++;
        }
    }

    private static Statement faulty(Fault fault) {
        return new Statement.Faulty(new Word("", fault.span(), false), new Statement.Problem(fault));
    }

    /** A word for a message: long ones are cut. */
    static String shown(Word word) {
        return shown(word.text());
    }

    static String shown(String text) {
        return text.length() <= 40 ? text : text.substring(0, 37) + "...";
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
