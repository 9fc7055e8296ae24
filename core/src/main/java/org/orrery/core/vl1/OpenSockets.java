// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The sockets that are open now. Most reach any peer; those that a search for a port left lead to one each. Control lane
 * only.
 */
final class OpenSockets {
    private List<LocalSocket> all = List.of();
    private List<LocalSocket> ordinary = List.of();
    private Set<Integer> ids = Set.of();
    private final Set<Integer> found = new LinkedHashSet<>();

    /** From now on it is exactly these; answers whether any came or went. */
    boolean replace(List<LocalSocket> now) {
        Set<Integer> before = ids;
        all = List.copyOf(now);
        ids = all.stream().map(LocalSocket::id).collect(Collectors.toUnmodifiableSet());
        ordinary = all.stream().filter(socket -> !found.contains(socket.id())).toList();
        return !ids.equals(before);
    }

    /** One that a search found; it leads to one peer. */
    void addFound(LocalSocket socket) {
        found.add(socket.id());
        List<LocalSocket> more = new ArrayList<>(all);
        more.add(socket);
        replace(more);
    }

    /** One that a search found is given up. */
    void removeFound(int id) {
        found.remove(id);
        replace(all.stream().filter(socket -> socket.id() != id).toList());
    }

    List<LocalSocket> all() {
        return all;
    }

    /** Those from which any peer may be reached. */
    List<LocalSocket> ordinary() {
        return ordinary;
    }

    /** As {@link #ordinary()}, of one family. */
    List<LocalSocket> ordinary(boolean v6) {
        return ordinary.stream()
                .filter(socket -> socket.local().ip().v6() == v6)
                .toList();
    }

    /** IDs of those that searches found, in that order. */
    List<Integer> found() {
        return List.copyOf(found);
    }

    boolean has(int id) {
        return ids.contains(id);
    }
}
