// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a rule table.
 *
 * @param not the match is inverted; false for actions
 * @param or the match is an alternative to what is before it; false for actions
 * @param values of {@link EntryType#members}: {@code Long}, {@code String}, or null
 * @param origin where in a script it comes from; null if it comes from none
 */
public record Entry(
        EntryType type,
        boolean not,
        boolean or,
        List<@Nullable Object> values,
        @Nullable Origin origin) {
    /**
     * Where an entry comes from.
     *
     * @param span the match, or the word of the action
     * @param includedFrom the words behind {@code include} that led there, innermost first
     */
    public record Origin(Span span, List<Span> includedFrom) {
        public Origin {
            includedFrom = List.copyOf(includedFrom);
        }
    }

    public Entry {
        if (values.size() != type.members().size()) {
            throw new IllegalArgumentException(type + " has members " + type.members() + ", not " + values);
        }
        values = Collections.unmodifiableList(new ArrayList<>(values));
    }

    public boolean action() {
        return type.action();
    }

    /** The value of a member that is a number. */
    public long number(String member) {
        if (!(values.get(type.members().indexOf(member)) instanceof Long number)) {
            throw new IllegalArgumentException(type + " has no number " + member);
        }
        return number;
    }

    /** The value of a member that is a text. */
    public String text(String member) {
        if (!(values.get(type.members().indexOf(member)) instanceof String text)) {
            throw new IllegalArgumentException(type + " has no text " + member);
        }
        return text;
    }

    /** Whether a member that may be null is. */
    public boolean isNull(String member) {
        return values.get(type.members().indexOf(member)) == null;
    }

    /** The members of its JSON object, in the order in which existing tools write them. */
    public SequencedMap<String, @Nullable Object> members() {
        SequencedMap<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("type", type.jsonName());
        if (!action()) {
            members.put("not", not);
            members.put("or", or);
        }
        for (int i = 0; i < values.size(); i++) {
            members.put(type.members().get(i), values.get(i));
        }
        return members;
    }

    /** Whether the other means the same, wherever it comes from. */
    public boolean sameAs(Entry other) {
        return type == other.type && not == other.not && or == other.or && values.equals(other.values);
    }
}
