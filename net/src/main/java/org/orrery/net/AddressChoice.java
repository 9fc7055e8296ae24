// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import java.util.Collection;
import java.util.List;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;

/**
 * Which of the host's interfaces and addresses the user wants to carry the node's own traffic. What is skipped is skipped
 * even where it is allowed.
 *
 * @param allowedNames beginnings of interfaces' names, which then also lift the usual exceptions; empty for all but those
 * @param skippedNames beginnings of interfaces' names
 * @param allowedNetworks where addresses must lie; empty for anywhere
 * @param skippedNetworks where they must not lie
 * @param ownDevices names of the node's own virtual devices
 */
public record AddressChoice(
        List<String> allowedNames,
        List<String> skippedNames,
        List<Prefix> allowedNetworks,
        List<Prefix> skippedNetworks,
        List<String> ownDevices) {
    /** Interfaces that carry nothing unless named: loopback and virtual ones, this system's own included. */
    private static final List<String> USUALLY_SKIPPED = List.of("lo", "zt", "tun", "tap");

    public AddressChoice {
        allowedNames = List.copyOf(allowedNames);
        skippedNames = List.copyOf(skippedNames);
        allowedNetworks = List.copyOf(allowedNetworks);
        skippedNetworks = List.copyOf(skippedNetworks);
        ownDevices = List.copyOf(ownDevices);
    }

    /** Whether nothing of {@code device} is to be used, and why; empty if something may be. */
    public String refusal(HostInterface device) {
        String name = device.name();
        if (!device.up()) {
            return "down";
        }
        if (device.loopback()) {
            return "loopback";
        }
        if (ownDevices.contains(name)) {
            return "a network of this node";
        }
        if (startsWithAny(name, skippedNames)) {
            return "settings.interfacePrefixBlacklist";
        }
        if (!allowedNames.isEmpty()) {
            return startsWithAny(name, allowedNames) ? "" : "not in settings.interfacePrefixAllowlist";
        }
        return startsWithAny(name, USUALLY_SKIPPED)
                ? "a virtual interface; settings.interfacePrefixAllowlist lets it in"
                : "";
    }

    boolean takes(Ip ip) {
        return skippedNetworks.stream().noneMatch(network -> network.contains(ip))
                && (allowedNetworks.isEmpty() || allowedNetworks.stream().anyMatch(network -> network.contains(ip)));
    }

    private static boolean startsWithAny(String name, Collection<String> prefixes) {
        return prefixes.stream().anyMatch(prefix -> !prefix.isEmpty() && name.startsWith(prefix));
    }
}
