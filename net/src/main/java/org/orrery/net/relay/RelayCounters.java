// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts from many threads. */
final class RelayCounters {
    private final LongAdder[] counts = new LongAdder[RelayCount.values().length];

    RelayCounters() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    void add(RelayCount what) {
        counts[what.ordinal()].increment();
    }

    void add(RelayCount what, long many) {
        counts[what.ordinal()].add(many);
    }

    /** All that are not zero. */
    Map<RelayCount, Long> now() {
        Map<RelayCount, Long> all = new EnumMap<>(RelayCount.class);
        for (RelayCount each : RelayCount.values()) {
            long count = counts[each.ordinal()].sum();
            if (count != 0) {
                all.put(each, count);
            }
        }
        return all;
    }
}
