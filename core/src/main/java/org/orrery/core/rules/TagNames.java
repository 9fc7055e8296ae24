// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.Map;
import java.util.Optional;

/**
 * What people call tags, their values and capabilities. Rules carry numbers only; whoever has the source of the rules
 * knows the names. IDs are unsigned 32 bits.
 *
 * @param tags names by ID
 * @param values names of values by tag ID and value
 * @param capabilities names by ID
 */
public record TagNames(
        Map<Integer, String> tags, Map<Integer, Map<Long, String>> values, Map<Integer, String> capabilities) {
    public static final TagNames NONE = new TagNames(Map.of(), Map.of(), Map.of());

    public TagNames {
        tags = Map.copyOf(tags);
        values = Map.copyOf(values);
        capabilities = Map.copyOf(capabilities);
    }

    /** The tag's name, or its number. */
    public String tag(int id) {
        return tags.getOrDefault(id, Integer.toUnsignedString(id));
    }

    /** The name of {@code value} as a value of the tag, or the number. */
    public String value(int tag, long value) {
        return Optional.ofNullable(values.get(tag))
                .map(names -> names.get(value))
                .orElseGet(() -> Long.toString(value));
    }

    /** The capability's name, or its number. */
    public String capability(int id) {
        return capabilities.getOrDefault(id, Integer.toUnsignedString(id));
    }
}
