// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

/**
 * Milliseconds since 1970 that never go back. It follows the monotonic clock; when the wall clock has run ahead, as after
 * sleep, it jumps forward with it, and when somebody sets the wall clock back it goes on as if nothing had happened. Any
 * thread.
 */
final class SteadyClock {
    private static final long JUMP_MILLIS = 2_000;

    private volatile long offsetMillis = System.currentTimeMillis() - System.nanoTime() / 1_000_000;

    long millis() {
        long steady = System.nanoTime() / 1_000_000 + offsetMillis;
        long ahead = System.currentTimeMillis() - steady;
        if (ahead > JUMP_MILLIS) {
            return jump();
        }
        return steady;
    }

    private synchronized long jump() {
        long steady = System.nanoTime() / 1_000_000 + offsetMillis;
        long ahead = System.currentTimeMillis() - steady;
        if (ahead > JUMP_MILLIS) {
            offsetMillis += ahead;
            return steady + ahead;
        }
        return steady;
    }
}
