// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.IpScope;

/**
 * How others see this node from outside. Each direct HELLO and OK(HELLO) tells; when a root suddenly sees another IP, this
 * machine has moved to another network. Control lane only.
 */
final class Surfaces {
    /** A few reporters for each local socket and scope; when full a stranger's report gives way, the oldest first. */
    static final int SURFACES_MAX = 512;

    static final long LIFETIME_MILLIS = 600_000;

    /** Routers and addresses may have changed since an older report. */
    static final long SEEN_NOW_MILLIS = 15_000;

    /** As many as other nodes look at, besides the endpoints that roots told. */
    private static final int PREDICTED_PORTS = 4;

    /** NATs that have come to the end begin after it. */
    private static final int PORT_LOWEST = 1_024;

    /** Ports that are further apart were not given one after the other. */
    private static final int PORT_DISTANCE_MAX = 64;

    private record Key(long reporter, int socket, Endpoint reporterAt, IpScope scope) {}

    private record Report(Endpoint seen, long atMillis, boolean trusted) {}

    private final Map<Key, Report> reports = new LinkedHashMap<>();

    /**
     * Notes that {@code reporter}, talking from {@code reporterAt} to our {@code socket}, sees us at {@code seen}.
     *
     * @param trusted whether the reporter is a root
     * @return whether this shows that our attachment to the network of that scope has changed
     */
    boolean report(long reporter, int socket, Endpoint reporterAt, Endpoint seen, boolean trusted, long nowMillis) {
        IpScope scope = seen.ip().scope();
        if (scope != reporterAt.ip().scope()
                || scope == IpScope.NONE
                || scope == IpScope.LOOPBACK
                || scope == IpScope.MULTICAST) {
            return false;
        }
        var key = new Key(reporter, socket, reporterAt, scope);
        Report before = reports.remove(key);
        if (reports.size() == SURFACES_MAX && !makeRoom(trusted)) {
            return false;
        }
        reports.put(key, new Report(seen, nowMillis, trusted));
        boolean moved = trusted
                && before != null
                && before.trusted
                && nowMillis - before.atMillis < LIFETIME_MILLIS
                && !before.seen.ip().equals(seen.ip());
        if (moved) {
            // The others would notice one after the other and reset everything again each time.
            reports.keySet().removeIf(other -> other.scope == scope && !other.reporterAt.equals(reporterAt));
        }
        return moved;
    }

    /** Drops the oldest word of a stranger, or of a root if there is no stranger's and a root's is to be noted. */
    private boolean makeRoom(boolean forTrusted) {
        Key dropped = null;
        for (Map.Entry<Key, Report> entry : reports.entrySet()) {
            if (!entry.getValue().trusted) {
                dropped = entry.getKey();
                break;
            }
            if (dropped == null && forTrusted) {
                dropped = entry.getKey();
            }
        }
        return dropped != null && reports.remove(dropped) != null;
    }

    /**
     * Where {@code reporter}, talking from {@code reporterAt} to our {@code socket}, sees us now; null if it did not tell so
     * lately.
     */
    @Nullable
    Endpoint seenBy(long reporter, int socket, Endpoint reporterAt, long nowMillis) {
        Report report = reports.get(
                new Key(reporter, socket, reporterAt, reporterAt.ip().scope()));
        return report == null || nowMillis - report.atMillis >= SEEN_NOW_MILLIS ? null : report.seen;
    }

    /**
     * The endpoints worth telling others: those that a root reported. A stranger's word is not passed on, or it could
     * have us advertise an address of its choice.
     */
    List<Endpoint> trusted(long nowMillis) {
        Set<Endpoint> found = new LinkedHashSet<>();
        reports.values().removeIf(report -> nowMillis - report.atMillis >= LIFETIME_MILLIS);
        for (Report report : reports.values()) {
            if (report.trusted) {
                found.add(report.seen);
            }
        }
        return new ArrayList<>(found);
    }

    /**
     * Where a NAT will probably let the next destination see us, if it gives each another port and these follow each
     * other: the ports after the one seen last. Empty while roots agree about our port, and where ports are far apart. A
     * stranger can only push on where it begins, by so much as roots' own ports may lie apart.
     */
    List<Endpoint> predicted(long nowMillis) {
        List<Endpoint> found = new ArrayList<>();
        ports(nowMillis).forEach((outside, ports) -> {
            if (ports.follow()) {
                for (int i = 1; i <= PREDICTED_PORTS; i++) {
                    found.add(new Endpoint(outside.ip, after(ports.last(), i)));
                }
            }
        });
        return found;
    }

    /**
     * Whether roots see that a NAT gives ports that follow each other: most of theirs that differ do. What strangers tell
     * counts nothing here, so that nobody can say so of a NAT that chooses by chance.
     */
    boolean counting(long nowMillis) {
        return ports(nowMillis).values().stream().anyMatch(Ports::follow);
    }

    private Map<Outside, Ports> ports(long nowMillis) {
        Map<Outside, Ports> seen = new LinkedHashMap<>();
        reports.forEach((key, report) -> {
            Ip ip = report.seen.ip();
            if (!ip.v6() && ip.scope() == IpScope.GLOBAL && nowMillis - report.atMillis < LIFETIME_MILLIS) {
                seen.computeIfAbsent(new Outside(key.socket, ip), _ -> new Ports())
                        .add(report);
            }
        });
        return seen;
    }

    private static int after(int port, int steps) {
        return port + steps > 65_535 ? port + steps - 65_535 + PORT_LOWEST : port + steps;
    }

    /** One socket at one external address. */
    private record Outside(int socket, Ip ip) {}

    /** The ports that one socket was given, in the order of the reports. */
    private static final class Ports {
        private int ofRoot;
        private int near;
        private int far;
        private int ofStranger;

        void add(Report report) {
            int port = report.seen.port();
            if (!report.trusted) {
                ofStranger = port;
                return;
            }
            if (ofRoot != 0 && ofRoot != port) {
                boolean close = Math.abs(port - ofRoot) <= PORT_DISTANCE_MAX;
                near += close ? 1 : 0;
                far += close ? 0 : 1;
            }
            ofRoot = port;
            ofStranger = 0; // older than this
        }

        boolean follow() {
            return near > far;
        }

        int last() {
            int ahead = ofStranger - ofRoot;
            return ahead > 0 && ahead <= PORT_DISTANCE_MAX ? ofStranger : ofRoot;
        }
    }

    /** Forgets how others see sockets that are closed. */
    void closed(java.util.function.IntPredicate open) {
        reports.keySet().removeIf(key -> !open.test(key.socket));
    }

    /** Whether {@code ip} is one of our own addresses as a root sees it. */
    boolean isOurs(Ip ip, long nowMillis) {
        return trusted(nowMillis).stream().anyMatch(seen -> seen.ip().equals(ip));
    }

    /** Everything that was reported, for telling the kind of NAT. */
    List<NatMappings.Observation> observations() {
        List<NatMappings.Observation> all = new ArrayList<>();
        reports.forEach((key, report) -> all.add(new NatMappings.Observation(
                key.socket, key.scope, key.reporterAt, report.seen, report.trusted, report.atMillis)));
        return all;
    }

    int size() {
        return reports.size();
    }
}
