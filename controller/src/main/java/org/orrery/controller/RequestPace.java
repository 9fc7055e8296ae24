// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.util.LinkedHashMap;
import java.util.Map;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;

/** Keeps members from asking more often than a controller answers. Owner thread only. */
final class RequestPace {
    /** Protocols 9 to 12: a request no later than this after the last accepted one is ignored. */
    static final long INTERVAL_MILLIS = 1000;

    /**
     * Pairs of member and network that are remembered, the least recent forgotten first: 65536 * about 120 bytes = 8 MB.
     * Whoever has more identities than that within a second is not held back by a pace per identity anyway.
     */
    static final int PAIRS_MAX = 65536;

    private record Pair(Address member, NetworkId network) {}

    private final Map<Pair, Long> accepted = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Pair, Long> eldest) {
            return size() > PAIRS_MAX;
        }
    };

    /** Whether the request may be answered; it then counts as the last one. A clock set back does not hold it up. */
    boolean accept(long nowMillis, Address member, NetworkId network) {
        var pair = new Pair(member, network);
        Long last = accepted.get(pair);
        if (last != null && nowMillis - last >= 0 && nowMillis - last <= INTERVAL_MILLIS) {
            return false;
        }
        accepted.remove(pair);
        accepted.put(pair, nowMillis);
        return true;
    }
}
