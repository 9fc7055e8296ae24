// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One statement of a rule list. */
public sealed interface Statement {
    /** The word that begins it. */
    Word keyword();

    /**
     * An action and the matches before it.
     *
     * @param block what follows the keyword; null for a bare action
     * @param length of copies; null for actions that make none
     * @param target who gets frames; null for actions that send none
     */
    record Action(
            Word keyword,
            EntryType type,
            Item.@Nullable Block block,
            @Nullable Word length,
            @Nullable Word target,
            List<Term> terms)
            implements Statement {
        public Action {
            terms = List.copyOf(terms);
        }
    }

    /**
     * The rules of a macro in this place.
     *
     * @param reference the word behind the keyword: name and arguments
     */
    record Include(Word keyword, Word reference, String macro, List<String> arguments) implements Statement {
        public Include {
            arguments = List.copyOf(arguments);
        }

        /** Of the name alone. */
        public Span nameSpan() {
            int start = reference.span().start();
            return new Span(start, start + macro.length());
        }
    }

    /** What is none; existing tools stop here, and so does every table it is needed for. */
    record Faulty(Word keyword, Problem problem) implements Statement {}

    /** Part of a list of matches. */
    sealed interface Term {
        Word keyword();
    }

    /**
     * A match.
     *
     * @param modifiers the words {@code not}, {@code or} and {@code and} before it
     */
    record Match(Word keyword, MatchWord word, List<Word> modifiers, List<Word> arguments) implements Term {
        public Match {
            modifiers = List.copyOf(modifiers);
            arguments = List.copyOf(arguments);
        }

        public boolean not() {
            return modified("not");
        }

        public boolean or() {
            return modified("or");
        }

        private boolean modified(String modifier) {
            return modifiers.stream().anyMatch(word -> word.lower().equals(modifier));
        }

        /** Of keyword and arguments. */
        public Span span() {
            return keyword.span().to(arguments.getLast().span());
        }
    }

    /** Modifiers with no match behind them; they change nothing. */
    record Dangling(List<Word> modifiers) implements Term {
        public Dangling {
            modifiers = List.copyOf(modifiers);
        }

        @Override
        public Word keyword() {
            return modifiers.getLast();
        }
    }

    /** What is no match. */
    record FaultyTerm(Word keyword, Problem problem) implements Term {}

    /** Why something is faulty. */
    final class Problem {
        private final Fault fault;

        Problem(Fault fault) {
            this.fault = fault;
        }

        Fault fault() {
            return fault;
        }
    }
}
