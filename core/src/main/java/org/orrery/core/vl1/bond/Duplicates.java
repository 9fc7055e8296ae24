// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Recent packets of a peer that sends each over several paths, so that only the first copy of each is taken. One of two
 * whose IDs fall on the same place is forgotten early; then a copy that comes very late passes, as it may on Ethernet. Any
 * lane, without a lock: of two lanes that ask about the same packet at the same time exactly one is told it is new.
 */
public final class Duplicates {
    /** 128 kB: at 10,000 packets a second and 20 ms between the paths one copy in a hundred passes. */
    static final int PLACES = 16_384;

    private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] seen = new long[PLACES];

    public Duplicates() {}

    /** Whether a packet with this ID was told to {@link #again} lately; changes nothing. */
    public boolean recent(long id) {
        return (long) PLACE.getAcquire(seen, (int) (id * 0x9e3779b97f4a7c15L >>> 50)) == id;
    }

    /** Whether a packet with this ID was seen before. */
    public boolean again(long id) {
        return (long) PLACE.getAndSet(seen, (int) (id * 0x9e3779b97f4a7c15L >>> 50), id) == id;
    }
}
