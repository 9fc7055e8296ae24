// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Lays a script out: a statement on one line if it fits and its author did not break it, else a line for each match;
 * definitions with a line for each directive; two spaces for each block. Words stay as they are, and so do comments and single empty lines: the result
 * compiles to the same, and laying it out again changes nothing.
 */
public final class Formatter {
    private final SourceText source;
    private final List<Lexer.Token> tokens;
    private final Layout layout;
    private final StringBuilder out = new StringBuilder();
    private boolean afterComment;
    private int depth;

    private Formatter(String text) {
        source = new SourceText(text);
        tokens = Lexer.tokens(source);
        layout = new Layout(source, tokens, BlockReader.read(tokens));
    }

    /**
     * The script in the usual layout.
     *
     * @throws IllegalArgumentException if it is longer than {@link SourceText#LENGTH_MAX}
     */
    public static String format(String text) {
        if (text.length() > SourceText.LENGTH_MAX) {
            throw new IllegalArgumentException("longer than " + SourceText.LENGTH_MAX + " characters");
        }
        // A word that the end of the text cuts off opens no block: where that matters there must be no line end.
        String ended = text + "\n";
        boolean same = shape(text).equals(shape(ended));
        String formatted = new Formatter(same ? ended : text).run();
        return same && !formatted.isEmpty() ? formatted + "\n" : formatted;
    }

    /** The items that count, whatever ended their blocks. Blocks can lie deeper in each other than a stack is. */
    private static String shape(String text) {
        var shape = new StringBuilder();
        Deque<Iterator<Item>> open = new ArrayDeque<>();
        open.push(BlockReader.read(Lexer.tokens(new SourceText(text))).items().iterator());
        while (!open.isEmpty()) {
            if (!open.getFirst().hasNext()) {
                open.pop();
                shape.append('\r');
                continue;
            }
            switch (open.getFirst().next()) {
                case Word word -> shape.append(word.text()).append(' ');
                case Item.Block block -> {
                    shape.append('\n');
                    open.push(block.items().iterator());
                }
            }
        }
        return shape.toString();
    }

    private String run() {
        for (int i = 0; i < tokens.size(); i++) {
            Lexer.Token token = tokens.get(i);
            int lines = i == 0 ? 0 : lineEnds(tokens.get(i - 1), token);
            if (token.comment()) {
                comment(token, i, lines);
            } else if (token.text().equals(";")) {
                semicolon(token);
            } else {
                word(token, lines);
            }
            afterComment = token.comment();
        }
        return out.toString();
    }

    private int lineEnds(Lexer.Token before, Lexer.Token token) {
        return source.place(token.span().start()).line()
                - source.place(before.span().end() - 1).line();
    }

    private void comment(Lexer.Token token, int index, int lines) {
        boolean own = index == 0 || lines > 0;
        if (!own) {
            out.append(' ');
        } else {
            line(depthBehind(index), lines > 1);
        }
        out.append(token.text().stripTrailing());
    }

    /** A comment on its own goes as far in as what follows, or as what stands in the block that is ended behind it. */
    private int depthBehind(int index) {
        for (Lexer.Token token : tokens.subList(index + 1, tokens.size())) {
            if (token.comment()) {
                continue;
            }
            Layout.Mark mark = layout.mark(token.span().start());
            if (mark != null) {
                return mark.line() ? mark.depth() : mark.depth() + 1;
            }
            int closing = layout.closingDepth(token.span().start());
            return closing >= 0 ? closing + 1 : 0;
        }
        return 0;
    }

    private void semicolon(Lexer.Token token) {
        int offset = token.span().start();
        if (!afterComment && (layout.joins(offset) || layout.staysBeside(offset))) {
            out.append(layout.joins(offset) ? ";" : " ;");
            return;
        }
        line(Math.max(0, layout.closingDepth(offset)), false);
        out.append(';');
    }

    private void word(Lexer.Token token, int lines) {
        int offset = token.span().start();
        Layout.Mark mark = layout.mark(offset);
        boolean begins = mark == null ? lines > 0 : mark.line();
        if (begins) {
            depth = mark == null ? 0 : mark.depth();
            line(depth, lines > 1);
        } else if (afterComment) {
            line((mark == null ? 0 : mark.depth()) + 2, false);
        } else if (!out.isEmpty()) {
            out.append(' ');
        }
        String text = token.text();
        int closing = layout.closingDepth(offset);
        if (closing >= 0) {
            out.append(text, 0, text.length() - 1);
            line(closing, false);
            out.append(';');
        } else {
            out.append(text);
        }
    }

    private void line(int indent, boolean emptyBefore) {
        if (!out.isEmpty()) {
            out.append(emptyBefore ? "\n\n" : "\n");
        }
        out.repeat(' ', indent * Layout.STEP);
    }
}
