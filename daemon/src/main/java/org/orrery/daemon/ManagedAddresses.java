// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.value.Ip;
import org.orrery.core.value.IpScope;
import org.orrery.core.value.Prefix;
import org.orrery.daemon.home.NetworkSettings;
import org.orrery.daemon.host.Refusal;
import org.orrery.net.Route;

/**
 * Which of a controller's addresses and routes this host should have, as the 1.14 generation of the protocol decides
 * it. Pure functions; applying the answer, and knowing what was applied before, is the caller's.
 */
public final class ManagedAddresses {
    /** The metric of routes through a gateway, so that routes made by hand win. */
    public static final int GATEWAY_METRIC = 5000;

    private ManagedAddresses() {}

    /**
     * What keeps an address, or the target of a route, away from this host; empty if nothing does. With a list of
     * networks, one of them has to contain it. A default route has its own switch; everything else goes by scope.
     */
    public static Optional<Refusal> refusal(Prefix target, NetworkSettings settings) {
        if (!settings.allowManaged()) {
            return Optional.of(Refusal.MANAGED_OFF);
        }
        if (!settings.only().isEmpty()
                && settings.only().stream()
                        .noneMatch(network -> network.bits() <= target.bits() && network.contains(target.ip()))) {
            return Optional.of(Refusal.NOT_LISTED);
        }
        if (target.defaultRoute()) {
            return settings.allowDefault() ? Optional.empty() : Optional.of(Refusal.DEFAULT_OFF);
        }
        return switch (target.ip().scope()) {
            case NONE, MULTICAST, LOOPBACK, LINK_LOCAL -> Optional.of(Refusal.KIND);
            case GLOBAL -> settings.allowGlobal() ? Optional.empty() : Optional.of(Refusal.GLOBAL_OFF);
            case PRIVATE, PSEUDO_PRIVATE, SHARED -> Optional.empty();
        };
    }

    /** Whether {@link #refusal} has nothing against it. */
    public static boolean allowed(Prefix target, NetworkSettings settings) {
        return refusal(target, settings).isEmpty();
    }

    /** The addresses that the interface should have: those allowed, in their natural order, each once. */
    public static List<Prefix> addresses(NetworkStatus network, NetworkSettings settings) {
        TreeSet<Prefix> wanted = new TreeSet<>();
        for (Prefix address : network.addresses()) {
            if (allowed(address, settings)) {
                wanted.add(address);
            }
        }
        return List.copyOf(wanted);
    }

    /**
     * What to do to an interface, in this order: removals first, so that an address may come back with another prefix
     * length.
     */
    public record AddressChange(List<Prefix> remove, List<Prefix> add) {
        public AddressChange {
            remove = List.copyOf(remove);
            add = List.copyOf(add);
        }
    }

    /**
     * From the managed addresses applied so far to those wanted. Addresses that a person added are in neither and are
     * not touched.
     */
    public static AddressChange change(Collection<Prefix> applied, Collection<Prefix> wanted) {
        TreeSet<Prefix> remove = new TreeSet<>(applied);
        remove.removeAll(wanted);
        TreeSet<Prefix> add = new TreeSet<>(wanted);
        add.removeAll(applied);
        return new AddressChange(List.copyOf(remove), List.copyOf(add));
    }

    /**
     * What routes depend on besides the network.
     *
     * @param applied the managed addresses that are on the interface
     * @param onInterface all its addresses, also those added by hand; a route of a family without one is left out
     * @param online whether the node has a root: without, a default route through a gateway would only cut the host off
     * @param tunnelTable the table for default routes, to which rules lead all but the node's own packets; 0 if there can
     *     be none
     * @param tunneled targets of default routes that other networks have in force
     * @param exposed endpoints of the node's own traffic that a route could catch; empty while its sockets are tied to
     *     interfaces
     */
    public record Surroundings(
            Collection<Prefix> applied,
            Collection<Prefix> onInterface,
            boolean online,
            int tunnelTable,
            Collection<Prefix> tunneled,
            Collection<Ip> exposed) {}

    /**
     * What becomes of a network's route.
     *
     * @param refusal why it is not applied, null if it is
     * @param system what to apply; null also where an address implies the route
     */
    public record RouteDecision(
            NetworkStatus.Route route,
            @Nullable Refusal refusal,
            @Nullable Route system) {}

