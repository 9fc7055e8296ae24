// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as the language reads them: as far as they go, whatever follows. */
public final class Numbers {
    static final long UINT32_MAX = 0xffff_ffffL;

    /** Stands for every larger one; nothing in the language takes such numbers. */
    private static final long HUGE = 1L << 53;

    private Numbers() {}

    /** {@code 0x} and hex digits, or decimal digits, with a sign; -1 if there is nothing to read. */
    public static long read(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        boolean hex = lower.length() > 2 && lower.startsWith("0x");
        Long number = hex ? leading(lower.substring(2), 16) : leading(lower, 10);
        return number == null ? -1 : number;
    }

    /** With the sign before {@code 0x} if there are both; null if there is nothing to read. */
    static @Nullable Long readOrNull(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        int start = lower.startsWith("-") || lower.startsWith("+") ? 1 : 0;
        return leading(lower, lower.startsWith("0x", start) ? 16 : 10);
    }

    private static @Nullable Long leading(String text, int radix) {
        boolean negative = text.startsWith("-");
        int at = negative || text.startsWith("+") ? 1 : 0;
        if (radix == 16 && text.startsWith("0x", at)) {
            at += 2;
        }
        int start = at;
        long number = 0;
        while (at < text.length() && asciiDigit(text.charAt(at), radix) >= 0) {
            number = Math.min(HUGE, number * radix + asciiDigit(text.charAt(at), radix));
            at++;
        }
        return at == start ? null : negative ? -number : number;
    }

    static int asciiDigit(char c, int radix) {
        return c < 128 ? Character.digit(c, radix) : -1;
    }

    /** Whether the text is nothing but the number that is read from it. */
    public static boolean whole(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.matches("0x[0-9a-f]+|-?[0-9]+");
    }

    /** A leading decimal fraction, such as {@code .5} or {@code 1e-3}; 0 if there is none. */
    static double fraction(String text) {
        int at = sign(text, 0);
        int digitsFrom = at;
        at = digits(text, at);
        int digits = at - digitsFrom;
        if (at < text.length() && text.charAt(at) == '.') {
            int end = digits(text, at + 1);
            digits += end - at - 1;
            at = end;
        }
        if (digits == 0) {
            return text.startsWith("Infinity", sign(text, 0)) ? infinity(text) : 0;
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            int exponentFrom = sign(text, at + 1);
            int end = digits(text, exponentFrom);
            at = end > exponentFrom ? end : at;
        }
        return Double.parseDouble(text.substring(0, at));
    }

    private static double infinity(String text) {
        return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }

    private static int sign(String text, int at) {
        return at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+') ? at + 1 : at;
    }

    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && asciiDigit(text.charAt(at), 10) >= 0) {
            at++;
        }
        return at;
    }
}
