// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A script as nested blocks.
 *
 * @param words all of them, semicolons on their own included, in the order of the text
 * @param items what lies outside all blocks, and the blocks
 * @param closings every semicolon, in order, but the last character of the text
 * @param lost blocks still open at the end that count for nothing, outermost first; the last one is empty
 */
public record Outline(List<Word> words, List<Item> items, List<Closing> closings, List<Item.Block> lost) {
    public Outline {
        words = List.copyOf(words);
        items = List.copyOf(items);
        closings = List.copyOf(closings);
        lost = List.copyOf(lost);
    }

    /** A semicolon, and the block that it ends, if any. */
    public record Closing(Word word, Item.@Nullable Block block) {}
}
