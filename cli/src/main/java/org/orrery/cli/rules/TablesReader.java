// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Json;
import org.orrery.core.value.Ip;
import org.orrery.rulelang.Entry;
import org.orrery.rulelang.EntryType;
import org.orrery.rulelang.RuleTables;

/**
 * Reads the tables of a network from JSON, numbers cut to the width that members compare and addresses in their usual
 * spelling: two that come out equal are the same to every member.
 */
final class TablesReader {
    private final LongFunction<String> capabilityNames;
    private final LongFunction<String> tagNames;
    private final List<String> unknown = new ArrayList<>();

    private TablesReader(LongFunction<String> capabilityNames, LongFunction<String> tagNames) {
        this.capabilityNames = capabilityNames;
        this.tagNames = tagNames;
    }

    /**
     * Tables of a network.
     *
     * @param unknown rules that have no form in the language, in JSON
     */
    record Read(RuleTables tables, List<String> unknown) {}

    /**
     * Reads {@code rules}, {@code capabilities} and {@code tags} of a network.
     *
     * @param named gives names to the numbers; null for {@code cap_80}, {@code tag_7}
     */
    static Read read(Json network, @Nullable RuleTables named) {
        var capabilities = new LinkedHashMap<Long, String>();
        var tags = new LinkedHashMap<Long, RuleTables.Tag>();
        if (named != null) {
            named.capabilities().forEach(capability -> capabilities.putIfAbsent(capability.id(), capability.name()));
            named.tags().forEach(tag -> tags.putIfAbsent(tag.id(), tag));
        }
        var reader = new TablesReader(
                id -> capabilities.getOrDefault(id, "cap_" + id),
                id -> tags.containsKey(id)
                        ? Objects.requireNonNull(tags.get(id)).name()
                        : "tag_" + id);
        return new Read(reader.tables(network, tags), List.copyOf(reader.unknown));
    }

    /** The members that a controller takes. */
    static Json config(RuleTables tables) {
        return json(tables.config());
    }

    private static Json json(@Nullable Object value) {
        return switch (value) {
            case null -> Json.none();
            case Map<?, ?> members -> {
                Map<String, Json> converted = new LinkedHashMap<>();
                members.forEach((name, member) -> converted.put((String) name, json(member)));
                yield Json.object(converted);
            }
            case List<?> items ->
                Json.array(items.stream().map(TablesReader::json).toList());
            case Long number -> Json.of(number);
            case Boolean flag -> Json.of(flag);
            default -> Json.of(value.toString());
        };
    }

    private RuleTables tables(Json network, Map<Long, RuleTables.Tag> named) {
        List<RuleTables.Capability> capabilities = network.at("capabilities").items().stream()
                .map(capability -> {
                    long id = capability.at("id").integer() & 0xffff_ffffL;
                    return new RuleTables.Capability(
                            capabilityNames.apply(id),
                            id,
                            capability.at("default").isTrue(),
                            entries(capability.at("rules")));
                })
                .sorted(java.util.Comparator.comparingLong(RuleTables.Capability::id))
                .toList();
        List<RuleTables.Tag> tags = network.at("tags").items().stream()
                .map(tag -> {
                    long id = tag.at("id").integer() & 0xffff_ffffL;
                    RuleTables.Tag known = named.get(id);
                    return new RuleTables.Tag(
                            tagNames.apply(id),
                            id,
                            tag.at("default").present() ? tag.at("default").integer() & 0xffff_ffffL : null,
                            known == null ? new LinkedHashMap<>() : known.enums(),
                            known == null ? new LinkedHashMap<>() : known.flags());
                })
                .sorted(java.util.Comparator.comparingLong(RuleTables.Tag::id))
                .toList();
        return new RuleTables(entries(network.at("rules")), capabilities, tags);
    }

    @SuppressWarnings("NullAway") // it does not see the annotation of a type argument in another module
    private List<Entry> entries(Json rules) {
        List<Entry> entries = new ArrayList<>();
        for (Json rule : rules.items()) {
            EntryType type = EntryType.ofJsonName(rule.at("type").text()).orElse(null);
            if (type == null) {
                unknown.add(rule.compact());
                continue;
            }
            List<@Nullable Object> values = new ArrayList<>();
            for (String member : type.members()) {
                values.add(value(type, member, rule.at(member)));
            }
            boolean action = type.action();
            entries.add(new Entry(
                    type,
                    !action && rule.at("not").isTrue(),
                    !action && rule.at("or").isTrue(),
                    values,
                    null));
        }
        return entries;
    }

    private static @Nullable Object value(EntryType type, String member, Json value) {
        return switch (member) {
            case "zt", "mac", "address" -> value.text().toLowerCase(Locale.ROOT);
            case "ip" -> prefix(value.text());
            case "mask" -> type == EntryType.CHARACTERISTICS ? value.text() : (Object) (value.integer() & 0xff);
            case "icmpCode" -> value.present() ? value.integer() & 0xff : null;
            case "icmpType", "ipProtocol", "vlanPcp", "vlanDei" -> value.integer() & 0xff;
            case "start", "end" -> value.integer() & (type == EntryType.IP_TOS ? 0xff : 0xffff);
            case "etherType", "vlanId", "length" -> value.integer() & 0xffff;
            default -> value.integer() & 0xffff_ffffL;
        };
    }

    private static String prefix(String text) {
        int slash = text.indexOf('/');
        return slash < 0
                ? text
                : Ip.parse(text.substring(0, slash))
                        .map(ip -> ip + text.substring(slash))
                        .orElse(text);
    }
}
