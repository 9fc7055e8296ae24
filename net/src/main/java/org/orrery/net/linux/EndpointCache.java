// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/**
 * Gives the same {@link Endpoint} object for the same address and port, so that receiving allocates nothing. Two places
 * per hash; the newcomer pushes the first occupant to the second place and that one out. A stranger who sends from many
 * addresses costs allocations, never more memory. One thread.
 */
final class EndpointCache {
    /** 4,096 sources at 56 bytes: 230 kB a lane. */
    static final int ENTRIES_MAX = 4096;

    private final @Nullable Endpoint[] entries = new Endpoint[ENTRIES_MAX];

    Endpoint endpoint(boolean v6, long high, long low, int port) {
        int first = hash(high, low, port) & (ENTRIES_MAX - 1);
        Endpoint cached = entries[first];
        if (cached != null && same(cached, v6, high, low, port)) {
            return cached;
        }
        int second = first ^ 1;
        Endpoint other = entries[second];
        if (other != null && same(other, v6, high, low, port)) {
            return other;
        }
        Endpoint made = new Endpoint(new Ip(v6, high, low), port);
        if (cached != null) {
            entries[second] = cached;
        }
        entries[first] = made;
        return made;
    }

    private static boolean same(Endpoint endpoint, boolean v6, long high, long low, int port) {
        Ip ip = endpoint.ip();
        return ip.low() == low && endpoint.port() == port && ip.high() == high && ip.v6() == v6;
    }

    private static int hash(long high, long low, int port) {
        long mixed = (high * 31 + low) * 31 + port;
        mixed *= 0x9e37_79b9_7f4a_7c15L;
        return (int) (mixed >>> 40);
    }
}
