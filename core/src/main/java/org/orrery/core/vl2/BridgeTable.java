// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which member a foreign MAC is behind, learned from bridged frames. A route not confirmed for long is forgotten; frames
 * then go to all bridges, as if it had never been known. Control lane only.
 */
final class BridgeTable {
    /** A large office LAN behind a few bridges; some 150 bytes each. */
    static final int ROUTES_MAX = 32_768;

    /** Twice as long as bridges remember a MAC, so that a host is unknown here only when it is unknown there. */
    static final long LIFETIME_MILLIS = 600_000;

    private static final class Route {
        long member;
        long seenMillis;

        Route(long member, long seenMillis) {
            this.member = member;
            this.seenMillis = seenMillis;
        }
    }

    private final Map<Long, Route> routeByMac = new LinkedHashMap<>();
    private final Map<Long, Integer> routesOfMember = new HashMap<>();

    /** Notes that {@code mac} is behind {@code member}; when full, the member that owns the most loses all of its routes. */
    void learn(long mac, long member, long nowMillis) {
        Route route = routeByMac.get(mac);
        if (route != null) {
            route.seenMillis = nowMillis;
            if (route.member != member) {
                forgotten(route.member);
                route.member = member;
                routesOfMember.merge(member, 1, Integer::sum);
            }
            return;
        }
        if (routeByMac.size() >= ROUTES_MAX) {
            dropLargest();
        }
        routeByMac.put(mac, new Route(member, nowMillis));
        routesOfMember.merge(member, 1, Integer::sum);
    }

    private void forgotten(long member) {
        routesOfMember.computeIfPresent(member, (_, count) -> count == 1 ? null : count - 1);
    }

    /** The member that {@code mac} is behind, 0 if not known. */
    long find(long mac, long nowMillis) {
        Route route = routeByMac.get(mac);
        return route == null || nowMillis - route.seenMillis >= LIFETIME_MILLIS ? 0 : route.member;
    }

    int size() {
        return routeByMac.size();
    }

    void expire(long nowMillis) {
        routeByMac.values().removeIf(route -> {
            boolean gone = nowMillis - route.seenMillis >= LIFETIME_MILLIS;
            if (gone) {
                forgotten(route.member);
            }
            return gone;
        });
    }

    private void dropLargest() {
        long largest = routesOfMember.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(0L);
        routeByMac.values().removeIf(route -> route.member == largest);
        routesOfMember.remove(largest);
    }
}