    /**
     * Decides about each route of a network: on-link ones before those through a gateway, one for each target (the first
     * usable gateway named wins). A default route goes into a table of its own, where the host's own default stays as it
     * is for whatever is not led there.
     */
    public static List<RouteDecision> routes(
            NetworkStatus network, NetworkSettings settings, Surroundings surroundings) {
        List<RouteDecision> decisions = new ArrayList<>();
        Set<Prefix> taken = new HashSet<>();
        for (NetworkStatus.Route route : onLinkFirst(network.routes())) {
            Prefix target = route.target().network();
            Ip source = source(target, surroundings.onInterface());
            Refusal refusal = refusal(route, network, settings, surroundings, source);
            if (refusal == null && taken.contains(target)) {
                refusal = Refusal.SAME_TARGET;
            }
            if (refusal != null || implied(target, surroundings.applied())) {
                decisions.add(new RouteDecision(route, refusal, null));
                continue;
            }
            taken.add(target);
            Ip via = route.via().orElse(null);
            decisions.add(new RouteDecision(
                    route,
                    null,
                    new Route(
                            target,
                            via,
                            source,
                            via == null ? 0 : GATEWAY_METRIC,
                            target.defaultRoute() ? surroundings.tunnelTable() : Route.MAIN_TABLE)));
        }
        return decisions;
    }

    private static List<NetworkStatus.Route> onLinkFirst(List<NetworkStatus.Route> routes) {
        return routes.stream()
                .sorted(Comparator.comparing(route -> route.via().isPresent()))
                .toList();
    }

    private static @Nullable Refusal refusal(
            NetworkStatus.Route route,
            NetworkStatus network,
            NetworkSettings settings,
            Surroundings surroundings,
            @Nullable Ip source) {
        Prefix target = route.target();
        Optional<Refusal> bySettings = refusal(target, settings);
        if (bySettings.isPresent()) {
            return bySettings.get();
        }
        if (target.defaultRoute() && refused(network)) {
            return Refusal.EXPELLED;
        }
        Optional<Ip> via = route.via();
        if (via.isPresent()) {
            if (via.get().v6() != target.ip().v6() || via.get().scope() == IpScope.NONE) {
                return Refusal.BAD_GATEWAY;
            }
            if (network.addresses().stream().anyMatch(address -> address.ip().equals(via.get()))) {
                return Refusal.OWN_GATEWAY;
            }
            if (target.defaultRoute() && !surroundings.online()) {
                return Refusal.OFFLINE;
            }
        }
        if (implied(target, surroundings.applied())) {
            return null;
        }
        if (source == null) {
            return Refusal.NO_ADDRESS;
        }
        if (target.defaultRoute()) {
            return surroundings.tunnelTable() == 0
                    ? Refusal.NO_RULES
                    : surroundings.tunneled().contains(target.network()) ? Refusal.OTHER_TUNNEL : null;
        }
        return surroundings.exposed().stream().anyMatch(target::contains) ? Refusal.OWN_TRAFFIC : null;
    }

    /** Whether the controller will have nothing to do with this node; what it gave before is still known. */
    private static boolean refused(NetworkStatus network) {
        return network.state() == NetworkStatus.State.ACCESS_DENIED || network.state() == NetworkStatus.State.NOT_FOUND;
    }

    /** Whether an address on the interface brings the route with it. */
    private static boolean implied(Prefix target, Collection<Prefix> applied) {
        return applied.stream().anyMatch(address -> address.bits() == target.bits() && target.contains(address.ip()));
    }

    /** The address of the target's family that shares the longest prefix with it, null if there is none. */
    private static @Nullable Ip source(Prefix target, Collection<Prefix> onInterface) {
        BinaryOperator<Ip> firstOfTheClosest =
                (best, other) -> commonBits(other, target.ip()) > commonBits(best, target.ip()) ? other : best;
        return onInterface.stream()
                .map(Prefix::ip)
                .filter(ip -> ip.v6() == target.ip().v6() && ip.scope() != IpScope.LINK_LOCAL)
                .sorted()
                .reduce(firstOfTheClosest)
                .orElse(null);
    }

    private static int commonBits(Ip one, Ip other) {
        if (!one.v6()) {
            return Long.numberOfLeadingZeros(one.low() ^ other.low()) - 32;
        }
        int high = Long.numberOfLeadingZeros(one.high() ^ other.high());
        return high < 64 ? high : 64 + Long.numberOfLeadingZeros(one.low() ^ other.low());
    }
}
