// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.nio.charset.StandardCharsets;

/** Texts whose length on the wire is limited in bytes. */
final class Text {
    private Text() {}

    /** The longest start of {@code text} that is at most {@code bytesMax} bytes of UTF-8 and holds whole characters. */
    static String cut(String text, int bytesMax) {
        if (text.length() * 3L <= bytesMax || text.getBytes(StandardCharsets.UTF_8).length <= bytesMax) {
            return text;
        }
        int bytes = 0;
        int end = 0;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x1_0000 ? 3 : 4;
            if (bytes > bytesMax) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return text.substring(0, end);
    }
}
