// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;

/** Who is connected, and what each source has left. As many entries as connections at most. Any thread. */
final class RelaySources {
    private static final int IPV6_BITS = 64;

    private final RelayLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Ip, Source> sources = new HashMap<>();
    private int connections;

    /** What the connections of one source share. */
    static final class Source {
        private final Ip key;
        private int connections;
        final ByteBudget out;
        final ByteBudget in;

        private Source(Ip key, RelayLimits limits, long nowNanos) {
            this.key = key;
            this.out = new ByteBudget(limits.bitsPerSecond(), nowNanos);
            this.in = new ByteBudget(limits.bitsPerSecond(), nowNanos);
        }
    }

    /** A place for a connection, or why there is none. */
    record Entry(@Nullable Source source, RelayCount outcome) {}

    RelaySources(RelayLimits limits) {
        this.limits = limits;
    }

    Entry enter(Ip ip, long nowNanos) {
        lock.lock();
        try {
            if (connections == limits.connections()) {
                return new Entry(null, RelayCount.REFUSED_FULL);
            }
            Ip key = ip.v6() ? ip.masked(IPV6_BITS) : ip;
            Source source = sources.computeIfAbsent(key, _ -> new Source(key, limits, nowNanos));
            if (source.connections == limits.connectionsPerSource()) {
                return new Entry(null, RelayCount.REFUSED_SOURCE);
            }
            source.connections++;
            connections++;
            return new Entry(source, RelayCount.ACCEPTED);
        } finally {
            lock.unlock();
        }
    }

    void leave(Source source) {
        lock.lock();
        try {
            connections--;
            source.connections--;
            if (source.connections == 0) {
                sources.remove(source.key);
            }
        } finally {
            lock.unlock();
        }
    }

    int connections() {
        lock.lock();
        try {
            return connections;
        } finally {
            lock.unlock();
        }
    }
}
