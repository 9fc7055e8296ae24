// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A definition, as its author wrote it. Names are in lower case. */
public sealed interface Definition {
    String name();

    /** The word that holds the name; that of a macro holds its parameters as well. */
    Word nameWord();

    /** Of the name alone. */
    default Span nameSpan() {
        int start = nameWord().span().start();
        return new Span(start, start + name().length());
    }

    /** The whole of it. */
    Item.Block block();

    /**
     * A tag.
     *
     * @param id 0 to 2^32-1; 0 if it is faulty
     * @param value what members have who were given no other, a signed 32-bit number; null for none
     * @param defaultWord where it says so
     * @param enums values by name, 0 to 2^32-1
     * @param flags values by name, signed 32-bit numbers
     */
    record Tag(
            String name,
            Word nameWord,
            Item.Block block,
            long id,
            @Nullable Long value,
            @Nullable Word defaultWord,
            SequencedMap<String, Long> enums,
            SequencedMap<String, Long> flags)
            implements Definition {
        public Tag {
            enums = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(enums));
            flags = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(flags));
        }
    }

    /**
     * A capability.
     *
     * @param byDefault whether a member that comes anew is given it
     */
    record Capability(
            String name, Word nameWord, Item.Block block, long id, boolean byDefault, List<Statement> statements)
            implements Definition {
        public Capability {
            statements = List.copyOf(statements);
        }
    }

    /**
     * A macro.
     *
     * @param parameters which argument each stands for, from 0; names begin with {@code $}
     */
    record Macro(
            String name, Word nameWord, Item.Block block, Map<String, Integer> parameters, List<Statement> statements)
            implements Definition {
        public Macro {
            parameters = Map.copyOf(parameters);
            statements = List.copyOf(statements);
        }
    }
}
