// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

/**
 * A rate limit for each of many keys, in a table of fixed size: a burst, then a steady rate. Keys that fall on one place
 * share its limit. One thread; allocates nothing.
 */
final class RateTable {
    private static final long MICROS = 1_000;

    private final int burst;
    private final long intervalMicros;
    private final long[] spentUntilMicros; // so long would what was taken last at the steady rate
    private final int shift;
    private final long seed;

    /**
     * @param seed a random number, so that nobody can compute a key that shares another's place
     * @param placesLog2 the table has two to the power of this many places of 8 bytes; at least 1
     * @param burst taken at once
     * @param perSecond and then
     */
    RateTable(long seed, int placesLog2, int burst, int perSecond) {
        this.seed = seed;
        this.burst = burst;
        this.intervalMicros = 1_000_000 / perSecond;
        this.spentUntilMicros = new long[1 << placesLog2];
        this.shift = Long.SIZE - placesLog2;
        java.util.Arrays.fill(spentUntilMicros, Long.MIN_VALUE / 2);
    }

    /** Takes one if there is one. */
    boolean take(long key, long nowMillis) {
        int place = (int) (mixed(key ^ seed) >>> shift);
        long nowMicros = nowMillis * MICROS;
        long until = Math.max(spentUntilMicros[place], nowMicros) + intervalMicros;
        if (until - nowMicros > burst * intervalMicros) {
            return false;
        }
        spentUntilMicros[place] = until;
        return true;
    }

    /** Two multiplications with a fold between: without the seed the places of chosen keys cannot be told apart. */
    private static long mixed(long key) {
        long folded = key * 0x9e37_79b9_7f4a_7c15L;
        return (folded ^ folded >>> 32) * 0xd6e8_feb8_6659_fd93L;
    }
}
