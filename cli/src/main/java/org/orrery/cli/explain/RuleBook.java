// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.orrery.controller.RuleJson;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.TagNames;
import tools.jackson.databind.JsonNode;

/**
 * The rules of one network with all that belongs to them. Immutable.
 *
 * @param rules the network's own table
 * @param capabilities their tables by ID, unsigned 32 bits
 * @param capabilitiesByDefault those that new members are given
 * @param tagDefaults values of members who were given no other, by ID
 * @param names of tags, values and capabilities
 * @param notes what a reader should know of the rules, a sentence each
 */
public record RuleBook(
        RuleTable rules,
        Map<Integer, RuleTable> capabilities,
        Set<Integer> capabilitiesByDefault,
        Map<Integer, Integer> tagDefaults,
        TagNames names,
        List<String> notes) {
    public RuleBook {
        capabilities = Map.copyOf(capabilities);
        capabilitiesByDefault = Set.copyOf(capabilitiesByDefault);
        tagDefaults = Map.copyOf(tagDefaults);
        notes = List.copyOf(notes);
    }

    /**
     * Reads the JSON of a rule compiler ({@code config}, {@code tagsByName}, {@code capabilitiesByName}), of a
     * controller's network ({@code rules}, {@code capabilities}, {@code tags}), or a bare array of rules.
     *
     * @param where what is read, for messages
     */
    public static RuleBook of(JsonNode json, String where) throws FaultException {
        JsonNode config = json.path("config").isObject() ? json.path("config") : json;
        JsonNode rules = json.isArray() ? json : config.path("rules");
        if (!rules.isArray()) {
            throw new FaultException(
                    where + " has no array 'rules': it should be what 'orrery rules compile --json' prints, a"
                            + " controller's network, or an array of rules");
        }
        List<String> notes = new ArrayList<>();
        RuleTable base = table(rules, where + ", rules", RuleTable.RULES_MAX, notes);
        Map<Integer, RuleTable> capabilities = new TreeMap<>(Integer::compareUnsigned);
        Set<Integer> byDefault = new TreeSet<>(Integer::compareUnsigned);
        for (JsonNode capability : config.path("capabilities")) {
            int id = (int) capability.path("id").asLong(0);
            String called = where + ", capability " + Integer.toUnsignedString(id);
            capabilities.put(id, table(capability.path("rules"), called, RuleTable.CAPABILITY_RULES_MAX, notes));
            if (capability.path("default").asBoolean(false)) {
                byDefault.add(id);
            }
        }
        Map<Integer, Integer> defaults = new HashMap<>();
        for (JsonNode tag : config.path("tags")) {
            if (tag.path("default").isNumber()) {
                defaults.put((int) tag.path("id").asLong(0), (int)
                        tag.path("default").asLong());
            }
        }
        return new RuleBook(base, capabilities, byDefault, defaults, names(json), notes);
    }

    private static RuleTable table(JsonNode array, String where, int most, List<String> notes) throws FaultException {
        List<Rule> rules = new ArrayList<>();
        int index = 0;
        for (JsonNode entry : array) {
            Rule rule = RuleJson.read(entry);
            if (rule == null) {
                JsonNode type = entry.path("type");
                notes.add(where + ": entry " + index + " has "
                        + (type.isString() ? "the unknown type '" + type.stringValue() + "'" : "no type")
                        + "; controllers leave it out, and so does this");
            } else {
                rules.add(rule);
            }
            index++;
        }
        if (rules.size() > most) {
            throw new FaultException(where + ": " + rules.size() + " rules; members keep " + most + " at most");
        }
        return new RuleTable(rules);
    }

    private static TagNames names(JsonNode json) {
        Map<Integer, String> tags = new HashMap<>();
        Map<Integer, Map<Long, String>> values = new HashMap<>();
        for (Map.Entry<String, JsonNode> tag : json.path("tagsByName").properties()) {
            int id = (int) tag.getValue().path("id").asLong(0);
            tags.put(id, tag.getKey());
            Map<Long, String> named = new HashMap<>();
            for (String kind : List.of("flags", "enums")) {
                for (Map.Entry<String, JsonNode> value :
                        tag.getValue().path(kind).properties()) {
                    named.put(value.getValue().asLong(0) & 0xffff_ffffL, value.getKey());
                }
            }
            values.put(id, named);
        }
        Map<Integer, String> capabilities = new HashMap<>();
        for (Map.Entry<String, JsonNode> capability :
                json.path("capabilitiesByName").properties()) {
            capabilities.put((int) capability.getValue().asLong(0), capability.getKey());
        }
        return new TagNames(tags, values, capabilities);
    }

    /** The ID of a tag given by name or number. */
    public int tag(String word) throws FaultException {
        return id(word, "tag", names.tags());
    }

    /** The value of a tag: a name, several with commas between for flags, or a number. */
    public int value(int tag, String word) throws FaultException {
        Map<String, Long> known = new LinkedHashMap<>();
        names.values().getOrDefault(tag, Map.of()).forEach((value, name) -> known.put(name, value));
        long value = 0;
        for (String part : word.toLowerCase(Locale.ROOT).split(",")) {
            Long named = known.get(part);
            value |= named != null ? named : unsigned(part, "value of tag " + names.tag(tag), known.keySet());
        }
        return (int) value;
    }

    /** The ID of a capability given by name or number. */
    public int capability(String word) throws FaultException {
        int id = id(word, "capability", names.capabilities());
        if (!capabilities.containsKey(id)) {
            throw new FaultException("the rules define no capability '" + word + "'"
                    + known(capabilities.keySet().stream()
                            .map(names::capability)
                            .sorted()
                            .toList()));
        }
        return id;
    }

    private static int id(String word, String what, Map<Integer, String> names) throws FaultException {
        for (Map.Entry<Integer, String> each : names.entrySet()) {
            if (each.getValue().equals(word.toLowerCase(Locale.ROOT))) {
                return each.getKey();
            }
        }
        return (int) unsigned(word, what, names.values());
    }

    private static long unsigned(String word, String what, java.util.Collection<String> names) throws FaultException {
        return Numbers.parse(word, 0xffff_ffffL)
                .orElseThrow(() ->
                        new FaultException("'" + word + "' is no " + what + ": neither a number of 32 bits nor a name"
                                + known(names.stream().sorted().toList())));
    }

    private static String known(List<String> names) {
        return names.isEmpty()
                ? "; the rules name none"
                : "; there are " + names.stream().collect(Collectors.joining(", "));
    }
}
