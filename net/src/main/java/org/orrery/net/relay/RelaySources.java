// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;

/**
 * Who is connected, and what each source has left; also of one that is not any more, so that coming again is no way to
 * get more. Twice as many entries as connections at most: of those without one the one that left first gives way. Any
 * thread.
 */
final class RelaySources {
    /** After its last connection a source is known for so long. */
    static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final int IPV6_BITS = 64;

    private final RelayLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Ip, Source> sources = new HashMap<>();

    /** Those without a connection, in the order of their leaving. */
    private final Map<Ip, Source> left = new LinkedHashMap<>();

    private int connections;

    /** What the connections of one source share. */
    static final class Source {
        private final Ip key;
        private int connections;
        private long leftNanos;
        final ByteBudget out;
        final ByteBudget in;
        final Strangers strangers = new Strangers();

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
            forget(nowNanos);
            Source source = sources.computeIfAbsent(key, _ -> new Source(key, limits, nowNanos));
            if (source.connections == limits.connectionsPerSource()) {
                return new Entry(null, RelayCount.REFUSED_SOURCE);
            }
            left.remove(key);
            source.connections++;
            connections++;
            return new Entry(source, RelayCount.ACCEPTED);
        } finally {
            lock.unlock();
        }
    }

    void leave(Source source, long nowNanos) {
        lock.lock();
        try {
            connections--;
            source.connections--;
            if (source.connections == 0) {
                source.leftNanos = nowNanos;
                left.put(source.key, source);
                forget(nowNanos);
            }
        } finally {
            lock.unlock();
        }
    }

    private void forget(long nowNanos) {
        Iterator<Source> first = left.values().iterator();
        while (first.hasNext()) {
            Source source = first.next();
            boolean kept = nowNanos - source.leftNanos <= KEPT_NANOS && left.size() <= limits.connections();
            if (kept) {
                return;
            }
            first.remove();
            sources.remove(source.key);
        }
    }

    /** Sources that are known, with and without a connection. */
    int known() {
        lock.lock();
        try {
            return sources.size();
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
