// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.List;

/**
 * An error in the making.
 *
 * @param span what is to be shown
 * @param knownLineAt offset that existing tools take the line from; below zero if they name no place
 * @param knownColumnAt offset that they take the column from
 */
record Fault(String code, Span span, String message, List<String> hints, int knownLineAt, int knownColumnAt) {
    static Fault at(Word word, String code, String message, String... hints) {
        return at(word.span(), code, message, hints);
    }

    static Fault at(Word word, String code, String message, List<String> hints) {
        return at(word.span(), code, message, hints);
    }

    static Fault at(Span span, String code, String message, String... hints) {
        return at(span, code, message, List.of(hints));
    }

    static Fault at(Span span, String code, String message, List<String> hints) {
        return new Fault(code, span, message, hints, span.start(), span.start());
    }

    /** Existing tools report it at the start of {@code word}. */
    Fault knownAt(Word word) {
        int offset = word.span().start();
        return new Fault(code, span, message, hints, offset, offset);
    }

    /** Existing tools fall over without naming a place. */
    Fault knownNowhere() {
        return new Fault(code, span, message, hints, -1, -1);
    }

    /** Existing tools take line and column from two words. */
    Fault knownBetween(Word line, Word column) {
        return new Fault(
                code, span, message, hints, line.span().start(), column.span().start());
    }

    Place knownPlace(SourceText source) {
        return knownLineAt < 0
                ? SourceText.NOWHERE
                : new Place(
                        source.knownPlace(knownLineAt).line(),
                        source.knownPlace(knownColumnAt).column());
    }
}
