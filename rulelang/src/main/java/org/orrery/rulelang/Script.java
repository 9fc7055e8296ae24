// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A script as its author wrote it: definitions in their order, and the statements of the base table.
 *
 * @param outline its blocks
 */
public record Script(
        SourceText source,
        Outline outline,
        SequencedMap<String, Definition.Tag> tags,
        SequencedMap<String, Definition.Capability> capabilities,
        SequencedMap<String, Definition.Macro> macros,
        List<Statement> statements) {
    public Script {
        tags = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tags));
        capabilities = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(capabilities));
        macros = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(macros));
        statements = List.copyOf(statements);
    }
}
