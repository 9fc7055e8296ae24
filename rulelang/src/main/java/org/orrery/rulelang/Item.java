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
     */
    record Block(Word opener, List<Item> items, @Nullable Word closer) implements Item {
        public Block {
            items = List.copyOf(items);
        }

        @Override
        public Span span() {
            Span first = opener.span();
            return closer != null
                    ? first.to(closer.span())
                    : items.isEmpty() ? first : first.to(items.getLast().span());
        }
    }
}
