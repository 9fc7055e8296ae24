// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.orrery.rulelang.Definition;
import org.orrery.rulelang.MatchWord;
import org.orrery.rulelang.Numbers;
import org.orrery.rulelang.Script;
import org.orrery.rulelang.Statement;
import org.orrery.rulelang.Vocabulary;
import org.orrery.rulelang.Word;

/** Arguments that are read as something else than they look like, and modifiers that change nothing or everything. */
final class ArgumentChecks {
    private final Script script;
    private final Warnings warnings;

    ArgumentChecks(Script script, Warnings warnings) {
        this.script = script;
        this.warnings = warnings;
    }

    void run() {
        List<Statement> statements = new ArrayList<>(script.statements());
        script.capabilities().values().forEach(capability -> statements.addAll(capability.statements()));
        script.macros().values().forEach(macro -> statements.addAll(macro.statements()));
        for (Statement statement : statements) {
            if (statement instanceof Statement.Action action) {
                action(action);
            }
        }
    }

    private void action(Statement.Action action) {
        Word target = action.target();
        if (target != null && !target.text().matches("[0-9a-fA-F]{10}")) {
            warnings.at(
                    target,
                    "address",
                    "'" + target.text() + "' is no node address: only its leading hex digits count",
                    "an address is 10 hex digits");
        }
        Word length = action.length();
        if (length != null && !Numbers.whole(length.text())) {
            misread(length, Numbers.read(length.text()) < 0 ? "the whole frame" : "" + Numbers.read(length.text()));
        }
        boolean first = true;
        for (Statement.Term term : action.terms()) {
            switch (term) {
                case Statement.Match match -> {
                    if (first && match.or()) {
                        warnings.at(
                                match.modifiers().getFirst(),
                                "or-first",
                                "'or' before the first match makes this match not count",
                                "'or' goes between two matches");
                    }
                    match(match);
                    first = false;
                }
                case Statement.Dangling dangling ->
                    warnings.at(
                            dangling.keyword(),
                            "dangling",
                            "'" + dangling.keyword().text() + "' has no match behind it and changes nothing",
                            "leave it out, or write the match it was meant for");
                case Statement.FaultyTerm _ -> {}
            }
        }
    }

    private void match(Statement.Match match) {
        Word first = match.arguments().getFirst();
        Word last = match.arguments().getLast();
        switch (match.word().form()) {
            case NUMBER -> number(first, widthMax(match.word()));
            case ETHERTYPE -> named(first, Vocabulary.ETHERTYPES.containsKey(first.text()), 0xffff);
            case PROTOCOL -> named(first, Vocabulary.PROTOCOLS.containsKey(first.text()), 0xff);
            case TOS -> {
                number(first, 0xff);
                range(last);
            }
            case ICMP -> {
                number(first, 0xff);
                if (!variable(last) && !Numbers.whole(last.text())) {
                    long code = Numbers.read(last.text());
                    misread(last, code < 0 ? "any code" : "" + code);
                }
            }
            case RANGE -> range(first);
            case CHARACTERISTICS -> characteristics(first);
            case PROBABILITY -> probability(first);
            case TAG -> tagValue(first, last);
            case MAC -> {
                if (!variable(first)
                        && first.text().replaceAll("[^0-9a-fA-F]", "").length() > 12) {
                    misread(first, "its first 12 hex digits");
                }
            }
            case NODE, PREFIX -> {}
        }
    }

    private static boolean variable(Word word) {
        return word.text().startsWith("$");
    }

    /** The largest number that comes into its field whole. */
    private static long widthMax(MatchWord word) {
        return word == MatchWord.VLAN ? 0xffff : 0xff;
    }

    private void misread(Word word, String as) {
        warnings.at(word, "misread", "'" + word.text() + "' is read as " + as, "write what is meant");
    }

    private void named(Word word, boolean name, long max) {
        if (!name) {
            number(word, max);
        }
    }

    private void number(Word word, long max) {
        if (variable(word)) {
            return;
        }
        long number = Numbers.read(word.text());
        if (!Numbers.whole(word.text())) {
            misread(word, "" + number);
        } else if (number > max) {
            warnings.at(
                    word,
                    "too-wide",
                    "'" + word.text() + "' does not fit: members compare with " + (number & max),
                    "the largest number here is " + max);
        }
    }

    private void range(Word word) {
        if (variable(word)) {
            return;
        }
        for (String end : word.text().split("-", 2)) {
            if (!Numbers.whole(end) && !word.text().startsWith("-")) {
                misread(word, word.text().indexOf('-') < 0 ? "" + Numbers.read(end) : "a range of its digits");
                return;
            }
        }
    }

    private void characteristics(Word word) {
        if (variable(word)) {
            return;
        }
        long mask = 0;
        for (String part : word.text().split(",")) {
            Integer named = Vocabulary.CHARACTERISTICS.get(part);
            if (!part.isEmpty() && named == null && !Numbers.whole(part)) {
                misread(word, "bit " + Numbers.read(part) + " for '" + part + "'");
            }
            mask |= part.isEmpty() ? 0 : 1L << (named == null ? Numbers.read(part) : named);
        }
        long high = mask >>> 32;
        long low = mask & 0xffff_ffffL;
        if (high > 0x8000_0000L || low > 0x8000_0000L) {
            warnings.at(
                    word,
                    "mask",
                    "'" + (high > 0x8000_0000L ? "inbound" : "31")
                            + "' with others in one list becomes a mask of other bits, in every compiler",
                    "write one 'chr' for each, with 'or' between");
        }
    }

    private void probability(Word word) {
        if (!variable(word) && !word.text().matches("[0-9]*\\.?[0-9]+([eE]-?[0-9]+)?")) {
            misread(word, "a probability of its leading digits, or 0");
        } else if (!variable(word) && Double.parseDouble(word.text()) > 1) {
            misread(word, "always");
        }
    }

    private void tagValue(Word name, Word value) {
        if (variable(name) || variable(value)) {
            return;
        }
        Definition.Tag tag = script.tags().get(name.text());
        if (tag == null && !Numbers.whole(name.text())) {
            misread(name, "tag ID " + Numbers.read(name.text()));
        }
        boolean named = tag != null
                && (tag.flags().containsKey(value.text()) || tag.enums().containsKey(value.text()));
        if (!named && !Numbers.whole(value.text())) {
            misread(value, String.format(Locale.ROOT, "%d", Numbers.read(value.text())));
        }
    }
}
