// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;

/**
 * A route through one device. The host bits of {@code target} are cleared.
 *
 * @param via the gateway, null for a target that is on the link
 * @param source the preferred source address, null to leave it to the system
 * @param metric lower is preferred; 0 is the system's default
 * @param table the routing table it is in; {@link #MAIN_TABLE} unless a {@link RoutingRule} leads elsewhere
 */
public record Route(
        Prefix target, @Nullable Ip via, @Nullable Ip source, int metric, int table) {
    /** The table that packets are routed by unless a rule says otherwise. */
    public static final int MAIN_TABLE = 254;

    public Route {
        target = target.network();
        if ((via != null && via.v6() != target.ip().v6())
                || (source != null && source.v6() != target.ip().v6())) {
            throw new IllegalArgumentException("families of " + target + ", " + via + " and " + source + " differ");
        }
        if (metric < 0 || table <= 0) {
            throw new IllegalArgumentException("metric " + metric + ", table " + table);
        }
    }

    /** A route of the main table. */
    public Route(Prefix target, @Nullable Ip via, @Nullable Ip source, int metric) {
        this(target, via, source, metric, MAIN_TABLE);
    }

    /** A route on the link, with the system's choice of source and metric. */
    public static Route onLink(Prefix target) {
        return new Route(target, null, null, 0);
    }
}
