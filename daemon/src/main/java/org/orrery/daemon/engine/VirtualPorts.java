// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl2.Network;
import org.orrery.daemon.ManagedAddresses;
import org.orrery.daemon.api.NetworkView;
import org.orrery.daemon.home.NetworkSettings;
import org.orrery.net.DeviceNames;
import org.orrery.net.HostInterface;
import org.orrery.net.Route;
import org.orrery.net.TapPort;

/**
 * The virtual interfaces of a node: makes one for each joined network and keeps addresses, routes and MTU as the
 * configuration and the local settings want them. Everything it adds it also removes. Control lane only.
 */
final class VirtualPorts {
    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    private final Lanes lanes;
    private final Map<NetworkId, String> deviceMap;
    private final Map<NetworkId, VirtualPort> ports = new HashMap<>();

    private static final class VirtualPort {
        final @Nullable TapPort tap;
        NetworkSettings settings;

        @Nullable
        NetworkStatus status;

        final Set<Prefix> addresses = new LinkedHashSet<>();
        final Set<Route> routes = new LinkedHashSet<>();

        VirtualPort(@Nullable TapPort tap, NetworkSettings settings) {
            this.tap = tap;
            this.settings = settings;
        }
    }

    /** @param deviceMap names that a person chose for networks */
    VirtualPorts(Lanes lanes, Map<NetworkId, String> deviceMap) {
        this.lanes = lanes;
        this.deviceMap = deviceMap;
    }

    /** Makes the interface of a network that was just joined. One that cannot be made is logged and remembered. */
    void open(Network network, NetworkStatus status, NetworkSettings settings) {
        TapPort tap = null;
        try {
            tap = openTap(network, status);
            LOG.log(Level.INFO, "interface.up name=" + tap.name() + " network=" + status.id());
        } catch (IOException failure) {
            LOG.log(
                    Level.ERROR,
                    "interface.failed network=" + status.id() + " reason=" + failure.getMessage()
                            + (lanes.ports().opensTaps() ? " hint=run as root, with /dev/net/tun present" : ""));
        }
        ports.put(status.id(), new VirtualPort(tap, settings));
    }

    private TapPort openTap(Network network, NetworkStatus status) throws IOException {
        Set<String> taken = new LinkedHashSet<>();
        for (HostInterface each : lanes.ports().interfaces()) {
            taken.add(each.name());
        }
        String mapped = deviceMap.get(status.id());
        Optional<String> name = mapped != null && !taken.contains(mapped)
                ? Optional.of(mapped)
                : DeviceNames.free(status.id(), taken::contains);
        if (name.isEmpty()) {
            throw new IOException("no free interface name for network " + status.id());
        }
        return lanes.openTap(network, name.get(), status.mac(), status.mtu());
    }

    /** Removes the interface of a network that was left, with all that was added to it. */
    void close(NetworkId network) {
        VirtualPort port = ports.remove(network);
        if (port != null && port.tap != null) {
            removeRoutes(port, port.tap, List.of());
            lanes.removeTap(network.bits());
            LOG.log(Level.INFO, "interface.down name=" + port.tap.name() + " network=" + network);
        }
    }

    void closeAll() {
        List.copyOf(ports.keySet()).forEach(this::close);
    }

    /** Takes over changed settings of a network. */
    void settings(NetworkId network, NetworkSettings settings, boolean online) {
        VirtualPort port = ports.get(network);
        if (port != null) {
            port.settings = settings;
            if (port.status != null) {
                apply(port.status, online);
            }
        }
    }

    /** Brings an interface in line with its network's configuration. */
    void apply(NetworkStatus status, boolean online) {
        VirtualPort port = ports.get(status.id());
        if (port == null) {
            return;
        }
        port.status = status;
        TapPort tap = port.tap;
        if (tap == null
                || status.revision() == 0
                        && status.addresses().isEmpty()
                        && status.name().isEmpty()) {
            return;
        }
        try {
            if (tap.mtu() != status.mtu()) {
                tap.setMtu(status.mtu());
            }
        } catch (IOException failure) {
            LOG.log(
                    Level.WARNING,
                    "interface.mtu name=" + tap.name() + " mtu=" + status.mtu() + " reason=" + failure.getMessage());
        }
        applyAddresses(port, tap, status);
        applyRoutes(port, tap, status, online);
    }

