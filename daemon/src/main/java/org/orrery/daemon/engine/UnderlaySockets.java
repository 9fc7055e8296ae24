// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.IpScope;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl1.LocalSocket;
import org.orrery.net.HostInterface;
import org.orrery.net.HostNetwork;
import org.orrery.net.LocalAddress;

/** The UDP sockets of a node: one for each usable address of the host and each lane, following the addresses as they change. */
final class UnderlaySockets {
    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    private final Lanes lanes;
    private final Map<LocalAddress, LocalSocket> open = new LinkedHashMap<>();
    private final Map<LocalAddress, String> refused = new HashMap<>();
    private int nextId = 1;
    private List<HostInterface> underlay = List.of();
    private boolean attachedAnew;

    UnderlaySockets(Lanes lanes) {
        this.lanes = lanes;
    }

    /**
     * Opens sockets on addresses that came and closes those of addresses that went. Control lane only.
     *
     * @param bind exactly these addresses if not empty
     * @return whether anything changed
     */
    boolean refresh(
            int port,
            Collection<Ip> bind,
            Collection<String> skippedNames,
            Collection<Prefix> skippedPrefixes,
            Collection<String> ownDevices)
            throws IOException {
        List<HostInterface> interfaces = lanes.ports().interfaces();
        List<HostInterface> others = interfaces.stream()
                .filter(each -> each.up() && !each.loopback() && !ownDevices.contains(each.name()))
                .toList();
        attachedAnew = !others.equals(underlay);
        underlay = others;
        List<LocalAddress> wanted = bind.isEmpty()
                ? HostNetwork.bindable(interfaces, skippedNames, skippedPrefixes, ownDevices)
                : bind.stream().map(ip -> HostNetwork.named(ip, interfaces)).toList();
        boolean changed = false;
        for (Map.Entry<LocalAddress, LocalSocket> each : List.copyOf(open.entrySet())) {
            if (!wanted.contains(each.getKey())) {
                LocalSocket socket = each.getValue();
                open.remove(each.getKey());
                lanes.removeSocket(socket.id());
                LOG.log(Level.INFO, "socket.closed local=" + socket.local());
                changed = true;
            }
        }
        refused.keySet().retainAll(wanted);
        for (LocalAddress address : wanted) {
            if (!open.containsKey(address)) {
                changed |= open(address, port);
            }
        }
        return changed;
    }

    /** Closes all. Control lane only; answers whether there were any. */
    boolean closeAll() {
        boolean any = !open.isEmpty();
        open.values().forEach(socket -> lanes.removeSocket(socket.id()));
        open.clear();
        refused.clear();
        return any;
    }

    private boolean open(LocalAddress address, int port) {
        try {
            int id = nextId++;
            var local = new LocalSocket(id, lanes.openSocket(id, new Endpoint(address.ip(), port), address.device()));
            open.put(address, local);
            refused.remove(address);
            LOG.log(Level.INFO, "socket.open local=" + local.local() + " device=" + address.device());
            return true;
        } catch (IOException failure) {
            String reason = String.valueOf(failure.getMessage());
            if (!reason.equals(refused.put(address, reason))) {
                LOG.log(Level.WARNING, "socket.refused local=" + address.ip() + "/" + port + " reason=" + reason);
            }
            return false;
        }
    }

    /** The host's addresses that sockets are bound to, without those that stand for all. */
    List<Ip> addresses() {
        return open.keySet().stream()
                .map(LocalAddress::ip)
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

    /** Addresses that could not be bound, with the reason. */
    Map<LocalAddress, String> refused() {
        return Map.copyOf(refused);
    }
}
