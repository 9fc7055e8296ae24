// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.orrery.core.value.MulticastGroup;

/**
 * Who wants which multicasts, as far as told: by themselves (LIKE) or by others (GATHER results). Kept for joined networks
 * and, on roots and controllers, for those of others. Control lane only.
 */
final class GroupTable {
    /** Groups in all networks; some 300 bytes each without members. */
    static final int GROUPS_MAX = 65_536;

    /** Members in all groups: some 80 bytes each, 80 MB at worst. */
    static final int MEMBERS_MAX = 1_000_000;

    /** Members in one group. */
    static final int MEMBERS_PER_GROUP_MAX = 65_536;

    static final long LIFETIME_MILLIS = 600_000;

    private record Key(long network, MulticastGroup group) {}

    private final Map<Key, Map<Long, Long>> seenByMember = new LinkedHashMap<>();
    private int members;

    /**
     * Notes that {@code member} wants {@code group}.
     *
     * @return whether it was not known before; false too if there is no room for another
     */
    boolean add(long network, MulticastGroup group, long member, long nowMillis) {
        var key = new Key(network, group);
        Map<Long, Long> seen = seenByMember.get(key);
        if (seen == null) {
            if (seenByMember.size() >= GROUPS_MAX) {
                return false;
            }
            seen = new LinkedHashMap<>();
            seenByMember.put(key, seen);
        }
        boolean known = seen.containsKey(member);
        if (!known && (seen.size() >= MEMBERS_PER_GROUP_MAX || members >= MEMBERS_MAX)) {
            return false;
        }
        seen.put(member, nowMillis);
        if (!known) {
            members++;
        }
        return !known;
    }

    void remove(long network, MulticastGroup group, long member) {
        Map<Long, Long> seen = seenByMember.get(new Key(network, group));
        if (seen != null && seen.remove(member) != null) {
            members--;
        }
    }

    /** Members of the group heard of within ten minutes, in random order; the caller may change the list. */
    List<Long> members(long network, MulticastGroup group, RandomGenerator random, long nowMillis) {
        Map<Long, Long> seen = seenByMember.get(new Key(network, group));
        if (seen == null) {
            return new ArrayList<>();
        }
        List<Long> living = new ArrayList<>(seen.size());
        seen.forEach((member, atMillis) -> {
            if (nowMillis - atMillis < LIFETIME_MILLIS) {
                living.add(member);
            }
        });
        Collections.shuffle(living, random);
        return living;
    }

    void expire(long nowMillis) {
        seenByMember.values().removeIf(seen -> {
            int before = seen.size();
            seen.values().removeIf(atMillis -> nowMillis - atMillis >= LIFETIME_MILLIS);
            members -= before - seen.size();
            return seen.isEmpty();
        });
    }

    /** Forgets all groups of a network. */
    void forget(long network) {
        seenByMember.entrySet().removeIf(entry -> {
            boolean gone = entry.getKey().network == network;
            if (gone) {
                members -= entry.getValue().size();
            }
            return gone;
        });
    }

    int groups() {
        return seenByMember.size();
    }

    int memberships() {
        return members;
    }
}
