// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines for a person: place, message, the line of the source with a mark below, hints. */
public final class DiagnosticText {
    /** A longer line is cut around the mark. */
    private static final int LINE_LENGTH_MAX = 120;

    private static final int BEFORE_MARK = 40;

    private DiagnosticText() {}

    /**
     * For one diagnostic.
     *
     * @param name of the file, for the first line
     */
    public static List<String> lines(String name, SourceText source, Diagnostic diagnostic) {
        Place place = source.place(diagnostic.span().start());
        List<String> lines = new ArrayList<>();
        lines.add(name + ":" + place + ": "
                + diagnostic.severity().name().toLowerCase(Locale.ROOT) + ": " + diagnostic.message()
                + (diagnostic.severity() == Diagnostic.Severity.WARNING ? " [" + diagnostic.code() + "]" : ""));
        mark(lines, source, diagnostic.span(), place);
        String indent = " ".repeat(gutter(place).length());
        diagnostic.hints().forEach(hint -> lines.add(indent + hint));
        for (Span include : diagnostic.includedFrom()) {
            lines.add(indent + "included from " + name + ":" + source.place(include.start()));
        }
        return lines;
    }

    private static String gutter(Place place) {
        return "  " + place.line() + " | ";
    }

    private static void mark(List<String> lines, SourceText source, Span span, Place place) {
        String line = source.line(place.line());
        if (line.isEmpty()) {
            return;
        }
        int from = place.column() - 1;
        int length = Math.max(1, Math.min(span.end() - span.start(), line.length() - from));
        int cut = line.length() <= LINE_LENGTH_MAX ? 0 : Math.max(0, from - BEFORE_MARK);
        int end = Math.min(line.length(), cut + LINE_LENGTH_MAX);
        lines.add(gutter(place) + printable(line.substring(cut, end)));
        var mark = new StringBuilder(" ".repeat(gutter(place).length() - 2)).append("| ");
        // A tab takes as much room below as above; of two units that make one character only one does.
        for (int i = cut; i < from; i++) {
            char c = i < line.length() ? line.charAt(i) : ' ';
            if (!Character.isLowSurrogate(c)) {
                mark.append(c == '\t' ? '\t' : ' ');
            }
        }
        lines.add(mark.append("^".repeat(Math.clamp(length, 1, Math.max(1, end - from))))
                .toString());
    }

    /** A script must not steer the terminal. */
    private static String printable(String line) {
        return line.codePoints()
                .map(c -> c != '\t' && Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
