// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Decides for each word of a script where it goes: on a line of its own and how far in, or behind the word before it. */
final class Layout {
    static final int STEP = 2;

    private static final int WIDTH_MAX = 100;

    /**
     * Where a word goes.
     *
     * @param line whether it begins a line
     * @param depth of the line it is on, in blocks
     */
    record Mark(boolean line, int depth) {}

    /** A block that one line does not hold, or one that it does. */
    private record Shape(int depth, boolean inline) {}

    private final SourceText source;
    private final NavigableSet<Integer> comments = new TreeSet<>();
    private final Map<Integer, Mark> marks = new HashMap<>();
    private final Map<Integer, Shape> closers = new HashMap<>();
    private final Set<Integer> behindOpener = new HashSet<>();

    Layout(SourceText source, List<Lexer.Token> tokens, Outline outline) {
        this.source = source;
        tokens.stream()
                .filter(Lexer.Token::comment)
                .forEach(comment -> comments.add(comment.span().start()));
        rules(outline.items(), 0, 0, true);
        for (int i = 1; i < tokens.size(); i++) {
            Lexer.Token before = tokens.get(i - 1);
            if (tokens.get(i).text().equals(";") && Vocabulary.OPENERS.contains(before.text())) {
                behindOpener.add(tokens.get(i).span().start());
            }
        }
    }

    /** For a word of a block that counts; null for one that was lost, which stays on the line it is on. */
    @Nullable
    Mark mark(int offset) {
        return marks.get(offset);
    }

    /** The depth of the line for the semicolon of the word at {@code offset}; below zero if it stays behind the word. */
    int closingDepth(int offset) {
        Shape shape = closers.get(offset);
        return shape == null || shape.inline ? -1 : shape.depth;
    }

    /** Whether a semicolon on its own goes right behind the word before it. */
    boolean joins(int offset) {
        Shape shape = closers.get(offset);
        return shape != null && shape.inline;
    }

    /** Whether a semicolon on its own stays beside the word before it, because moving either would change the blocks. */
    boolean staysBeside(int offset) {
        return behindOpener.contains(offset);
    }

    private void put(Word word, boolean line, int depth) {
        marks.put(word.span().start(), new Mark(line, depth));
    }

    private void rules(List<Item> items, int from, int depth, boolean root) {
        for (int at = from; at < items.size(); at++) {
            if (!(items.get(at) instanceof Word word)) {
                continue;
            }
            put(word, true, depth);
            Item next = at + 1 < items.size() ? items.get(at + 1) : null;
            if (next instanceof Item.Block block) {
                at++;
                block(word, block, depth, root);
            } else if (next instanceof Word argument && word.lower().equals("include")) {
                at++;
                put(argument, false, depth);
            }
        }
    }

    private void block(Word opener, Item.Block block, int depth, boolean root) {
        if (root && Vocabulary.DEFINITIONS.contains(opener.text())) {
            if (block.items().getFirst() instanceof Word name) {
                put(name, false, depth);
            }
            switch (opener.text()) {
                case "tag" -> directives(block.items(), depth + 1);
                case "cap" -> capability(block.items(), depth + 1);
                default -> rules(block.items(), 1, depth + 1, false);
            }
            close(block, new Shape(depth, false));
            return;
        }
        int header =
                switch (opener.text()) {
                    case "tee", "watch" -> 2;
                    case "redirect" -> 1;
                    default -> 0;
                };
        boolean inline = fits(opener, block, depth) && !broken(opener, block.items(), header);
        terms(block.items(), header, depth, inline);
        close(block, new Shape(depth, inline));
    }

    private void directives(List<Item> items, int depth) {
        int arguments = 0;
        for (Item item : items.subList(1, items.size())) {
            if (item instanceof Word word) {
                put(word, arguments == 0, depth);
                arguments = arguments > 0
                        ? arguments - 1
                        : switch (word.lower()) {
                            case "id", "default" -> 1;
                            case "flag", "enum" -> 2;
                            default -> 0;
                        };
            }
        }
    }

    private void capability(List<Item> items, int depth) {
        rules(items, 1, depth, false);
        for (int at = 1; at + 1 < items.size(); at++) {
            if (items.get(at) instanceof Word word
                    && word.lower().equals("id")
                    && items.get(at + 1) instanceof Word number) {
                put(number, false, depth);
                at++;
            }
        }
    }

    private void terms(List<Item> items, int header, int depth, boolean inline) {
        boolean modified = false;
        int arguments = header;
        for (Item item : items) {
            if (!(item instanceof Word word)) {
                continue;
            }
            MatchWord match = MatchWord.of(word.lower());
            boolean begins = arguments == 0 && !modified;
            put(word, begins && !inline, begins ? depth + 1 : depth);
            if (arguments > 0) {
                arguments--;
            } else {
                modified = Vocabulary.MODIFIERS.contains(word.lower());
                arguments = match == null ? 0 : match.form().arguments().size();
            }
        }
    }

    /** Whether the author put the first match on a line of its own, which is then kept so. */
    private boolean broken(Word opener, List<Item> items, int header) {
        if (header >= items.size()) {
            return false;
        }
        Span before = header == 0 ? opener.span() : items.get(header - 1).span();
        int first = items.get(header).span().start();
        String between = source.text(new Span(before.end(), first));
        return between.isBlank() && (between.indexOf('\n') >= 0 || between.indexOf('\r') >= 0);
    }

    private boolean fits(Word opener, Item.Block block, int depth) {
        int start = opener.span().start();
        int end = block.span().end();
        Integer comment = comments.higher(start);
        boolean commented = comment != null && comment < end;
        int width = depth * STEP + opener.text().length() + 1;
        for (Item item : block.items()) {
            if (!(item instanceof Word word)) {
                return false;
            }
            width += 1 + word.text().length();
        }
        return !commented && width <= WIDTH_MAX;
    }

    private void close(Item.Block block, Shape shape) {
        Word closer = block.closer();
        // Apart from its semicolon the one would open a block, and the other end it itself.
        boolean fixed = closer != null
                && (Vocabulary.OPENERS.contains(closer.text()) || closer.text().endsWith(";"));
        if (closer != null && !fixed) {
            boolean behindBlock = closer.text().isEmpty() && block.items().getLast() instanceof Item.Block;
            closers.put(closer.span().start(), behindBlock ? new Shape(shape.depth, false) : shape);
        }
    }
}
