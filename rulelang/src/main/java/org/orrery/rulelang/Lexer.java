// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayList;
import java.util.List;

/** Cuts a script into words and comments. */
final class Lexer {
    /**
     * A word or a comment.
     *
     * @param span with a word's semicolon, and with the comment's mark but without the line's end
     * @param last whether the text ended right behind it
     */
    record Token(String text, Span span, boolean comment, boolean last) {}

    private Lexer() {}

    static boolean separates(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    static List<Token> tokens(SourceText source) {
        String text = source.text();
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            if (separates(text.charAt(at))) {
                at++;
                continue;
            }
            boolean comment = text.charAt(at) == '#';
            int end = at;
            while (end < text.length() && (comment ? !endsLine(text.charAt(end)) : !separates(text.charAt(end)))) {
                end++;
            }
            tokens.add(new Token(text.substring(at, end), new Span(at, end), comment, end == text.length()));
            at = end;
        }
        return tokens;
    }

    private static boolean endsLine(char c) {
        return c == '\n' || c == '\r';
    }
}
