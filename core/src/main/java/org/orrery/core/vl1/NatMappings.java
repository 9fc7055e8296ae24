// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.IpScope;

/** Tells the kind of NAT from what others report. */
final class NatMappings {
    /** HELLO goes to each root and active peer once a minute; what is older may be of another mapping. */
    private static final long FRESH_MILLIS = 150_000;

    private NatMappings() {}

    /** Where {@code observer} saw one of our sockets. */
    record Observation(int socket, IpScope scope, Endpoint observer, Endpoint seen, boolean root, long atMillis) {}

    private record Group(Endpoint local, IpScope scope) {}

    /**
     * One for each socket and scope that somebody reported, in order of the local endpoints. If two roots reported, only
     * roots count: a stranger may tell anything.
     */
    static List<NatMapping> of(List<Observation> all, List<LocalSocket> sockets, long nowMillis) {
        Map<Group, List<Observation>> groups = new LinkedHashMap<>();
        for (Observation each : all) {
            for (LocalSocket socket : sockets) {
                if (socket.id() == each.socket && nowMillis - each.atMillis < FRESH_MILLIS) {
                    groups.computeIfAbsent(new Group(socket.local(), each.scope), _ -> new ArrayList<>())
                            .add(each);
                }
            }
        }
        return groups.entrySet().stream()
                .map(entry -> of(entry.getKey().local, entry.getValue()))
                .sorted(Comparator.comparing(NatMapping::local))
                .toList();
    }

    private static NatMapping of(Endpoint local, List<Observation> observations) {
        List<Observation> roots =
                observations.stream().filter(Observation::root).toList();
        List<Observation> believed = observers(roots) >= 2 ? roots : observations;
        Set<Endpoint> seen = new LinkedHashSet<>();
        believed.forEach(each -> seen.add(each.seen));
        int observers = observers(believed);
        NatMapping.Kind kind;
        if (seen.equals(Set.of(local))) {
            kind = NatMapping.Kind.NONE;
        } else if (seen.size() > 1) {
            kind = NatMapping.Kind.ENDPOINT_DEPENDENT;
        } else {
            kind = observers > 1 ? NatMapping.Kind.ENDPOINT_INDEPENDENT : NatMapping.Kind.UNKNOWN;
        }
        return new NatMapping(local, kind, List.copyOf(seen), observers);
    }

    private static int observers(List<Observation> observations) {
        return (int) observations.stream().map(Observation::observer).distinct().count();
    }
}
