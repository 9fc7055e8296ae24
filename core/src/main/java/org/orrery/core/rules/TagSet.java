// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.Arrays;
import java.util.Map;

/** The tags one member is known to hold. Immutable; looking one up allocates nothing. */
public final class TagSet {
    public static final TagSet EMPTY = new TagSet(Map.of());

    /** Answer of {@link #value} for a tag that is not held. */
    public static final long ABSENT = -1;

    private final int[] ids;
    private final int[] values;

    /** From tag values by tag ID, both 32 bits. */
    public TagSet(Map<Integer, Integer> valuesById) {
        ids = valuesById.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        values = Arrays.stream(ids).map(id -> valuesById.getOrDefault(id, 0)).toArray();
    }

    /** The value (0 to 2^32-1) of the tag {@code id}, or {@link #ABSENT}. */
    public long value(int id) {
        int at = Arrays.binarySearch(ids, id);
        return at < 0 ? ABSENT : values[at] & 0xffff_ffffL;
    }

    public int size() {
        return ids.length;
    }
}
