// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang.lint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.orrery.rulelang.Item;
import org.orrery.rulelang.Outline;
import org.orrery.rulelang.Script;
import org.orrery.rulelang.Vocabulary;
import org.orrery.rulelang.Word;

/** Semicolons that end another block than they seem to, and what is lost by that. */
final class BlockChecks {
    private final Outline outline;
    private final Warnings warnings;

    /** Of words, by where they start. */
    private final Map<Integer, Integer> indexes = new HashMap<>();

    BlockChecks(Script script, Warnings warnings) {
        this.outline = script.outline();
        this.warnings = warnings;
        for (int i = 0; i < outline.words().size(); i++) {
            indexes.put(outline.words().get(i).span().start(), i);
        }
    }

    void run() {
        outline.closings().forEach(this::endsDefinition);
        List<Item.Block> lost = outline.lost();
        boolean content = lost.stream().anyMatch(block -> !block.items().isEmpty());
        if (content) {
            Word opener = lost.getFirst().opener();
            warnings.at(
                    opener,
                    "lost",
                    "the block of this '" + opener.text() + "' is never ended, and everything in it is lost",
                    Vocabulary.DEFINITIONS.contains(opener.text())
                            ? "end it with ';'"
                            : "a bare action outside of cap and macro can only be the last statement");
        }
        for (Word word : outline.words()) {
            int inner = word.text().indexOf(';');
            if (inner >= 0) {
                warnings.at(
                        word,
                        "semicolon",
                        "this ';' ends nothing: it is not at the end of its word",
                        "put a space or a line end behind each ';'");
            }
        }
    }

    private void endsDefinition(Outline.Closing closing) {
        Item.Block block = closing.block();
        if (block == null
                || !Vocabulary.DEFINITIONS.contains(block.opener().text())
                || !Vocabulary.OPENERS.contains(closing.word().text())) {
            return;
        }
        int next = indexes.getOrDefault(
                        closing.word().span().start(), outline.words().size())
                + 1;
        if (next < outline.words().size() && !outline.words().get(next).text().isEmpty()) {
            String kind = block.opener().text();
            warnings.at(
                    closing.word(),
                    "ends-definition",
                    "this ';' ends the " + kind + ": what follows is outside of it",
                    "a bare '" + closing.word().text() + "' can only be the last statement of a " + kind
                            + ", and another ';' goes behind it");
        }
    }
}
