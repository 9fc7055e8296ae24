// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.orrery.core.value.MulticastGroup;

/**
 * Who wants which multicasts, as far as told: by themselves (LIKE) or by others (GATHER results). Kept for joined networks
 * and, on roots and controllers, for those of others, where anybody may fill it: so nobody has more than {@link
 * #GROUPS_PER_MEMBER_MAX} places, and when it is full those who have the most lose all of theirs. Control lane only.
 */
final class GroupTable {
    /** Groups in all networks; some 300 bytes each without members. */
    static final int GROUPS_MAX = 65_536;

    /** Members in all groups: some 80 bytes each, 80 MB at worst. */
    static final int MEMBERS_MAX = 1_000_000;

    /** Members in one group; the one reported longest ago gives way. */
    static final int MEMBERS_PER_GROUP_MAX = 65_536;

    /** Groups of one member in all networks: as many as an interface may want, twice. Further ones are ignored. */
    static final int GROUPS_PER_MEMBER_MAX = 8_192;

    static final long LIFETIME_MILLIS = 600_000;

    private record Key(long network, MulticastGroup group) {}

    private final int groupsMax;
    private final Map<Key, Map<Long, Long>> seenByMember = new LinkedHashMap<>(); // inner: reported longest ago first
    private final Map<Long, Integer> groupsOfMember = new HashMap<>();
    private int members;

    GroupTable() {
        this(GROUPS_MAX);
    }

    GroupTable(int groupsMax) {
        this.groupsMax = groupsMax;
    }

    /**
     * Notes that {@code member} wants {@code group}.
     *
     * @return whether it was not known before; false too if it has too many groups already
     */
    boolean add(long network, MulticastGroup group, long member, long nowMillis) {
        var key = new Key(network, group);
        Map<Long, Long> seen = seenByMember.get(key);
        if (seen != null && seen.remove(member) != null) {
            seen.put(member, nowMillis);
            return false;
        }
        if (groupsOfMember.getOrDefault(member, 0) >= GROUPS_PER_MEMBER_MAX) {
            return false;
        }
        while (!seenByMember.containsKey(key) && seenByMember.size() >= groupsMax || members >= MEMBERS_MAX) {
            dropLargest();
        }
        seen = seenByMember.computeIfAbsent(key, _ -> new LinkedHashMap<>());
        if (seen.size() >= MEMBERS_PER_GROUP_MAX) {
            Iterator<Long> oldest = seen.keySet().iterator();
            forgotten(oldest.next());
            oldest.remove();
        }
        seen.put(member, nowMillis);
        groupsOfMember.merge(member, 1, Integer::sum);
        members++;
        return true;
    }

    private void forgotten(long member) {
        members--;
        groupsOfMember.computeIfPresent(member, (_, count) -> count == 1 ? null : count - 1);
    }

    /** Drops all places of those who have the most, until a 64th of all is free: looking for them takes time. */
    private void dropLargest() {
        int enough = Math.max(1, members / 64);
        Set<Long> dropped = new HashSet<>();
        int places = 0;
        for (Map.Entry<Long, Integer> largest : sortedByPlaces()) {
            dropped.add(largest.getKey());
            places += largest.getValue();
            if (places >= enough) {
                break;
            }
        }
        seenByMember.values().removeIf(seen -> {
            seen.keySet().removeIf(member -> {
                boolean gone = dropped.contains(member);
                if (gone) {
                    forgotten(member);
                }
                return gone;
            });
            return seen.isEmpty();
        });
    }

    private List<Map.Entry<Long, Integer>> sortedByPlaces() {
        List<Map.Entry<Long, Integer>> all = new ArrayList<>();
        groupsOfMember.forEach((member, places) -> all.add(Map.entry(member, places)));
        all.sort(Map.Entry.<Long, Integer>comparingByValue().reversed());
        return all;
    }

    void remove(long network, MulticastGroup group, long member) {
        var key = new Key(network, group);
        Map<Long, Long> seen = seenByMember.get(key);
        if (seen != null && seen.remove(member) != null) {
            forgotten(member);
            if (seen.isEmpty()) {
                seenByMember.remove(key);
            }
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
            seen.entrySet().removeIf(entry -> {
                boolean gone = nowMillis - entry.getValue() >= LIFETIME_MILLIS;
                if (gone) {
                    forgotten(entry.getKey());
                }
                return gone;
            });
            return seen.isEmpty();
        });
    }

    /** Forgets all groups of a network. */
    void forget(long network) {
        seenByMember.entrySet().removeIf(entry -> {
            boolean gone = entry.getKey().network == network;
            if (gone) {
                entry.getValue().keySet().forEach(this::forgotten);
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
