// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.orrery.core.value.Ip;

/** Which of the host's addresses carry the node's own traffic. */
public final class HostNetwork {
    /** Most addresses that are bound at once. Further ones are left out, in the order of the list given. */
    public static final int BINDINGS_MAX = 256;

    private HostNetwork() {}

    /**
     * The addresses to bind, in a stable order and without duplicates.
     */
    public static List<LocalAddress> bindable(Collection<HostInterface> interfaces, AddressChoice choice) {
        Map<Ip, LocalAddress> found = new LinkedHashMap<>();
        for (HostInterface each : interfaces) {
            if (!choice.refusal(each).isEmpty()) {
                continue;
            }
            for (HostInterface.Address address : each.addresses()) {
                Ip ip = address.prefix().ip();
                if (address.usable()
                        && !address.temporary()
                        && ip.scope().usableForPaths()
                        && choice.takes(ip)
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
}
