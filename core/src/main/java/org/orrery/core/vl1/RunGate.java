// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

/** Refuses the end of a run of packets that follow each other closely. One thread. */
final class RunGate {
    private final int limit;
    private final long pauseMillis;
    private int run;
    private long lastMillis = Long.MIN_VALUE / 2;

    /** Lets the first {@code limit} pass of those with less than {@code pauseMillis} between them. */
    RunGate(int limit, long pauseMillis) {
        this.limit = limit;
        this.pauseMillis = pauseMillis;
    }

    boolean pass(long nowMillis) {
        run = nowMillis - lastMillis <= pauseMillis ? Math.min(run + 1, limit) : 0;
        lastMillis = nowMillis;
        return run < limit;
    }
}
