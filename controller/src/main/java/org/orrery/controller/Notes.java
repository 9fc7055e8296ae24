// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.util.ArrayList;
import java.util.List;

/** Collects what a request body held that was not taken over as given. */
final class Notes {
    /** A reader needs the first few; a hostile body could ask for one per entry. */
    private static final int NOTES_MAX = 32;

    private final List<String> lines = new ArrayList<>();

    void add(String field, String text) {
        if (lines.size() < NOTES_MAX) {
            lines.add(field + ": " + text);
        } else if (lines.size() == NOTES_MAX) {
            lines.add("and more");
        }
    }

    List<String> lines() {
        return lines;
    }
}
