// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Nests words into blocks. A word that opens a block does so wherever it stands, unless its own semicolon just ended one; a
 * semicolon ends the innermost block, but never an empty one. That makes {@code accept;} in a block the end of that block,
 * and leaves {@code accept ;} open: scripts are read alike everywhere only if these are kept.
 */
final class BlockReader {
    private static final class Open {
        private final Word opener;
        private final List<Item> items = new ArrayList<>();

        Open(Word opener) {
            this.opener = opener;
        }
    }

    /** Nothing opens the outermost. */
    private static final Word NO_OPENER = new Word("", new Span(0, 0), false);

    private final List<Open> open = new ArrayList<>(List.of(new Open(NO_OPENER)));
    private final List<Word> words = new ArrayList<>();
    private final List<Outline.Closing> closings = new ArrayList<>();

    private BlockReader() {}

    static Outline read(List<Lexer.Token> tokens) {
        var reader = new BlockReader();
        for (Lexer.Token token : tokens) {
            if (!token.comment()) {
                reader.take(token);
            }
        }
        return reader.finish();
    }

    private void take(Lexer.Token token) {
        Word word = word(token);
        words.add(word);
        Open top = open.getLast();
        if (!word.text().isEmpty()) {
            top.items.add(word);
        }
        if (token.last()) {
            return;
        }
        if (word.semicolon() && open.size() > 1 && !top.items.isEmpty()) {
            closings.add(new Outline.Closing(word, fold(word)));
            return;
        }
        if (word.semicolon()) {
            closings.add(new Outline.Closing(word, null));
        }
        if (Vocabulary.OPENERS.contains(word.text())) {
            open.add(new Open(word));
        }
    }

    private static Word word(Lexer.Token token) {
        String text = token.text();
        if (!text.endsWith(";")) {
            return new Word(text, token.span(), false);
        }
        Span span = token.span();
        return text.length() == 1
                ? new Word("", span, true)
                : new Word(text.substring(0, text.length() - 1), new Span(span.start(), span.end() - 1), true);
    }

    private Item.Block fold(@Nullable Word closer) {
        Open top = open.removeLast();
        var block = Item.Block.of(top.opener, top.items, closer);
        open.getLast().items.add(block);
        return block;
    }

    private Outline finish() {
        while (open.size() > 1 && !open.getLast().items.isEmpty()) {
            fold(null);
        }
        // An empty block at the end of the text takes those around it along, except the outermost.
        List<Item.Block> lost = open.stream()
                .skip(1)
                .map(block -> Item.Block.of(block.opener, block.items, null))
                .toList();
        return new Outline(words, open.getFirst().items, closings, lost);
    }
}
