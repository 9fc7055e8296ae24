// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayList;
import java.util.List;

/** Makes matches of what stands in an action's block. */
final class TermParser {
    private final List<? extends Item> items;
    private final List<Statement.Term> terms = new ArrayList<>();
    private final List<Word> modifiers = new ArrayList<>();
    private int at;

    private TermParser(List<? extends Item> items) {
        this.items = items;
    }

    static List<Statement.Term> terms(List<? extends Item> items) {
        var parser = new TermParser(items);
        parser.run();
        return parser.terms;
    }

    private void run() {
        while (at < items.size()) {
            if (!(items.get(at++) instanceof Word word)) {
                continue; // The word that opened it was faulty, and is told.
            }
            String lower = word.lower();
            MatchWord match = MatchWord.of(lower);
            if (Vocabulary.MODIFIERS.contains(lower)) {
                modifiers.add(word);
            } else if (match == null) {
                terms.add(unknown(word));
                modifiers.clear();
            } else {
                terms.add(match(word, match));
                modifiers.clear();
            }
        }
        if (!modifiers.isEmpty()) {
            terms.add(new Statement.Dangling(modifiers));
        }
    }

    private Statement.Term match(Word keyword, MatchWord word) {
        List<Word> arguments = new ArrayList<>();
        Word before = keyword;
        for (String wanted : word.form().arguments()) {
            if (at < items.size()
                    && items.get(at) instanceof Word argument
                    && !Vocabulary.RESERVED.contains(argument.text())) {
                arguments.add(argument);
                before = argument;
                at++;
                continue;
            }
            return missing(keyword, before, wanted);
        }
        return new Statement.Match(keyword, word, modifiers, arguments);
    }

    private Statement.Term missing(Word keyword, Word before, String wanted) {
        String name = keyword.lower();
        if (at == items.size() || !(items.get(at) instanceof Word found)) {
            return faulty(
                    keyword, Fault.at(before, "argument-missing", "'" + name + "' needs " + wanted + " behind this"));
        }
        List<String> hints = new ArrayList<>();
        hints.add("'" + found.text() + "' is a reserved word");
        if (name.equals("ipprotocol") && found.text().equals("icmp")) {
            hints.set(0, "'icmp' is a reserved word; write icmp4 (or icmp6)");
            at++;
        }
        return faulty(
                keyword,
                Fault.at(found, "argument-missing", "'" + name + "' needs " + wanted, hints)
                        .knownAt(before));
    }

    private Statement.Term unknown(Word word) {
        String lower = word.lower();
        List<String> hints = new ArrayList<>();
        String message = "'" + RuleParser.shown(word) + "' is no match";
        if (Vocabulary.STATEMENTS.contains(lower) || Vocabulary.DEFINITIONS.contains(lower)) {
            message = "'" + lower + "' is no match, and the block before it is still open";
            hints.add("a bare 'accept;' opens a block like any action: outside of cap and macro only the last statement"
                    + " can be bare");
            hints.add("else end the block before '" + lower + "' with ';'");
            at = items.size(); // What follows belongs to that statement.
        } else {
            if (word.text().indexOf(';') >= 0) {
                hints.add("put white space behind each ';'");
            }
            hints.addAll(Suggestions.hint(lower, known()));
            hints.add("expected one of: " + String.join(" ", Vocabulary.MATCHES));
            skip();
        }
        return faulty(word, Fault.at(word, "unknown-match", message, hints));
    }

    private static List<String> known() {
        List<String> known = new ArrayList<>(Vocabulary.MATCHES);
        known.addAll(Vocabulary.MODIFIERS);
        return known;
    }

    private void skip() {
        while (at < items.size()
                && !(items.get(at) instanceof Word word
                        && (MatchWord.of(word.lower()) != null || Vocabulary.MODIFIERS.contains(word.lower())))) {
            at++;
        }
    }

    private static Statement.Term faulty(Word keyword, Fault fault) {
        return new Statement.FaultyTerm(keyword, new Statement.Problem(fault));
    }
}
