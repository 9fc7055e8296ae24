// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which member a foreign MAC is behind, learned from bridged frames. Control lane only. */
final class BridgeTable {
    /** A large office LAN behind a few bridges; some 100 bytes each. */
    static final int ROUTES_MAX = 32_768;

    private final Map<Long, Long> memberByMac = new LinkedHashMap<>();
    private final Map<Long, Integer> routesOfMember = new HashMap<>();

    /** Notes that {@code mac} is behind {@code member}; when full, the member that owns the most loses all of its routes. */
    void learn(long mac, long member) {
        Long before = memberByMac.get(mac);
        if (before != null && before == member) {
            return;
        }
        if (before == null && memberByMac.size() >= ROUTES_MAX) {
            dropLargest();
        }
        if (before != null) {
            routesOfMember.merge(before, -1, Integer::sum);
        }
        memberByMac.put(mac, member);
        routesOfMember.merge(member, 1, Integer::sum);
    }

    /** The member that {@code mac} is behind, 0 if not known. */
    long find(long mac) {
        return memberByMac.getOrDefault(mac, 0L);
    }

    int size() {
        return memberByMac.size();
    }

    private void dropLargest() {
        long largest = routesOfMember.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(0L);
        memberByMac.values().removeIf(member -> member == largest);
        routesOfMember.remove(largest);
    }
}
