// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang.lint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.orrery.rulelang.Diagnostic;
import org.orrery.rulelang.Entry;
import org.orrery.rulelang.Span;
import org.orrery.rulelang.Word;

/** Collects warnings; of one kind there is one for each place. */
final class Warnings {
    /** Nobody reads more at once. */
    private static final int COUNT_MAX = 200;

    private record Key(String code, Span span) {}

    private final List<Diagnostic> found = new ArrayList<>();
    private final Set<Key> keys = new HashSet<>();

    void at(Word word, String code, String message, String... hints) {
        at(word.span(), code, message, hints);
    }

    void at(Span span, String code, String message, String... hints) {
        add(Diagnostic.warning(code, span, message, hints));
    }

    void at(Entry entry, String code, String message, String... hints) {
        Entry.Origin origin = entry.origin();
        if (origin != null) {
            add(new Diagnostic(
                    Diagnostic.Severity.WARNING,
                    code,
                    origin.span(),
                    message,
                    List.of(hints),
                    origin.includedFrom(),
                    null));
        }
    }

    private void add(Diagnostic warning) {
        if (found.size() < COUNT_MAX && keys.add(new Key(warning.code(), warning.span()))) {
            found.add(warning);
        }
    }

    List<Diagnostic> found() {
        return List.copyOf(found);
    }
}
