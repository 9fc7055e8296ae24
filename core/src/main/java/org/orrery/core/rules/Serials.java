// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers for snapshots that caches have to tell apart without keeping them in memory. They say nothing but whether two
 * are the same object: no decision depends on them.
 */
final class Serials {
    private static final AtomicLong LAST = new AtomicLong();

    private Serials() {}

    /** A number that was never given before, 1 or higher. */
    static long next() {
        return LAST.incrementAndGet();
    }
}
