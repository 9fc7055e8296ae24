// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.rules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Lines that go ({@code - }) and come ({@code + }), among those that stay. */
final class LineDifference {
    /** Comparing takes the product of both; longer texts are shown as replaced. */
    private static final int LINES_MAX = 4000;

    private static final int CONTEXT = 2;

    private LineDifference() {}

    /** Nothing if both are equal. Lines far from any difference are left out. */
    static List<String> of(List<String> before, List<String> after) {
        if (before.equals(after)) {
            return List.of();
        }
        return before.size() > LINES_MAX || after.size() > LINES_MAX
                ? replaced(before, after)
                : shortened(compared(before, after));
    }

    private static List<String> replaced(List<String> before, List<String> after) {
        List<String> lines = new ArrayList<>();
        before.forEach(line -> lines.add("- " + line));
        after.forEach(line -> lines.add("+ " + line));
        return lines;
    }

    private static List<String> compared(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<String> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
                lines.add("  " + before.get(i++));
                j++;
            } else if (j == after.size() || i < before.size() && common[i + 1][j] >= common[i][j + 1]) {
                lines.add("- " + before.get(i++));
            } else {
                lines.add("+ " + after.get(j++));
            }
        }
        return lines;
    }

    private static List<String> shortened(List<String> lines) {
        List<Boolean> shown = new ArrayList<>(Collections.nCopies(lines.size(), false));
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith("  ")) {
                for (int near = Math.max(0, i - CONTEXT); near <= Math.min(lines.size() - 1, i + CONTEXT); near++) {
                    shown.set(near, true);
                }
            }
        }
        List<String> out = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (shown.get(i)) {
                out.add(lines.get(i));
            } else if (i > 0
                    && shown.get(i - 1)
                    && shown.subList(i, lines.size()).contains(true)) {
                out.add("  ...");
            }
        }
        return out;
    }
}
