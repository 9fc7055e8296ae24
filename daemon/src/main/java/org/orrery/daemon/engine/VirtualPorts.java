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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.value.Ip;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl1.LongTable;
import org.orrery.core.vl2.Network;
import org.orrery.daemon.ManagedAddresses;
import org.orrery.daemon.api.NetworkView;
import org.orrery.daemon.dns.HostDns;
import org.orrery.daemon.dns.NetworkDns;
import org.orrery.daemon.home.NetworkSettings;
import org.orrery.daemon.host.FullTunnel;
import org.orrery.daemon.host.HostState;
import org.orrery.daemon.host.Refusal;
import org.orrery.net.DeviceNames;
import org.orrery.net.HostInterface;
import org.orrery.net.Route;
import org.orrery.net.TapPort;

/**
 * The virtual interfaces of a node: makes one for each joined network and keeps addresses, routes, MTU and name servers as
 * the configuration and the local settings want them. Everything it adds it also removes. Control lane only.
 */
final class VirtualPorts {
    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    private final Lanes lanes;
    private final Map<NetworkId, String> deviceMap;
    private final FullTunnel tunnel;
    private final HostDns dns;
    private final Underlay underlay;
    private boolean closing;
    private final Map<NetworkId, VirtualPort> ports = new HashMap<>();

    private static final class VirtualPort {
        final @Nullable TapPort tap;
        NetworkSettings settings;

        @Nullable
        NetworkStatus status;

        final Set<Prefix> addresses = new LinkedHashSet<>();
        final Set<Route> routes = new LinkedHashSet<>();
        List<HostState.Address> addressStates = List.of();
        List<HostState.Route> routeStates = List.of();
        NetworkDns.Decision dns = new NetworkDns.No(HostState.Dns.off("", ""));

        /** Why the interface could not be made; empty if it was. */
        String failure = "";

        /** Somebody removed the interface, and it could not be made again yet. */
        boolean lost;

        VirtualPort(@Nullable TapPort tap, NetworkSettings settings) {
            this.tap = tap;
            this.settings = settings;
        }
    }

    /** What the interfaces have to know of the node's own traffic. */
    interface Underlay {
        /** The addresses of the host on other interfaces than the node's own, on which it may be talked to from outside. */
        Collection<Ip> own();

        /** The endpoints that a route could come between, because some socket is tied to no interface; usually none. */
        Collection<Ip> exposed();
    }

    /** @param deviceMap names that a person chose for networks */
    VirtualPorts(Lanes lanes, Map<NetworkId, String> deviceMap, FullTunnel tunnel, HostDns dns, Underlay underlay) {
        this.lanes = lanes;
        this.deviceMap = deviceMap;
        this.tunnel = tunnel;
        this.dns = dns;
        this.underlay = underlay;
    }

    /** Makes the interface of a network that was just joined. One that cannot be made is logged and remembered. */
    void open(Network network, NetworkStatus status, NetworkSettings settings) {
        make(network, status, settings, "");
    }

    /** @param known a failure that has been logged before */
    private VirtualPort make(Network network, NetworkStatus status, NetworkSettings settings, String known) {
        TapPort tap = null;
        String reason = "";
        try {
            tap = openTap(network, status);
            LOG.log(Level.INFO, "interface.up name=" + tap.name() + " network=" + status.id());
        } catch (IOException failure) {
            reason = String.valueOf(failure.getMessage());
            if (!reason.equals(known)) {
                LOG.log(
                        Level.ERROR,
                        "interface.failed network=" + status.id() + " reason=" + reason
                                + (lanes.ports().opensTaps() ? " hint=run as root, with /dev/net/tun present" : ""));
            }
        }
        var port = new VirtualPort(tap, settings);
        port.failure = reason;
        ports.put(status.id(), port);
        return port;
    }