    private static void applyAddresses(VirtualPort port, TapPort tap, NetworkStatus status) {
        List<Prefix> wanted = ManagedAddresses.addresses(status, port.settings);
        ManagedAddresses.AddressChange change = ManagedAddresses.change(port.addresses, wanted);
        for (Prefix gone : change.remove()) {
            try {
                tap.removeAddress(gone);
                port.addresses.remove(gone);
            } catch (IOException failure) {
                LOG.log(Level.WARNING, failed("address.remove", tap, gone.toString(), failure));
            }
        }
        for (Prefix added : change.add()) {
            try {
                tap.addAddress(added);
                port.addresses.add(added);
                LOG.log(Level.INFO, "address.added interface=" + tap.name() + " address=" + added);
            } catch (IOException failure) {
                LOG.log(Level.WARNING, failed("address.add", tap, added.toString(), failure));
            }
        }
    }

    private static void applyRoutes(VirtualPort port, TapPort tap, NetworkStatus status, boolean online) {
        List<Route> wanted;
        try {
            wanted = ManagedAddresses.routes(status, port.settings, port.addresses, tap.addresses(), online);
        } catch (IOException failure) {
            LOG.log(Level.WARNING, failed("route.read", tap, "", failure));
            return;
        }
        removeRoutes(port, tap, wanted);
        for (Route route : wanted) {
            if (port.routes.contains(route)) {
                continue;
            }
            try {
                tap.addRoute(route);
                port.routes.add(route);
                LOG.log(Level.INFO, "route.added interface=" + tap.name() + " target=" + route.target());
            } catch (IOException failure) {
                LOG.log(Level.WARNING, failed("route.add", tap, route.target().toString(), failure));
            }
        }
    }

    private static void removeRoutes(VirtualPort port, TapPort tap, Collection<Route> but) {
        for (Route route : List.copyOf(port.routes)) {
            if (but.contains(route)) {
                continue;
            }
            try {
                tap.removeRoute(route);
            } catch (IOException failure) {
                LOG.log(
                        Level.WARNING,
                        failed("route.remove", tap, route.target().toString(), failure));
            }
            port.routes.remove(route);
        }
    }

    private static String failed(String event, TapPort tap, String what, IOException failure) {
        return event + "_failed interface=" + tap.name() + " what=" + what + " reason=" + failure.getMessage();
    }

    /** Applies all again: routes may have been lost, or the node went on or off line. */
    void applyAll(boolean online) {
        for (VirtualPort port : List.copyOf(ports.values())) {
            if (port.status != null) {
                apply(port.status, online);
            }
        }
    }

    /** The groups that the host wants on the interface of {@code network}; empty if there is no interface. */
    Optional<Set<MulticastGroup>> groups(NetworkId network) {
        VirtualPort port = ports.get(network);
        if (port == null || port.tap == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(port.tap.multicastGroups());
        } catch (IOException failure) {
            LOG.log(Level.WARNING, failed("multicast.scan", port.tap, "", failure));
            return Optional.empty();
        }
    }

    /** Names of the interfaces, so that they are not used to reach peers. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        ports.values().forEach(port -> {
            if (port.tap != null) {
                names.add(port.tap.name());
            }
        });
        return names;
    }

    /** A network together with its interface, for the API. */
    NetworkView view(NetworkStatus status) {
        VirtualPort port = ports.get(status.id());
        if (port == null) {
            return new NetworkView(status, "", NetworkView.NO_INTERFACE, NetworkSettings.DEFAULT);
        }
        if (port.tap == null) {
            return new NetworkView(
                    status.inState(NetworkStatus.State.PORT_ERROR), "", NetworkView.NO_INTERFACE, port.settings);
        }
        return new NetworkView(status, port.tap.name(), 0, port.settings);
    }
}
