// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang.lint;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.rulelang.Entry;

/**
 * What a table can do with frames of a kind.
 *
 * @param accepting the first action that may accept some; null if there is none
 * @param deciding the action that all that come to it end at; null if some reach the end of the table
 * @param undecided whether the table may leave the decision to capabilities
 * @param unreachable the first entry that no frame comes to; null if there is none
 */
record Reach(
        @Nullable Entry accepting,
        @Nullable Entry deciding,
        boolean undecided,
        @Nullable Entry unreachable) {
    static Reach of(List<Entry> table, FrameKind kind) {
        Truth state = Truth.YES;
        Entry accepting = null;
        boolean breaks = false;
        for (int i = 0; i < table.size(); i++) {
            Entry entry = table.get(i);
            if (!entry.action()) {
                Truth match = kind.matches(entry);
                state = entry.or() ? state.or(match) : state.and(match);
                continue;
            }
            if (state != Truth.NO) {
                switch (entry.type()) {
                    case ACCEPT, REDIRECT -> accepting = accepting == null ? entry : accepting;
                    case BREAK -> breaks = true;
                    default -> {}
                }
                boolean ends =
                        switch (entry.type()) {
                            case ACCEPT, DROP, BREAK -> true;
                            default -> false;
                        };
                if (state == Truth.YES && ends) {
                    return new Reach(accepting, entry, breaks, i + 1 < table.size() ? table.get(i + 1) : null);
                }
            }
            state = Truth.YES;
        }
        return new Reach(accepting, null, true, null);
    }
}
