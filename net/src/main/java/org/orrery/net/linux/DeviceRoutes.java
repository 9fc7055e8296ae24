// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;
import org.orrery.net.Route;
import org.orrery.net.SystemCallException;

/** The routes through one device, in whichever table. */
final class DeviceRoutes {
    private final Netlink netlink;
    private final int index;

    DeviceRoutes(Netlink netlink, int index) {
        this.netlink = netlink;
        this.index = index;
    }

    List<Route> list() throws SystemCallException {
        List<Route> routes = new ArrayList<>(list(Constants.AF_INET));
        try {
            routes.addAll(list(Constants.AF_INET6));
        } catch (SystemCallException failure) {
            // A host without IPv6 has no such table.
            if (failure.errno() != Errno.EAFNOSUPPORT
                    && failure.errno() != Errno.EOPNOTSUPP
                    && failure.errno() != Errno.ENOENT) {
                throw failure;
            }
        }
        return routes;
    }

    private List<Route> list(int family) throws SystemCallException {
        var request = NetlinkMessage.route(Rtnetlink.GET_ROUTE, NetlinkMessage.DUMP, family, 0, 0, 0, 0)
                .with(Rtnetlink.ROUTE_DEVICE, index);
        return netlink.dump("list routes", request, Rtnetlink.ROUTE_BYTES, reply -> read(reply, family));
    }

    private @Nullable Route read(NetlinkReply reply, int family) {
        int table = reply.attribute(Rtnetlink.ROUTE_TABLE, reply.u8(4));
        boolean wanted = reply.type() == Rtnetlink.NEW_ROUTE
                && reply.u8(0) == family
                && table > 0
                && table != Rtnetlink.TABLE_LOCAL
                && reply.u8(7) == Rtnetlink.KIND_UNICAST
                && reply.attribute(Rtnetlink.ROUTE_DEVICE, 0) == index;
        if (!wanted) {
            return null;
        }
        boolean v6 = family == Constants.AF_INET6;
        Ip any = v6 ? Ip.v6(0, 0) : Ip.v4(0);
        Ip target = reply.ip(Rtnetlink.ROUTE_TARGET).orElse(any);
        int bits = reply.u8(1);
        if (target.v6() != v6 || bits > target.width()) {
            return null;
        }
        int metric = reply.attribute(Rtnetlink.ROUTE_METRIC, 0);
        return new Route(
                new Prefix(target, bits),
                reply.ip(Rtnetlink.ROUTE_GATEWAY).orElse(null),
                reply.ip(Rtnetlink.ROUTE_SOURCE).orElse(null),
                // The kernel's default for IPv6 reads back as what was asked for.
                v6 && metric == Rtnetlink.V6_METRIC_DEFAULT || metric < 0 ? 0 : metric,
                table);
    }

    void add(Route route) throws SystemCallException {
        int flags = NetlinkMessage.ACK | NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE;
        boolean onLink = route.via() == null && !route.target().ip().v6();
        var message = message(
                Rtnetlink.NEW_ROUTE,
                flags,
                route,
                Rtnetlink.PROTOCOL_STATIC,
                onLink ? Rtnetlink.SCOPE_LINK : Rtnetlink.SCOPE_GLOBAL,
                Rtnetlink.KIND_UNICAST);
        try {
            netlink.request("add route " + text(route), message);
        } catch (SystemCallException failure) {
            if (!failure.exists() || !present(route)) {
                throw failure;
            }
        }
    }

    private boolean present(Route route) throws SystemCallException {
        return list().stream()
                .anyMatch(other -> other.target().equals(route.target())
                        && other.metric() == route.metric()
                        && other.table() == route.table()
                        && Objects.equals(other.via(), route.via()));
    }

    void remove(Route route) throws SystemCallException {
        // Scope "nowhere" and kind 0 match any.
        var message = message(Rtnetlink.DELETE_ROUTE, NetlinkMessage.ACK, route, 0, Rtnetlink.SCOPE_NOWHERE, 0);
        try {
            netlink.request("remove route " + text(route), message);
        } catch (SystemCallException failure) {
            if (failure.errno() != Errno.ESRCH && failure.errno() != Errno.ENODEV) {
                throw failure;
            }
        }
    }

    private NetlinkMessage message(int type, int flags, Route route, int protocol, int scope, int kind) {
        Ip target = route.target().ip();
        int family = target.v6() ? Constants.AF_INET6 : Constants.AF_INET;
        var message = NetlinkMessage.route(type, flags, family, route.target().bits(), protocol, scope, kind)
                .with(Rtnetlink.ROUTE_TABLE, route.table())
                .with(Rtnetlink.ROUTE_TARGET, target)
                .with(Rtnetlink.ROUTE_DEVICE, index);
        Ip via = route.via();
        if (via != null) {
            message.with(Rtnetlink.ROUTE_GATEWAY, via);
        }
        Ip source = route.source();
        if (source != null) {
            message.with(Rtnetlink.ROUTE_SOURCE, source);
        }
        if (route.metric() != 0) {
            message.with(Rtnetlink.ROUTE_METRIC, route.metric());
        }
        return message;
    }

    private static String text(Route route) {
        return route.target() + (route.via() == null ? "" : " via " + route.via());
    }
}
