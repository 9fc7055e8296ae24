// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.orrery.core.value.Hex;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Recorded data about rules: loading it, and comparing a rule with its recorded fields. */
public final class RuleVectors {
    /** The endings of the files of both protocol generations. */
    public static final List<String> GENERATIONS = List.of("", "-1.14.2");

    /** What the records call a field whose name in the JSON form differs. */
    private static final Map<String, List<String>> RECORDED_NAMES = Map.of(
            "zt", List.of("address"),
            "ipProtocol", List.of("protocol"),
            "id", List.of("tagId"),
            "value", List.of("tagValue"),
            "idx", List.of("index"));

    private RuleVectors() {}

    public static JsonNode load(String name) {
        try (InputStream in = RuleVectors.class.getResourceAsStream("/vectors/" + name + ".json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in, name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] bytes(JsonNode node) {
        return HexFormat.of().parseHex(node.asString());
    }

    public static long bits(JsonNode node) {
        return Long.parseUnsignedLong(node.asString(), 16);
    }

    public static RuleTable table(JsonNode bytes) {
        var in = new WireReader(bytes(bytes));
        RuleTable table = RuleTable.readAll(in, RuleTable.RULES_MAX);
        assertThat(in.finished()).isTrue();
        return Objects.requireNonNull(table);
    }

    public static byte[] written(RuleTable table) {
        var out = new WireWriter(RuleTable.RULES_MAX * 257);
        table.write(out);
        return out.toByteArray();
    }

    /** A table made from recorded fields. */
    public static RuleTable tableOf(JsonNode rules) {
        return new RuleTable(rules.valueStream().map(RuleVectors::rule).toList());
    }

    public static void assertTable(RuleTable table, JsonNode rules, String what) {
        assertThat(table.size()).as(what).isEqualTo(rules.size());
        for (int i = 0; i < rules.size(); i++) {
            assertRule(table.rules().get(i), rules.get(i), what + ", rule " + i);
        }
    }

    /** Compares every recorded field through the table of types. */
    public static void assertRule(Rule rule, JsonNode recorded, String what) {
        assertThat(rule.typeId()).as(what).isEqualTo(recorded.get("type").asInt());
        assertThat(rule.not()).as(what).isEqualTo(recorded.get("not").asBoolean());
        assertThat(rule.or()).as(what).isEqualTo(recorded.get("or").asBoolean());
        if (rule.type() != null) {
            assertThat(rule).as(what).isEqualTo(rule(recorded));
        }
    }

    /** A rule made from recorded fields. */
    public static Rule rule(JsonNode recorded) {
        RuleType type = RuleType.of(recorded.get("type").asInt());
        boolean not = recorded.get("not").asBoolean();
        boolean or = recorded.get("or").asBoolean();
        if (type == null) {
            int typeByte = recorded.get("type").asInt() | (not ? 0x80 : 0) | (or ? 0x40 : 0);
            return Objects.requireNonNull(Rule.read(new WireReader(new byte[] {(byte) typeByte, 0})));
        }
        var out = new WireWriter(32);
        for (RuleField field : type.fields()) {
            writeField(out, field, recorded);
        }
        return Rule.of(type, not, or, out.toByteArray());
    }

    private static void writeField(WireWriter out, RuleField field, JsonNode recorded) {
        JsonNode value = recorded.get(field.jsonName());
        for (String name : RECORDED_NAMES.getOrDefault(field.jsonName(), List.of())) {
            value = recorded.has(name) ? recorded.get(name) : value;
        }
        switch (field.kind()) {
            case UNSIGNED -> number(out, value.asLong(), field.width());
            case HEX64 -> number(out, hex64(field, recorded), 8);
            case ADDRESS, MAC -> number(out, bits(value), field.width());
            case IPV4_PREFIX, IPV6_PREFIX ->
                out.bytes(bytes(value)).u8(recorded.get("bits").asInt());
            case OPTIONAL_CODE ->
                out.u8(value.asInt()).u8(recorded.get("icmpFlags").asInt());
            case INTEGER_FORMAT -> out.u8(recorded.get("format").asInt());
            case RESERVED -> out.u16(recorded.get("length").asInt());
        }
    }

    private static long hex64(RuleField field, JsonNode recorded) {
        if (field.jsonName().equals("end")) {
            return bits(recorded.get("start"))
                    + recorded.get("lengthAboveStart").asLong();
        }
        return bits(recorded.get(field.jsonName()));
    }

    private static void number(WireWriter out, long value, int width) {
        for (int at = width - 1; at >= 0; at--) {
            out.u8((int) (value >>> 8 * at));
        }
    }

    static String hex(RuleTable table) {
        return Hex.of(written(table));
    }
}
