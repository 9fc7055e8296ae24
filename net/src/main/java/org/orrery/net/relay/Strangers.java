// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.orrery.core.value.Endpoint;
import org.orrery.core.vl1.TokenBucket;

/**
 * What one source may send to whom has not answered: a few datagrams each, enough to begin with and to open a NAT, and not
 * many together, so that a relay is no means to flood anybody. Any thread.
 */
final class Strangers {
    /** The one used longest ago gives way. */
    static final int COUNT_MAX = 64;

    private static final int FIRST = 64;
    private static final long THEN_EVERY_MILLIS = 100;
    private static final int TOGETHER_FIRST = 256;
    private static final long TOGETHER_THEN_EVERY_MILLIS = 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Endpoint, TokenBucket> each = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Endpoint, TokenBucket> eldest) {
            return size() > COUNT_MAX;
        }
    };

    /** Many of them are no way around the bound of each. */
    private final TokenBucket together = new TokenBucket(TOGETHER_FIRST, TOGETHER_THEN_EVERY_MILLIS);

    /** Whether one more datagram may go to {@code to}. */
    boolean take(Endpoint to, long nowMillis) {
        lock.lock();
        try {
            return each.computeIfAbsent(to, _ -> new TokenBucket(FIRST, THEN_EVERY_MILLIS))
                            .take(nowMillis)
                    && together.take(nowMillis);
        } finally {
            lock.unlock();
        }
    }
}
