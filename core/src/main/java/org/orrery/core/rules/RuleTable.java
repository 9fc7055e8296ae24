// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** An ordered list of rules, as in a network's configuration or in a capability. Immutable. */
public record RuleTable(List<Rule> rules) {
    /** Rules of a network: what both protocol generations keep. A table of them is at most 1024 * 257 bytes. */
    public static final int RULES_MAX = 1024;

    /** Rules of a capability. */
    public static final int CAPABILITY_RULES_MAX = 64;

    public static final RuleTable EMPTY = new RuleTable(List.of());

    /** The table of a network without rules of its own: everything is accepted. */
    public static final RuleTable ACCEPT_ALL = new RuleTable(List.of(Rule.of(RuleType.ACCEPT)));

    public RuleTable {
        rules = List.copyOf(rules);
    }

    public static RuleTable of(Rule... rules) {
        return new RuleTable(List.of(rules));
    }

    /** Reads rules until the end, or until there are {@code maximum}; what follows those is left unread. */
    public static @Nullable RuleTable readAll(WireReader in, int maximum) {
        var rules = new ArrayList<Rule>();
        while (in.remaining() > 0 && rules.size() < maximum) {
            Rule rule = Rule.read(in);
            if (rule == null) {
                return null;
            }
            rules.add(rule);
        }
        return in.intact() ? new RuleTable(rules) : null;
    }

    /** Reads exactly {@code count} rules; the caller has checked the count against its maximum. */
    public static @Nullable RuleTable read(WireReader in, int count) {
        var rules = new ArrayList<Rule>();
        for (int i = 0; i < count; i++) {
            Rule rule = Rule.read(in);
            if (rule == null) {
                return null;
            }
            rules.add(rule);
        }
        return in.intact() ? new RuleTable(rules) : null;
    }

    /** Writes the rules one after another, without a count. */
    public void write(WireWriter out) {
        rules.forEach(rule -> rule.write(out));
    }

    /** The first {@code maximum} rules. */
    public RuleTable cut(int maximum) {
        return rules.size() <= maximum ? this : new RuleTable(rules.subList(0, maximum));
    }

    public int size() {
        return rules.size();
    }
}
