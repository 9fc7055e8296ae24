// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/**
 * Whom one client talks to. Who has not sent anything back to it gets what {@link Strangers} leave. Two threads.
 */
final class Destinations {
    /** The one used longest ago gives way. */
    static final int COUNT_MAX = 256;

    private static final int PORT_MIN = 1_025;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Endpoint, Destination> known = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Endpoint, Destination> eldest) {
            return size() > COUNT_MAX;
        }
    };

    private final Strangers strangers;

    /** @param strangers of the client's source */
    Destinations(Strangers strangers) {
        this.strangers = strangers;
    }

    private static final class Destination {
        final InetSocketAddress address;
        boolean answered;

        Destination(InetSocketAddress address) {
            this.address = address;
        }
    }

    /** Whether anybody may be sent to there: on the Internet, or at a site if that is allowed, and at no system port. */
    static boolean served(Endpoint to, boolean privateToo) {
        Ip ip = to.ip();
        if (to.port() < PORT_MIN) {
            return false;
        }
        return switch (ip.scope()) {
            // IPv6 addresses that carry an IPv4 address would be a way around these rules.
            case GLOBAL -> !ip.v6() || ip.high() >>> 61 == 1 && ip.high() >>> 48 != 0x2002;
            case PRIVATE, SHARED, PSEUDO_PRIVATE -> privateToo;
            default -> false;
        };
    }

    /** Where to send a datagram for {@code to}; null if it has had enough without answering. */
    @Nullable
    InetSocketAddress take(Endpoint to, long nowMillis) {
        lock.lock();
        try {
            Destination destination = known.get(to);
            if (destination == null) {
                destination = new Destination(address(to));
                known.put(to, destination);
            }
            boolean good = destination.answered || strangers.take(to, nowMillis);
            return good ? destination.address : null;
        } finally {
            lock.unlock();
        }
    }

    /** Something came from there. */
    void heard(Endpoint from) {
        lock.lock();
        try {
            Destination destination = known.get(from);
            if (destination != null) {
                destination.answered = true;
            }
        } finally {
            lock.unlock();
        }
    }

    private static InetSocketAddress address(Endpoint endpoint) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(endpoint.ip().bytes()), endpoint.port());
        } catch (UnknownHostException impossible) {
            throw new AssertionError("4 and 16 bytes are addresses", impossible);
        }
    }
}
