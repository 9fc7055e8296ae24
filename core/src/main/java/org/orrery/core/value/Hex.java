// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.value;

import org.jspecify.annotations.Nullable;

/** Fixed-width lower-case hexadecimal, as addresses and network IDs are written. */
public final class Hex {
    private static final char[] DIGITS = "0123456789abcdef".toCharArray();

    private Hex() {}

    /** The low {@code digits} hex digits of {@code bits}, most significant first, zero padded. */
    public static String of(long bits, int digits) {
        char[] text = new char[digits];
        for (int i = digits - 1; i >= 0; i--) {
            text[i] = DIGITS[(int) bits & 15];
            bits >>>= 4;
        }
        return new String(text);
    }

    /** Whether {@code text} is exactly {@code digits} hex digits, upper or lower case. */
    public static boolean matches(String text, int digits) {
        if (text.length() != digits) {
            return false;
        }
        for (int i = 0; i < digits; i++) {
            if (Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) > 'f') {
                return false;
            }
        }
        return true;
    }

    /** Two digits a byte, lower case. */
    public static String of(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }

    /** The bytes that {@code text} spells, or null if it holds anything but pairs of hex digits. */
    public static byte @Nullable [] bytes(String text) {
        if ((text.length() & 1) != 0 || !matches(text, text.length())) {
            return null;
        }
        return java.util.HexFormat.of().parseHex(text);
    }
}
