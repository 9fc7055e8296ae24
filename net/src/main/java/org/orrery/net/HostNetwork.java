// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;

/** Which of the host's addresses carry the node's own traffic. */
public final class HostNetwork {
    /** Most addresses that are bound at once. Further ones are left out, in the order of the list given. */
    public static final int BINDINGS_MAX = 256;

    /** Interfaces that are never bound: loopback and virtual ones, this system's own included. */
    private static final List<String> SKIPPED_PREFIXES = List.of("lo", "zt", "tun", "tap");

    private HostNetwork() {}

    /**
     * The addresses to bind, in a stable order and without duplicates.
     *
     * @param skippedNames name prefixes of interfaces that the user does not want
     * @param skippedPrefixes address ranges that the user does not want
     * @param ownDevices names of the node's own virtual devices
     */
    public static List<LocalAddress> bindable(
            Collection<HostInterface> interfaces,
            Collection<String> skippedNames,
            Collection<Prefix> skippedPrefixes,
            Collection<String> ownDevices) {
        Map<Ip, LocalAddress> found = new LinkedHashMap<>();
        for (HostInterface each : interfaces) {
            if (!each.up() || each.loopback() || ownDevices.contains(each.name())) {
                continue;
            }
            if (startsWithAny(each.name(), SKIPPED_PREFIXES) || startsWithAny(each.name(), skippedNames)) {
                continue;
            }
            for (HostInterface.Address address : each.addresses()) {
                Ip ip = address.prefix().ip();
                if (address.usable()
                        && !address.temporary()
                        && ip.scope().usableForPaths()
                        && skippedPrefixes.stream().noneMatch(skipped -> skipped.contains(ip))
                        && found.size() < BINDINGS_MAX) {
                    found.putIfAbsent(ip, new LocalAddress(ip, each.name(), each.index()));
                }
            }
        }
        return List.copyOf(found.values());
    }

    /** An address that the user names, with the interface that has it; with none if no interface has. */
    public static LocalAddress named(Ip ip, Collection<HostInterface> interfaces) {
        return interfaces.stream()
                .filter(each -> each.addresses().stream()
                        .anyMatch(address -> address.prefix().ip().equals(ip)))
                .findFirst()
                .map(each -> new LocalAddress(ip, each.name(), each.index()))
                .orElse(new LocalAddress(ip, "", 0));
    }

    private static boolean startsWithAny(String name, Collection<String> prefixes) {
        return prefixes.stream().anyMatch(prefix -> !prefix.isEmpty() && name.startsWith(prefix));
    }
}
