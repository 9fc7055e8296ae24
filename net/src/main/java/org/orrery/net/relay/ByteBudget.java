// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.util.concurrent.atomic.AtomicLong;

/** So many bits a second, of which a second's worth may come at once. Any thread. */
final class ByteBudget {
    private static final long SECOND = 1_000_000_000L;

    private final double nanosPerByte;
    private final AtomicLong spentUntil;

    ByteBudget(long bitsPerSecond, long nowNanos) {
        nanosPerByte = 8.0 * SECOND / bitsPerSecond;
        spentUntil = new AtomicLong(nowNanos - SECOND);
    }

    /** Whether {@code bytes} are left; then they are taken. */
    boolean take(int bytes, long nowNanos) {
        long cost = (long) (bytes * nanosPerByte);
        while (true) {
            long before = spentUntil.get();
            long begin = before - (nowNanos - SECOND) < 0 ? nowNanos - SECOND : before;
            if (begin + cost - nowNanos > 0) {
                return false;
            }
            if (spentUntil.compareAndSet(before, begin + cost)) {
                return true;
            }
        }
    }
}
