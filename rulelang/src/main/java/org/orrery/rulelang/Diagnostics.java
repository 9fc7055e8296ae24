// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects errors in the order they are found; the same thing said twice is kept once. */
final class Diagnostics {
    /** Nobody reads more at once. */
    static final int ERRORS_MAX = 100;

    private record Key(Span span, String message) {}

    private final SourceText source;
    private final List<Diagnostic> found = new ArrayList<>();
    private final Set<Key> keys = new HashSet<>();

    Diagnostics(SourceText source) {
        this.source = source;
    }

    void error(Fault fault) {
        error(fault, List.of());
    }

    void error(Fault fault, List<Span> includedFrom) {
        if (found.size() < ERRORS_MAX && keys.add(new Key(fault.span(), fault.message()))) {
            found.add(new Diagnostic(
                    Diagnostic.Severity.ERROR,
                    fault.code(),
                    fault.span(),
                    fault.message(),
                    fault.hints(),
                    includedFrom,
                    fault.knownPlace(source)));
        }
    }

    boolean full() {
        return found.size() == ERRORS_MAX;
    }

    List<Diagnostic> found() {
        return List.copyOf(found);
    }
}
