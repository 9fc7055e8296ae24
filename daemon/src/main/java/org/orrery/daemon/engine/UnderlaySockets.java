// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.IpScope;
import org.orrery.core.vl1.LocalSocket;
import org.orrery.net.AddressChoice;
import org.orrery.net.HostInterface;
import org.orrery.net.HostNetwork;
import org.orrery.net.LocalAddress;

/** The UDP sockets of a node: one for each usable address of the host, port and lane, following the addresses as they change. */
final class UnderlaySockets implements SearchPorts.Places {
    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    private final Lanes lanes;
    private final Map<Place, LocalSocket> open = new LinkedHashMap<>();
    private final Map<Place, String> refused = new HashMap<>();
    private final Set<Place> kept = new LinkedHashSet<>();
    private int nextId = 1;
    private List<HostInterface> underlay = List.of();
    private boolean attachedAnew;

    private record Place(LocalAddress address, int port) {}

    UnderlaySockets(Lanes lanes) {
        this.lanes = lanes;
    }

    /**
     * Opens sockets on addresses that came and closes those of addresses that went. Control lane only.
     *
     * @param ports the first is the one that others know
     * @param bind exactly these addresses if not empty
     * @return whether anything changed
     */
    boolean refresh(List<Integer> ports, Collection<Ip> bind, AddressChoice choice) throws IOException {
        List<HostInterface> interfaces = lanes.ports().interfaces();
        List<HostInterface> others = interfaces.stream()
                .filter(each ->
                        each.up() && !each.loopback() && !choice.ownDevices().contains(each.name()))
                .toList();
        attachedAnew = !others.equals(underlay);
        underlay = others;
        List<LocalAddress> addresses = bind.isEmpty()
                ? HostNetwork.bindable(interfaces, choice)
                : bind.stream().map(ip -> HostNetwork.named(ip, interfaces)).toList();
        Set<Place> wanted = new LinkedHashSet<>();
        for (int port : ports) {
            addresses.forEach(address -> wanted.add(new Place(address, port)));
        }
        kept.removeIf(place -> !addresses.contains(place.address()));
        wanted.addAll(kept);
        boolean changed = false;
        for (Map.Entry<Place, LocalSocket> each : List.copyOf(open.entrySet())) {
            if (!wanted.contains(each.getKey())) {
                LocalSocket socket = each.getValue();
                open.remove(each.getKey());
                lanes.removeSocket(socket.id());
                LOG.log(Level.INFO, "socket.closed local=" + socket.local());
                changed = true;
            }
        }
        refused.keySet().retainAll(wanted);
        for (Place place : wanted) {
            if (!open.containsKey(place)) {
                changed |= open(place);
            }
        }
        return changed;
    }

    /**
     * Opens one more socket beside another one, on a port of its own, until {@link #release}, or its address goes. Control
     * lane only; null if that fails.
     */
    @Override
    public @Nullable LocalSocket keep(LocalSocket beside, int port) {
        for (Map.Entry<Place, LocalSocket> each : List.copyOf(open.entrySet())) {
            if (each.getValue().equals(beside)) {
                var place = new Place(each.getKey().address(), port);
                if (!open.containsKey(place) && open(place)) {
                    kept.add(place);
                    return open.get(place);
                }
            }
        }
        return null;
    }

    /** Closes a socket that was kept. Control lane only. */
    @Override
    public void release(int id) {
        for (Place place : List.copyOf(kept)) {
            LocalSocket socket = open.get(place);
            if (socket != null && socket.id() == id) {
                kept.remove(place);
                open.remove(place);
                lanes.removeSocket(id);
                LOG.log(Level.INFO, "socket.closed local=" + socket.local());
            }
        }
    }

    /** Closes all. Control lane only; answers whether there were any. */
    boolean closeAll() {
        boolean any = !open.isEmpty();
        open.values().forEach(socket -> lanes.removeSocket(socket.id()));
        open.clear();
        kept.clear();
        refused.clear();
        return any;
    }

    private boolean open(Place place) {
        LocalAddress address = place.address();
        int port = place.port();
        try {
            int id = nextId++;
            Endpoint bound = lanes.openSocket(id, new Endpoint(address.ip(), port), address.device());
            var local = new LocalSocket(id, bound, address.device());
            open.put(place, local);
            refused.remove(place);
            LOG.log(Level.INFO, "socket.open local=" + local.local() + " device=" + address.device());
            return true;
        } catch (IOException failure) {
            String reason = String.valueOf(failure.getMessage());
            if (!reason.equals(refused.put(place, reason))) {
                LOG.log(Level.WARNING, "socket.refused local=" + address.ip() + "/" + port + " reason=" + reason);
            }
            return false;
        }
    }

    /** The host's addresses that sockets are bound to, without those that stand for all. */
    List<Ip> addresses() {
        return open.keySet().stream()
                .map(place -> place.address().ip())
                .distinct()
                .filter(ip -> ip.scope() != IpScope.NONE)
                .toList();
    }

    /** Whether the last {@link #refresh} found other interfaces than the one before: a cable plugged in, for example. */
    boolean attachedAnew() {
        return attachedAnew;
    }

    List<LocalSocket> sockets() {
        return new ArrayList<>(open.values());
    }

    /** Whether every address wanted {@code port} and none got it. */
    boolean taken(int port) {
        return open.keySet().stream().noneMatch(place -> place.port() == port)
                && refused.keySet().stream().anyMatch(place -> place.port() == port);
    }

    /** The interfaces seen at the last {@link #refresh}, without this node's own. */
    List<HostInterface> underlay() {
        return underlay;
    }
}
