// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Prefix;

/**
 * One rule by which the host chooses the routing table for a packet. A packet that the table has no route for goes on to
 * the next rule.
 *
 * @param v6 which family it is for
 * @param priority lower is asked first; the host's own rule for the main table has 32,766
 * @param table the table to look in; {@link Route#MAIN_TABLE} for the main one
 * @param from only packets with a source address in there, null for all
 * @param exceptMark only packets that do not bear this mark, 0 for all
 * @param withoutDefault whether a default route found in the table does not count
 */
public record RoutingRule(
        boolean v6, int priority, int table, @Nullable Prefix from, int exceptMark, boolean withoutDefault) {
    public RoutingRule {
        if (priority < 0 || table < 0) {
            throw new IllegalArgumentException("priority " + priority + ", table " + table);
        }
        if (from != null && from.ip().v6() != v6) {
            throw new IllegalArgumentException("family of " + from);
        }
    }
}
