// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Part of a block: a word, or a block within. */
public sealed interface Item permits Word, Item.Block {
    Span span();

    /**
     * What follows a word that opens a block.
     *
     * @param opener the word before it
     * @param closer the word whose semicolon ended it; null if the text ended first
     * @param span from the opener to the end
     */
    record Block(Word opener, List<Item> items, @Nullable Word closer, Span span) implements Item {
        public Block {
            items = List.copyOf(items);
        }

        /** The span is worked out here and kept: blocks can lie deeper in each other than a stack is. */
        static Block of(Word opener, List<Item> items, @Nullable Word closer) {
            Span first = opener.span();
            Span span = closer != null
                    ? first.to(closer.span())
                    : items.isEmpty() ? first : first.to(items.getLast().span());
            return new Block(opener, items, closer, span);
        }
    }
}
