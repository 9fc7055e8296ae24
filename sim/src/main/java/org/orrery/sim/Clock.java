// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

/**
 * The time that one host's node is given. Its wall clock may be set forward and back; the node's time never goes back, and
 * jumps forward with a wall clock that is more than two seconds ahead, as the service does it.
 */
final class Clock {
    private static final long JUMP_MILLIS = 2_000;

    private long wallOffsetMillis;
    private long offsetMillis;

    void set(long byMillis) {
        wallOffsetMillis += byMillis;
    }

    /** Sets the wall clock to {@code millis} after the node's time, wherever it was. */
    void setAhead(long millis) {
        wallOffsetMillis = offsetMillis + millis;
    }

    long millis(long trueMillis) {
        if (wallOffsetMillis - offsetMillis > JUMP_MILLIS) {
            offsetMillis = wallOffsetMillis;
        }
        return trueMillis + offsetMillis;
    }
}
