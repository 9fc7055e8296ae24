// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a script says: the base table, the tables that capabilities carry, and tags.
 *
 * @param rules at most {@link Limits#BASE_ENTRIES_MAX}
 * @param capabilities in the order of the script, at most {@link Limits#CAPABILITY_ENTRIES_MAX} rules each
 */
public record RuleTables(List<Entry> rules, List<Capability> capabilities, List<Tag> tags) {
    public RuleTables {
        rules = List.copyOf(rules);
        capabilities = List.copyOf(capabilities);
        tags = List.copyOf(tags);
    }

    public record Capability(String name, long id, boolean byDefault, List<Entry> rules) {
        public Capability {
            rules = List.copyOf(rules);
        }
    }

    /**
     * A tag.
     *
     * @param value what members have who were given no other, a signed 32-bit number; null for none
     */
    public record Tag(
            String name,
            long id,
            @Nullable Long value,
            SequencedMap<String, Long> enums,
            SequencedMap<String, Long> flags) {}

    /**
     * The JSON object that existing compilers print, as maps, lists, numbers, texts, booleans and nulls, members in their
     * order: {@code config} with what a controller takes, and the names that its integers have in the script.
     */
    public SequencedMap<String, @Nullable Object> json() {
        SequencedMap<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("config", config());
        SequencedMap<String, @Nullable Object> capabilityIds = new LinkedHashMap<>();
        capabilities.forEach(capability -> capabilityIds.put(capability.name(), capability.id()));
        root.put("capabilitiesByName", capabilityIds);
        SequencedMap<String, @Nullable Object> tagsByName = new LinkedHashMap<>();
        for (Tag tag : tags) {
            SequencedMap<String, @Nullable Object> members = tagJson(tag);
            members.put("enums", new LinkedHashMap<>(tag.enums()));
            members.put("flags", new LinkedHashMap<>(tag.flags()));
            tagsByName.put(tag.name(), members);
        }
        root.put("tagsByName", tagsByName);
        return root;
    }

    /** The members {@code rules}, {@code capabilities} and {@code tags} of a controller's network. */
    public SequencedMap<String, @Nullable Object> config() {
        SequencedMap<String, @Nullable Object> config = new LinkedHashMap<>();
        config.put("rules", entries(rules));
        List<Map<String, @Nullable Object>> capabilityList = new ArrayList<>();
        for (Capability capability : capabilities) {
            SequencedMap<String, @Nullable Object> members = new LinkedHashMap<>();
            members.put("id", capability.id());
            members.put("default", capability.byDefault());
            members.put("rules", entries(capability.rules()));
            capabilityList.add(members);
        }
        config.put("capabilities", capabilityList);
        config.put("tags", tags.stream().map(RuleTables::tagJson).toList());
        return config;
    }

    private static List<SequencedMap<String, @Nullable Object>> entries(List<Entry> entries) {
        return entries.stream().map(Entry::members).toList();
    }

    private static SequencedMap<String, @Nullable Object> tagJson(Tag tag) {
        SequencedMap<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("id", tag.id());
        members.put("default", tag.value());
        return members;
    }
}
