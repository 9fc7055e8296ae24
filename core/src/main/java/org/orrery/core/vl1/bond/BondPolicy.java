// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How the paths of a bond share what is sent. Names and numbers are those of {@code local.conf} and the API. */
public enum BondPolicy {
    NONE("none", "the best path carries all"),
    ACTIVE_BACKUP("active-backup", "one link carries all, the others wait to take over"),
    BROADCAST("broadcast", "every link carries every frame"),
    BALANCE_RR("balance-rr", "links take turns, some packets each"),
    BALANCE_XOR("balance-xor", "each flow keeps to one link"),
    BALANCE_AWARE("balance-aware", "each flow keeps to one link, shared out by capacity and quality");

    private final String text;
    private final String meaning;

    BondPolicy(String text, String meaning) {
        this.text = text;
        this.meaning = meaning;
    }

    /** Its number in the API. */
    public int code() {
        return ordinal();
    }

    /** Its name in {@code local.conf}. */
    public String text() {
        return text;
    }

    /** What it does, for a person. */
    public String meaning() {
        return meaning;
    }

    /** Whether flows are told apart. */
    boolean byFlow() {
        return this == BALANCE_XOR || this == BALANCE_AWARE;
    }

    public static Optional<BondPolicy> parse(String text) {
        return Arrays.stream(values()).filter(each -> each.text.equals(text)).findFirst();
    }

    /** All names. */
    public static List<String> names() {
        return Arrays.stream(values()).map(BondPolicy::text).toList();
    }
}
