// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.api;

import java.util.ArrayList;
import java.util.List;

/** Lines of text in columns, under a heading. A line may be followed by notes, which are indented and not in columns. */
public final class Table {
    private record Line(List<String> cells, List<String> notes) {}

    private final List<Line> lines = new ArrayList<>();

    public Table(String... heading) {
        add(heading);
    }

    /** Adds a line; an empty cell shows as a dash, so that the columns can still be told apart. */
    public void add(String... cells) {
        List<String> shown = new ArrayList<>();
        for (String cell : cells) {
            shown.add(cell.isEmpty() ? "-" : cell);
        }
        lines.add(new Line(shown, new ArrayList<>()));
    }

    /** Adds a note below the last line. */
    public void note(String text) {
        lines.getLast().notes.add(text);
    }

    public void print(Terminal terminal) {
        int columns = lines.getFirst().cells.size();
        int[] widths = new int[columns];
        for (Line line : lines) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], line.cells.get(i).length());
            }
        }
        for (Line line : lines) {
            var text = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String cell = line.cells.get(i);
                text.append(cell);
                if (i < columns - 1) {
                    text.repeat(' ', widths[i] - cell.length() + 2);
                }
            }
            terminal.line(text.toString());
            line.notes.forEach(note -> terminal.line("    " + note));
        }
    }
}
