// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.Prefix;
import org.orrery.net.HostInterface;
import org.orrery.net.SystemCallException;

/** The host's interfaces and their addresses, as the kernel lists them. */
final class Interfaces {
    private final Netlink netlink;

    Interfaces(Netlink netlink) {
        this.netlink = netlink;
    }

    /** An address and the interface it is on. */
    private record Placed(int index, HostInterface.Address address) {}

    /** All interfaces in the order of their numbers, each with its addresses in the kernel's order. */
    List<HostInterface> list() throws SystemCallException {
        Map<Integer, List<HostInterface.Address>> addresses = new LinkedHashMap<>();
        for (Placed placed : placed(0)) {
            addresses
                    .computeIfAbsent(placed.index, ignored -> new ArrayList<>())
                    .add(placed.address);
        }
        List<HostInterface> interfaces = new ArrayList<>();
        for (HostInterface bare : links()) {
            interfaces.add(new HostInterface(
                    bare.index(),
                    bare.name(),
                    bare.mac(),
                    bare.mtu(),
                    bare.up(),
                    bare.running(),
                    bare.loopback(),
                    addresses.getOrDefault(bare.index(), List.of())));
        }
        return interfaces;
    }

    /** The interface of that name, without its addresses. */
    Optional<HostInterface> named(String name) throws SystemCallException {
        return links().stream().filter(link -> link.name().equals(name)).findFirst();
    }

    /** The addresses of one interface. */
    List<Prefix> addresses(int index) throws SystemCallException {
        return placed(index).stream().map(placed -> placed.address.prefix()).toList();
    }

    private List<HostInterface> links() throws SystemCallException {
        var request = NetlinkMessage.link(Rtnetlink.GET_LINK, NetlinkMessage.DUMP, 0, 0, 0);
        return netlink.dump("list interfaces", request, Rtnetlink.LINK_BYTES, Interfaces::link);
    }

    private static @Nullable HostInterface link(NetlinkReply reply) {
        if (reply.type() != Rtnetlink.NEW_LINK) {
            return null;
        }
        int flags = reply.u32(8);
        byte[] hardware = reply.find(Rtnetlink.LINK_ADDRESS);
        return new HostInterface(
                reply.u32(4),
                reply.text(Rtnetlink.LINK_NAME),
                hardware == null || hardware.length != Mac.BYTES ? Mac.NONE : mac(hardware),
                reply.attribute(Rtnetlink.LINK_MTU, 0),
                (flags & Rtnetlink.INTERFACE_UP) != 0,
                (flags & Rtnetlink.INTERFACE_RUNNING) != 0,
                (flags & Rtnetlink.INTERFACE_LOOPBACK) != 0,
                List.of());
    }

    private static Mac mac(byte[] bytes) {
        long bits = 0;
        for (byte each : bytes) {
            bits = bits << 8 | (each & 0xff);
        }
        return new Mac(bits);
    }

    /** The addresses on interface {@code index}, on all for 0. */
    private List<Placed> placed(int index) throws SystemCallException {
        var request =
                NetlinkMessage.address(Rtnetlink.GET_ADDRESS, NetlinkMessage.DUMP, Constants.AF_UNSPEC, 0, 0, 0, index);
        List<Placed> all = netlink.dump("list addresses", request, Rtnetlink.ADDRESS_BYTES, Interfaces::address);
        return index == 0
                ? all
                : all.stream().filter(placed -> placed.index == index).toList();
    }

    private static @Nullable Placed address(NetlinkReply reply) {
        int family = reply.u8(0);
        if (reply.type() != Rtnetlink.NEW_ADDRESS || (family != Constants.AF_INET && family != Constants.AF_INET6)) {
            return null;
        }
        // With a peer (point to point), the local one is the host's own.
        Optional<Ip> ip = reply.ip(Rtnetlink.ADDRESS_LOCAL).or(() -> reply.ip(Rtnetlink.ADDRESS_ADDRESS));
        if (ip.isEmpty() || reply.u8(1) > ip.get().width()) {
            return null;
        }
        int flags = reply.attribute(Rtnetlink.ADDRESS_FLAGS, reply.u8(2));
        boolean v6 = family == Constants.AF_INET6;
        boolean tentative = (flags & Rtnetlink.FLAG_TENTATIVE) != 0 && (flags & Rtnetlink.FLAG_OPTIMISTIC) == 0;
        boolean usable = !v6 || (!tentative && (flags & Rtnetlink.FLAG_DUPLICATE) == 0);
        return new Placed(
                reply.u32(4),
                new HostInterface.Address(
                        new Prefix(ip.get(), reply.u8(1)), v6 && (flags & Rtnetlink.FLAG_TEMPORARY) != 0, usable));
    }
}
