// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A rule script, and where its lines begin. A line ends with LF, CR LF, or CR. */
public final class SourceText {
    /** A longer script is refused: a full table with a full set of capabilities fits several times. */
    public static final int LENGTH_MAX = 1 << 20;

    /** Where faults are that have no place in the text, in the count of existing tools. */
    static final Place NOWHERE = new Place(0, 0);

    private final String text;
    private final int[] lineStarts;

    public SourceText(String text) {
        this.text = text;
        List<Integer> starts = new ArrayList<>();
        starts.add(0);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n')) {
                starts.add(i + 1);
            }
        }
        lineStarts = starts.stream().mapToInt(Integer::intValue).toArray();
    }

    public String text() {
        return text;
    }

    public String text(Span span) {
        return text.substring(span.start(), span.end());
    }

    /** Where the character at {@code offset} is; the end of the text is a place too. */
    public Place place(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        int line = found >= 0 ? found : -found - 2;
        return new Place(line + 1, offset - lineStarts[line] + 1);
    }

    /** The text of a line, from 1, without its end. */
    public String line(int number) {
        int end = number < lineStarts.length ? lineStarts[number] : text.length();
        int start = lineStarts[number - 1];
        while (end > start && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return text.substring(start, end);
    }

    /**
     * The same place in the count of existing tools, for those who compare: columns of the first line count from 0, and a
     * comment that ends in CR LF counts as two lines.
     */
    Place knownPlace(int offset) {
        int line = 1;
        int column = 0;
        boolean comment = false;
        boolean between = true;
        for (int i = 0; i < offset; i++) {
            char c = text.charAt(i);
            boolean lineEnd = c == '\n' || c == '\r' && comment;
            if (lineEnd) {
                line++;
                column = 0;
                comment = false;
            } else if (c == '#' && between) {
                comment = true;
            }
            between = comment ? between : Lexer.separates(c);
            column++;
        }
        return new Place(line, column);
    }
}
