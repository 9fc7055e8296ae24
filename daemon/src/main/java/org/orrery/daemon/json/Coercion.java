// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads scalars as the original API and configuration readers do: a wrong scalar type is converted, never refused, and
 * anything else gives the default.
 */
public final class Coercion {
    private Coercion() {}

    /** Unsigned 64 bit: fractions are cut, negatives wrap, text gives its leading digits. */
    public static long integer(@Nullable JsonNode value, long otherwise) {
        if (value == null) {
            return otherwise;
        }
        if (value.isBoolean()) {
            return value.booleanValue() ? 1 : 0;
        }
        if (value.isIntegralNumber()) {
            return value.bigIntegerValue().longValue();
        }
        if (value.isNumber()) {
            return value.decimalValue().toBigInteger().longValue();
        }
        return value.isString() ? leadingDigits(value.stringValue()) : otherwise;
    }

    private static long leadingDigits(String text) {
        int end = 0;
        while (end < text.length() && end < 20 && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end == 0 ? 0 : new java.math.BigInteger(text.substring(0, end)).longValue();
    }

    /** True for numbers other than zero and for text that begins with {@code t}, {@code T} or {@code 1}. */
    public static boolean flag(@Nullable JsonNode value, boolean otherwise) {
        if (value == null) {
            return otherwise;
        }
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        if (value.isNumber()) {
            return integer(value, 0) != 0;
        }
        if (value.isString()) {
            String text = value.stringValue();
            return !text.isEmpty() && "tT1".indexOf(text.charAt(0)) >= 0;
        }
        return otherwise;
    }

    /** Numbers in decimal, booleans as {@code 1} and {@code 0}. */
    public static String text(@Nullable JsonNode value, String otherwise) {
        if (value == null) {
            return otherwise;
        }
        if (value.isString()) {
            return value.stringValue();
        }
        if (value.isBoolean()) {
            return value.booleanValue() ? "1" : "0";
        }
        return value.isNumber() ? Long.toUnsignedString(integer(value, 0)) : otherwise;
    }
}
