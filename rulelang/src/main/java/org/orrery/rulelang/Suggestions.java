// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds what somebody may have meant. */
public final class Suggestions {
    private static final int SHOWN_MAX = 3;

    /** The comparison takes the product of two lengths. */
    private static final int LENGTH_MAX = 64;

    private record Near(String word, int distance) {}

    private Suggestions() {}

    /** {@code did you mean 'a' or 'b'?}, or nothing. */
    public static List<String> hint(String word, Collection<String> candidates) {
        List<String> near = near(word, candidates);
        return near.isEmpty() ? List.of() : List.of("did you mean '" + String.join("' or '", near) + "'?");
    }

    static List<String> near(String word, Collection<String> candidates) {
        String wanted = word.toLowerCase(Locale.ROOT);
        if (wanted.length() < 2 || wanted.length() > LENGTH_MAX) {
            return List.of();
        }
        int limit = Math.clamp(wanted.length() / 3, 1, 3);
        return candidates.stream()
                .distinct()
                .filter(candidate -> Math.abs(candidate.length() - wanted.length()) <= limit)
                .map(candidate -> new Near(candidate, distance(wanted, candidate)))
                .filter(near -> near.distance <= limit)
                .sorted(Comparator.comparingInt(Near::distance).thenComparing(Near::word))
                .limit(SHOWN_MAX)
                .map(Near::word)
                .toList();
    }

    /** Letters to insert, delete, replace, or swap with their neighbour. */
    static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + same);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
