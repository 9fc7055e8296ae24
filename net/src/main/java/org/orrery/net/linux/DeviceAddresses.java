// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;
import org.orrery.net.SystemCallException;

/** The addresses of one device. */
final class DeviceAddresses {
    private final Netlink netlink;
    private final Interfaces interfaces;
    private final String name;
    private final int index;

    DeviceAddresses(Netlink netlink, String name, int index) {
        this.netlink = netlink;
        this.interfaces = new Interfaces(netlink);
        this.name = name;
        this.index = index;
    }

    List<Prefix> list() throws SystemCallException {
        return interfaces.addresses(index).stream().sorted().toList();
    }

    /** Adds {@code address}; the same IP with another length is removed first. */
    void add(Prefix address) throws SystemCallException {
        for (Prefix present : list()) {
            if (present.ip().equals(address.ip())) {
                if (present.bits() == address.bits()) {
                    return;
                }
                remove(present);
            }
        }
        try {
            netlink.request("add address " + address, addition(address));
        } catch (SystemCallException failure) {
            if (!failure.exists()) {
                throw failure;
            }
        }
    }

    private NetlinkMessage addition(Prefix address) {
        Ip ip = address.ip();
        // The controller gives each address once, so IPv6 need not ask the network before it may be used.
        NetlinkMessage message = NetlinkMessage.address(
                        Rtnetlink.NEW_ADDRESS,
                        NetlinkMessage.ACK | NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE,
                        ip.v6() ? Constants.AF_INET6 : Constants.AF_INET,
                        address.bits(),
                        ip.v6() ? Rtnetlink.FLAG_NO_DUPLICATE_DETECTION : 0,
                        Rtnetlink.SCOPE_GLOBAL,
                        index)
                .with(Rtnetlink.ADDRESS_LOCAL, ip)
                .with(Rtnetlink.ADDRESS_ADDRESS, ip);
        if (!ip.v6()) {
            if (address.bits() < 31) { // longer ones have no room for a broadcast address
                message.with(Rtnetlink.ADDRESS_BROADCAST, broadcast(address));
            }
            message.with(Rtnetlink.ADDRESS_LABEL, (name + '\0').getBytes(StandardCharsets.UTF_8));
        }
        return message;
    }

    private static Ip broadcast(Prefix address) {
        return Ip.v4((int) (address.ip().low() | 0xffff_ffffL >>> address.bits()));
    }

    /**
     * Removes {@code address}. With the first IPv4 address of a subnet the kernel may remove the others of that subnet;
     * those are put back.
     */
    void remove(Prefix address) throws SystemCallException {
        List<Prefix> before = list();
        if (!before.contains(address)) {
            return;
        }
        Ip ip = address.ip();
        var request = NetlinkMessage.address(
                        Rtnetlink.DELETE_ADDRESS,
                        NetlinkMessage.ACK,
                        ip.v6() ? Constants.AF_INET6 : Constants.AF_INET,
                        address.bits(),
                        0,
                        Rtnetlink.SCOPE_GLOBAL,
                        index)
                .with(Rtnetlink.ADDRESS_LOCAL, ip)
                .with(Rtnetlink.ADDRESS_ADDRESS, ip);
        netlink.request("remove address " + address, request);
        if (ip.v6()) {
            return;
        }
        List<Prefix> after = list();
        for (Prefix other : before) {
            if (!other.equals(address) && !other.ip().v6() && !after.contains(other)) {
                netlink.request("put back address " + other, addition(other));
            }
        }
    }
}
