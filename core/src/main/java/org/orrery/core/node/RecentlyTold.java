// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

/** What a lane told the control lane lately, so that it does not tell it with every packet. One thread. */
final class RecentlyTold {
    /** Told again at most this often that a peer is heard from an unknown endpoint, or that a pair is relayed. */
    private static final long PAUSE_MILLIS = 500;

    private static final int PLACES_LOG2 = 8;

    private final long[] keys = new long[1 << PLACES_LOG2];
    private final long[] millis = new long[1 << PLACES_LOG2];

    /** Whether something was not told lately; then it counts as told. Collisions only tell more often. */
    boolean due(long key, long nowMillis) {
        int place = (int) (key * 0x9e3779b97f4a7c15L >>> Long.SIZE - PLACES_LOG2);
        if (keys[place] == key && nowMillis - millis[place] < PAUSE_MILLIS) {
            return false;
        }
        keys[place] = key;
        millis[place] = nowMillis;
        return true;
    }
}