    /**
     * Makes interfaces again that somebody removed; what led there is taken back even if that fails.
     *
     * @return whether any was made
     */
    boolean reopenLost(LongTable<Network> networks, boolean online) {
        List<HostInterface> present;
        try {
            present = lanes.ports().interfaces();
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "interface.enumeration_failed reason=" + failure.getMessage());
            return false;
        }
        boolean gone = false;
        boolean made = false;
        for (Map.Entry<NetworkId, VirtualPort> entry : List.copyOf(ports.entrySet())) {
            VirtualPort port = entry.getValue();
            Network network = networks.find(entry.getKey().bits());
            NetworkStatus status = port.status;
            TapPort tap = port.tap;
            boolean removed =
                    tap != null && tap.index() != 0 && present.stream().noneMatch(each -> each.index() == tap.index());
            if (!removed && !port.lost || network == null || status == null) {
                continue;
            }
            if (tap != null && removed) {
                LOG.log(
                        Level.WARNING,
                        "interface.removed name=" + tap.name() + " network=" + entry.getKey()
                                + " text=removed by another program; it is made again");
                lanes.removeTap(network.id());
            }
            VirtualPort anew = make(network, status, port.settings, port.failure);
            anew.lost = anew.tap == null;
            gone |= anew.lost;
            made |= !anew.lost;
            apply(status, online);
        }
        if (gone) {
            settle();
        }
        return made;
    }

    private TapPort openTap(Network network, NetworkStatus status) throws IOException {
        Set<String> taken = new LinkedHashSet<>();
        for (HostInterface each : lanes.ports().interfaces()) {
            taken.add(each.name());
        }
        String mapped = deviceMap.get(status.id());
        if (mapped != null && taken.contains(mapped)) {
            LOG.log(
                    Level.WARNING,
                    "devicemap.not_used network=" + status.id() + " name=" + mapped
                            + " reason=there is an interface of that name");
        }
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
            settle();
            removeRoutes(port, port.tap, List.of());
            lanes.removeTap(network.bits());
            LOG.log(Level.INFO, "interface.down name=" + port.tap.name() + " network=" + network);
        }
    }

    void closeAll() {
        closing = true;
        tunnel.close();
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
        if (bringInLine(port, status, online)) {
            settle();
        }
    }

    /** Whether there was a configuration to follow, and an interface. */
    private boolean bringInLine(VirtualPort port, NetworkStatus status, boolean online) {
        TapPort tap = port.tap;
        if (tap == null
                || status.revision() == 0
                        && status.addresses().isEmpty()
                        && status.name().isEmpty()) {
            return false;
        }
        try {
            if (tap.mtu() != status.mtu()) {
                tap.setMtu(status.mtu());
                LOG.log(Level.INFO, "interface.mtu name=" + tap.name() + " mtu=" + status.mtu());
            }
        } catch (IOException failure) {
            LOG.log(
                    Level.WARNING,
                    "interface.mtu name=" + tap.name() + " mtu=" + status.mtu() + " reason=" + failure.getMessage());
        }
        try {
            applyAddresses(port, tap, status);
            applyRoutes(port, tap, status, online);
        } catch (IOException failure) {
            LOG.log(Level.WARNING, failed("interface.read", tap, "", failure));
        }
        boolean everything =
                port.routes.stream().anyMatch(route -> route.target().defaultRoute());
        port.dns = NetworkDns.decide(status, port.settings, tap.name(), everything);
        return true;
    }

    /** What concerns all networks together: the rules of a full tunnel, and the resolver. */
    private void settle() {
        if (closing) {
            return;
        }
        boolean v4 = false;
        boolean v6 = false;
        List<NetworkDns> servers = new ArrayList<>();
        for (NetworkId network : ports.keySet().stream().sorted().toList()) {
            VirtualPort port = ports.get(network);
            if (port == null) {
                continue;
            }
            for (Route route : port.routes) {
                v4 |= route.target().defaultRoute() && !route.target().ip().v6();
                v6 |= route.target().defaultRoute() && route.target().ip().v6();
            }
            if (port.dns instanceof NetworkDns.Use use) {
                servers.add(use.dns());
            }
        }
        tunnel.keep(v4, v6, underlay.own());
        dns.want(servers);
    }

    private void applyAddresses(VirtualPort port, TapPort tap, NetworkStatus status) throws IOException {
        // What somebody took away is not ours any more, and put back.
        port.addresses.retainAll(tap.addresses());
        List<Prefix> allowed = ManagedAddresses.addresses(status, port.settings);
        Set<Ip> elsewhere = allowed.isEmpty() ? Set.of() : addressesElsewhere();
        List<Prefix> wanted =
                allowed.stream().filter(each -> !elsewhere.contains(each.ip())).toList();
        ManagedAddresses.AddressChange change = ManagedAddresses.change(port.addresses, wanted);
        Map<Prefix, String> failures = new HashMap<>();
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
                failures.put(added, String.valueOf(failure.getMessage()));
                LOG.log(Level.WARNING, failed("address.add", tap, added.toString(), failure));
            }
        }
        List<HostState.Address> states = new ArrayList<>();
        for (Prefix address : status.addresses()) {
            Refusal refusal = ManagedAddresses.refusal(address, port.settings)
                    .orElse(elsewhere.contains(address.ip()) ? Refusal.IN_USE : null);
            String detail = failures.getOrDefault(address, "");
            states.add(new HostState.Address(
                    address, refusal == null && !detail.isEmpty() ? Refusal.SYSTEM : refusal, detail));
        }
        port.addressStates = states;
    }

    /** Addresses of the host on other interfaces than this node's own. */
    private Set<Ip> addressesElsewhere() throws IOException {
        List<String> own = names();
        Set<Ip> found = new LinkedHashSet<>();
        for (HostInterface each : lanes.ports().interfaces()) {
            if (!own.contains(each.name())) {
                each.addresses().forEach(address -> found.add(address.prefix().ip()));
            }
        }
        return found;
    }

    private void applyRoutes(VirtualPort port, TapPort tap, NetworkStatus status, boolean online) throws IOException {
        List<Route> present = tap.routes();
        port.routes.removeIf(route -> present.stream().noneMatch(each -> same(each, route)));
        boolean tunnels = port.settings.allowDefault()
                && status.routes().stream().anyMatch(route -> route.target().defaultRoute());
        var surroundings = new ManagedAddresses.Surroundings(
                port.addresses,
                tap.addresses(),
                online,
                tunnels ? tunnel.table() : 0,
                tunneledBy(port),
                underlay.exposed());
        List<ManagedAddresses.RouteDecision> decisions = ManagedAddresses.routes(status, port.settings, surroundings);
        List<Route> wanted = decisions.stream()
                .map(ManagedAddresses.RouteDecision::system)
                .filter(Objects::nonNull)
                .toList();
        removeRoutes(port, tap, wanted);
        List<HostState.Route> states = new ArrayList<>();
        for (ManagedAddresses.RouteDecision decision : decisions) {
            String failure = decision.system() == null ? "" : add(port, tap, decision.system());
            states.add(new HostState.Route(
                    decision.route().target(),
                    decision.route().via().orElse(null),
                    failure.isEmpty() ? decision.refusal() : Refusal.SYSTEM,
                    failure));
        }
        port.routeStates = states;
    }

    /** The system may have its own idea of the source. */
    private static boolean same(Route one, Route other) {
        return one.target().equals(other.target())
                && Objects.equals(one.via(), other.via())
                && one.metric() == other.metric()
                && one.table() == other.table();
    }

    private Set<Prefix> tunneledBy(VirtualPort but) {
        Set<Prefix> tunneled = new LinkedHashSet<>();
        for (VirtualPort each : ports.values()) {
            if (each != but) {
                each.routes.stream()
                        .map(Route::target)
                        .filter(Prefix::defaultRoute)
                        .forEach(tunneled::add);
            }
        }
        return tunneled;
    }

    /** Why the system refused it; empty if it is there. */
    private static String add(VirtualPort port, TapPort tap, Route route) {
        if (port.routes.contains(route)) {
            return "";
        }
        try {
            tap.addRoute(route);
            port.routes.add(route);
            LOG.log(Level.INFO, "route.added interface=" + tap.name() + " target=" + route.target());
            return "";
        } catch (IOException failure) {
            String reason = String.valueOf(failure.getMessage());
            boolean known = port.routeStates.stream()
                    .anyMatch(state -> state.target().network().equals(route.target())
                            && state.detail().equals(reason));
            if (!known) {
                LOG.log(Level.WARNING, failed("route.add", tap, route.target().toString(), failure));
            }
            return reason;
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
        boolean any = false;
        for (NetworkId network : ports.keySet().stream().sorted().toList()) {
            VirtualPort port = ports.get(network);
            if (port != null && port.status != null) {
                any |= bringInLine(port, port.status, online) || port.lost;
            }
        }
        if (any) {
            settle();
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

    /** The managed addresses that are in force: they carry no traffic of the node itself. */
    List<Prefix> addresses() {
        return ports.values().stream().flatMap(port -> port.addresses.stream()).toList();
    }

    /** A network together with its interface, for the API. */
    NetworkView view(NetworkStatus status) {
        VirtualPort port = ports.get(status.id());
        if (port == null) {
            return new NetworkView(status, "", NetworkView.NO_INTERFACE, NetworkSettings.DEFAULT, HostState.NOTHING);
        }
        if (port.tap == null) {
            return new NetworkView(
                    status.inState(NetworkStatus.State.PORT_ERROR),
                    "",
                    NetworkView.NO_INTERFACE,
                    port.settings,
                    HostState.NOTHING);
        }
        HostState.Dns servers =
                switch (port.dns) {
                    case NetworkDns.Use use -> dns.state(use.dns().network());
                    case NetworkDns.No no -> no.state();
                };
        var host = new HostState(port.addressStates, port.routeStates, servers);
        return new NetworkView(status, port.tap.name(), 0, port.settings, host);
    }
}
