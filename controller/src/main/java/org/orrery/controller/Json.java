// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.math.BigInteger;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Hex;
import org.orrery.core.value.Ip;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads scalars the lenient way that every version of the API does: a scalar of another type is converted, and only null,
 * containers and absence give the default. Tools depend on each of these conversions.
 */
final class Json {
    static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final BigInteger UNSIGNED_RANGE = BigInteger.ONE.shiftLeft(64);

    private Json() {}

    /** As unsigned 64 bits: fractions are cut, negative numbers wrap, texts give their leading decimal digits or 0. */
    static long integer(@Nullable JsonNode node, long whenAbsent) {
        if (node == null) {
            return whenAbsent;
        }
        if (node.isIntegralNumber()) {
            return node.canConvertToLong()
                    ? node.longValue()
                    : node.bigIntegerValue().longValue();
        }
        if (node.isNumber()) {
            return (long) node.doubleValue();
        }
        if (node.isString()) {
            return leadingDigits(node.stringValue());
        }
        return node.isBoolean() ? (node.booleanValue() ? 1 : 0) : whenAbsent;
    }

    /** True for numbers that {@link #integer} reads as other than 0 and for texts that begin with t, T or 1. */
    static boolean bool(@Nullable JsonNode node, boolean whenAbsent) {
        if (node == null) {
            return whenAbsent;
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isNumber()) {
            return integer(node, 0) != 0;
        }
        if (node.isString()) {
            String text = node.stringValue();
            return !text.isEmpty() && "tT1".indexOf(text.charAt(0)) >= 0;
        }
        return whenAbsent;
    }

    /** Numbers as unsigned decimal text, booleans as {@code 1} or {@code 0}. */
    static String string(@Nullable JsonNode node, String whenAbsent) {
        if (node == null) {
            return whenAbsent;
        }
        if (node.isString()) {
            return node.stringValue();
        }
        if (node.isNumber()) {
            return Long.toUnsignedString(integer(node, 0));
        }
        return node.isBoolean() ? (node.booleanValue() ? "1" : "0") : whenAbsent;
    }

    /** Hexadecimal digits up to the first other character, {@code 0x} allowed in front; without any, 0. */
    static long hex(String text) {
        int at = text.startsWith("0x") || text.startsWith("0X") ? 2 : 0;
        long value = 0;
        for (; at < text.length() && Hex.matches(text.substring(at, at + 1), 1); at++) {
            value = value << 4 | Character.digit(text.charAt(at), 16);
        }
        return value;
    }

    /** The number node for an unsigned 64-bit value. */
    static JsonNode unsigned(long value) {
        return value >= 0
                ? number(value)
                : NODES.numberNode(BigInteger.valueOf(value).add(UNSIGNED_RANGE));
    }

    /** The node that a parser makes of the number: nodes of other widths do not equal it. */
    private static JsonNode number(long value) {
        return value == (int) value ? NODES.numberNode((int) value) : NODES.numberNode(value);
    }

    /** An address text with a number of up to 16 bits behind a slash (0 if there is none). */
    record IpText(Ip ip, int number) {}

    /** Reads {@code ip} or {@code ip/number}; null if the address is none or the number is no number. */
    static @Nullable IpText ip(@Nullable JsonNode node) {
        return node != null && node.isString() ? ip(node.stringValue()) : null;
    }

    static @Nullable IpText ip(String text) {
        int slash = text.indexOf('/');
        Ip ip = Ip.parse(slash < 0 ? text : text.substring(0, slash)).orElse(null);
        if (ip == null) {
            return null;
        }
        String digits = slash < 0 ? "0" : text.substring(slash + 1);
        if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        int number = Integer.parseInt(digits);
        return number > 0xffff ? null : new IpText(ip, number);
    }

    /**
     * A copy in the form that is kept and shown: object keys ascending, as all versions write them, and numbers in the
     * width that a parser gives them. Two such copies are equal when their texts are.
     */
    static JsonNode sorted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            return sorted(object);
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = NODES.arrayNode(array.size());
            for (JsonNode element : array) {
                copy.add(sorted(element));
            }
            return copy;
        }
        return node.isIntegralNumber() && node.canConvertToLong() ? number(node.longValue()) : node;
    }

    static ObjectNode sorted(ObjectNode object) {
        var members = new TreeMap<String, JsonNode>();
        object.properties().forEach(entry -> members.put(entry.getKey(), entry.getValue()));
        ObjectNode copy = NODES.objectNode();
        members.forEach((key, value) -> copy.set(key, sorted(value)));
        return copy;
    }

    private static long leadingDigits(String text) {
        long value = 0;
        for (int i = 0; i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9'; i++) {
            int digit = text.charAt(i) - '0';
            if (Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 10)) > 0) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
