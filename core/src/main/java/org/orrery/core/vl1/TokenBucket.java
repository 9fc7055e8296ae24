// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

/** A rate limit: a burst, then one more for each interval that passed. One thread. */
public final class TokenBucket {
    private final int burst;
    private final long intervalMillis;
    private long fullAtMillis;

    /** Allows {@code burst} at once and one more every {@code intervalMillis}. */
    public TokenBucket(int burst, long intervalMillis) {
        this.burst = burst;
        this.intervalMillis = intervalMillis;
        this.fullAtMillis = Long.MIN_VALUE / 2;
    }

    /** Takes one if there is one. */
    public boolean take(long nowMillis) {
        if (!ready(nowMillis)) {
            return false;
        }
        fullAtMillis = Math.max(fullAtMillis, nowMillis) + intervalMillis;
        return true;
    }

    /** Whether there is one to take. */
    boolean ready(long nowMillis) {
        return Math.max(fullAtMillis, nowMillis) + intervalMillis - nowMillis <= burst * intervalMillis;
    }
}
