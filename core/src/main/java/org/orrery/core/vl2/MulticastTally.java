// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.LinkedHashMap;
import java.util.Map;
import org.orrery.core.value.MulticastGroup;

/**
 * How large others say that a network's groups are, and how many recipients its limit cut off. A node looks for no more
 * members than it may send to, so that without their word it would not know whom it misses. Control lane only.
 */
final class MulticastTally {
    /** Groups whose size is kept; the one told longest ago gives way. Some 150 bytes each. */
    static final int GROUPS_MAX = 1_024;

    private static final long LIFETIME_MILLIS = 600_000;

    /** A smaller number counts only when the larger one is older than this: each of those asked knows a part. */
    private static final long SHRINK_MILLIS = 120_000;

    private record Told(int members, long atMillis) {}

    private final Map<MulticastGroup, Told> byGroup = new LinkedHashMap<>();
    private long multicasts;
    private long recipients;
    private int largestGroup;
    private long lastMillis;

    /** Another node knows so many members of a group, this one not counted. */
    void told(MulticastGroup group, long members, long nowMillis) {
        int told = Math.clamp(members, 0, GroupTable.MEMBERS_PER_GROUP_MAX);
        Told before = byGroup.get(group);
        if (before != null && told < before.members && nowMillis - before.atMillis < SHRINK_MILLIS) {
            return;
        }
        byGroup.remove(group);
        if (byGroup.size() == GROUPS_MAX) {
            byGroup.remove(byGroup.keySet().iterator().next());
        }
        byGroup.put(group, new Told(told, nowMillis));
    }

    /** What was last told, 0 if nothing. */
    int size(MulticastGroup group) {
        Told told = byGroup.get(group);
        return told == null ? 0 : told.members;
    }

    /**
     * A multicast went to as many as are allowed.
     *
     * @param members who should have got it
     * @return whether that is news: the first one, or the first for ten minutes
     */
    boolean cut(int members, int limit, long nowMillis) {
        boolean news = multicasts == 0 || nowMillis - lastMillis >= LIFETIME_MILLIS;
        multicasts++;
        recipients += members - limit;
        largestGroup = Math.max(news ? 0 : largestGroup, members);
        lastMillis = nowMillis;
        return news;
    }

    void expire(long nowMillis) {
        byGroup.values().removeIf(told -> nowMillis - told.atMillis >= LIFETIME_MILLIS);
    }

    MulticastCut cut(int limit) {
        return new MulticastCut(limit, multicasts, recipients, largestGroup, lastMillis);
    }
}
