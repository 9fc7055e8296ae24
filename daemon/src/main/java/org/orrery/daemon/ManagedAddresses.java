// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.value.Ip;
import org.orrery.core.value.IpScope;
import org.orrery.core.value.Prefix;
import org.orrery.daemon.home.NetworkSettings;
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
     * Whether settings let an address, or the target of a route, be applied. With a list of networks, one of them has to
     * contain it. A default route has its own switch; everything else goes by scope.
     */
    public static boolean allowed(Prefix target, NetworkSettings settings) {
        if (!settings.allowManaged()) {
            return false;
        }
        if (!settings.only().isEmpty()
                && settings.only().stream()
                        .noneMatch(network -> network.bits() <= target.bits() && network.contains(target.ip()))) {
            return false;
        }
        if (target.defaultRoute()) {
            return settings.allowDefault();
        }
        return switch (target.ip().scope()) {
            case NONE, MULTICAST, LOOPBACK, LINK_LOCAL -> false;
            case GLOBAL -> settings.allowGlobal();
            case PRIVATE, PSEUDO_PRIVATE, SHARED -> true;
        };
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
     * The system routes that the interface should have: on-link ones before those through a gateway, one for each
     * target (the first gateway named wins), a default route as its two halves, so that the host's own default stays
     * beside it.
     *
     * @param applied the managed addresses that are on the interface
     * @param onInterface all its addresses, also those added by hand; a route of a family without one is left out
     * @param online whether the node has a root: without, a default route through a gateway would only cut the host off
     */
    public static List<Route> routes(
            NetworkStatus network,
            NetworkSettings settings,
            Collection<Prefix> applied,
            Collection<Prefix> onInterface,
            boolean online) {
        Map<Prefix, NetworkStatus.Route> byTarget = new LinkedHashMap<>();
        for (NetworkStatus.Route route : onLinkFirst(network.routes())) {
            if (usable(route, network, settings, applied, online)) {
                byTarget.putIfAbsent(route.target().network(), route);
            }
        }
        List<Route> routes = new ArrayList<>();
        byTarget.forEach((target, route) -> {
            Ip source = source(target, onInterface);
            if (source == null) {
                return;
            }
            Ip via = route.via().orElse(null);
            for (Prefix part : parts(target)) {
                routes.add(new Route(part, via, source, via == null ? 0 : GATEWAY_METRIC));
            }
        });
        return routes;
    }

    private static List<NetworkStatus.Route> onLinkFirst(List<NetworkStatus.Route> routes) {
        return routes.stream()
                .sorted(Comparator.comparing(route -> route.via().isPresent()))
                .toList();
    }

    private static boolean usable(
            NetworkStatus.Route route,
            NetworkStatus network,
            NetworkSettings settings,
            Collection<Prefix> applied,
            boolean online) {
        Prefix target = route.target();
        Optional<Ip> via = route.via();
        if (!allowed(target, settings)) {
            return false;
        }
        if (via.isPresent()) {
            boolean sameFamily = via.get().v6() == target.ip().v6();
            boolean thisNodeIsTheGateway = network.addresses().stream()
                    .anyMatch(address -> address.ip().equals(via.get()));
            if (!sameFamily || thisNodeIsTheGateway || via.get().scope() == IpScope.NONE) {
                return false;
            }
            if (target.defaultRoute() && !online) {
                return false;
            }
        }
        boolean impliedByAddress =
                applied.stream().anyMatch(address -> address.bits() == target.bits() && target.contains(address.ip()));
        return !impliedByAddress;
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

    private static List<Prefix> parts(Prefix target) {
        if (!target.defaultRoute()) {
            return List.of(target);
        }
        Ip upperHalf = target.ip().v6() ? Ip.v6(1L << 63, 0) : Ip.v4(128, 0, 0, 0);
        return List.of(new Prefix(target.ip(), 1), new Prefix(upperHalf, 1));
    }
}
