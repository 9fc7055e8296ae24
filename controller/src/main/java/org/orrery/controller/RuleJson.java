// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleField;
import org.orrery.core.rules.RuleType;
import org.orrery.core.value.Hex;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON form of rules: {@code {"type": "MATCH_ETHERTYPE", "etherType": 2048, "not": false, "or": false}}. Reading is
 * lenient about scalar types and strict about {@code type}; what is read and rendered again is the normal form.
 */
public final class RuleJson {
    private RuleJson() {}

    /** The rule, or null if the node is not an object with a known {@code type}. */
    public static @Nullable Rule read(JsonNode node) {
        JsonNode typeName = node.get("type");
        RuleType type = typeName != null && typeName.isString()
                ? RuleType.ofJsonName(typeName.stringValue()).orElse(null)
                : null;
        if (type == null) {
            return null;
        }
        byte[] value = new byte[type.valueBytes()];
        for (RuleField field : type.fields()) {
            readField(node, type, field, value);
        }
        boolean not = Json.bool(node.get("not"), false);
        boolean or = Json.bool(node.get("or"), false);
        return Rule.of(type, not, or, value);
    }

    /** The normal form; null for types that JSON does not know. */
    public static @Nullable ObjectNode write(Rule rule) {
        RuleType type = rule.type();
        String name = type == null ? null : type.jsonName().orElse(null);
        if (type == null || name == null) {
            return null;
        }
        ObjectNode node = Json.NODES.objectNode();
        node.put("type", name);
        if (!type.action()) {
            node.put("not", rule.not());
            node.put("or", rule.or());
        }
        for (RuleField field : type.fields()) {
            writeField(rule, field, node);
        }
        return Json.sorted(node);
    }

    private static void readField(JsonNode node, RuleType type, RuleField field, byte[] value) {
        JsonNode member = node.get(field.jsonName());
        switch (field.kind()) {
            case UNSIGNED -> put(value, field, Json.integer(member, absent(node, type, field)));
            case HEX64 -> put(value, field, hex64(member));
            case ADDRESS -> put(value, field, Json.hex(Json.string(member, "0")) & 0xff_ffff_ffffL);
            case MAC -> put(value, field, mac(Json.string(member, "0")));
            case IPV4_PREFIX, IPV6_PREFIX -> putPrefix(value, field, Json.ip(Json.string(member, "")));
            case OPTIONAL_CODE -> {
                if (member != null && !member.isNull()) {
                    put(value, field, (Json.integer(member, 0) & 0xff) << 8 | 1);
                }
            }
            case INTEGER_FORMAT -> {
                long bits = Math.clamp(Json.integer(node.get("bits"), 64), 1, 64);
                put(value, field, bits - 1 | (Json.bool(node.get("little"), false) ? 0x80 : 0));
            }
            case RESERVED -> {}
        }
    }

    /** A missing end of a range of ports or sizes is its start; every other missing number is 0. */
    private static long absent(JsonNode node, RuleType type, RuleField field) {
        return field.jsonName().equals("end") && type != RuleType.IP_TOS ? Json.integer(node.get("start"), 0) : 0;
    }

    private static long hex64(@Nullable JsonNode member) {
        return member != null && member.isNumber() ? Json.integer(member, 0) : Json.hex(Json.string(member, "0"));
    }

    /** Twelve hex digits; separators of any kind are skipped. */
    private static long mac(String text) {
        long bits = 0;
        int digits = 0;
        for (int i = 0; i < text.length() && digits < 12; i++) {
            if (Hex.matches(text.substring(i, i + 1), 1)) {
                bits = bits << 4 | Character.digit(text.charAt(i), 16);
                digits++;
            }
        }
        return bits;
    }

    private static void put(byte[] value, RuleField field, long bits) {
        for (int i = 0; i < field.width(); i++) {
            value[field.offset() + i] = (byte) (bits >>> 8 * (field.width() - 1 - i));
        }
    }

    /** An address of the wrong family or no address leaves the field zero, which matches every address. */
    private static void putPrefix(byte[] value, RuleField field, Json.@Nullable IpText text) {
        boolean v6 = field.kind() == RuleField.Kind.IPV6_PREFIX;
        if (text == null || text.ip().v6() != v6) {
            return;
        }
        byte[] address = text.ip().bytes();
        System.arraycopy(address, 0, value, field.offset(), address.length);
        value[field.offset() + address.length] =
                (byte) Math.min(text.number(), text.ip().width());
    }

    private static void writeField(Rule rule, RuleField field, ObjectNode node) {
        String name = field.jsonName();
        switch (field.kind()) {
            case UNSIGNED -> node.put(name, rule.bits(field));
            case HEX64 -> node.put(name, Hex.of(rule.bits(field), 16));
            case ADDRESS -> node.put(name, Hex.of(rule.bits(field), 10));
            case MAC -> node.put(name, Mac.toString(rule.bits(field)));
            case IPV4_PREFIX, IPV6_PREFIX -> {
                Ip ip = rule.ip(field);
                node.put(name, ip + "/" + rule.prefixBits(field));
            }
            case OPTIONAL_CODE -> {
                long codeAndFlags = rule.bits(field);
                if ((codeAndFlags & 1) != 0) {
                    node.put(name, codeAndFlags >>> 8);
                } else {
                    node.putNull(name);
                }
            }
            case INTEGER_FORMAT -> {
                long format = rule.bits(field);
                node.put("little", (format & 0x80) != 0);
                node.put("bits", (format & 0x3f) + 1);
            }
            case RESERVED -> {}
        }
    }
}
