// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** When active-backup leaves a link that works. */
public enum Reselect {
    /** As soon as a primary link is there again. */
    ALWAYS,
    /** When a primary link, or a clearly better one of its own kind, is there. */
    BETTER,
    /** Never: only when the link fails. */
    FAILURE,
    /** When a clearly better link is there, primary or not, every 15 s at most. */
    OPTIMIZE;

    /** Its number in the API. */
    public int code() {
        return ordinal();
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Reselect> parse(String text) {
        return Arrays.stream(values()).filter(each -> each.text().equals(text)).findFirst();
    }

    public static List<String> names() {
        return Arrays.stream(values()).map(Reselect::text).toList();
    }
}
