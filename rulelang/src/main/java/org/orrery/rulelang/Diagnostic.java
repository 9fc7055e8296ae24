// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something said about a script.
 *
 * @param code names the kind, for those who look for one: {@code unreachable}
 * @param span what it is about
 * @param message what is wrong, without a full stop
 * @param hints what was expected, what is near, what to do; a line each
 * @param includedFrom the words behind {@code include} that led there, innermost first
 * @param knownPlace where existing tools report it; null if they do not
 */
public record Diagnostic(
        Severity severity,
        String code,
        Span span,
        String message,
        List<String> hints,
        List<Span> includedFrom,
        @Nullable Place knownPlace) {
    /** An error leaves no table; a warning is about a table that may not do what its author thinks. */
    public enum Severity {
        ERROR,
        WARNING
    }

    public Diagnostic {
        hints = List.copyOf(hints);
        includedFrom = List.copyOf(includedFrom);
    }

    public static Diagnostic warning(String code, Span span, String message, String... hints) {
        return new Diagnostic(Severity.WARNING, code, span, message, List.of(hints), List.of(), null);
    }
}
