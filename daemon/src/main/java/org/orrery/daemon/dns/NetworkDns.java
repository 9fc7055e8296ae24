// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.dns;

import java.util.List;
import java.util.regex.Pattern;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.daemon.home.NetworkSettings;
import org.orrery.daemon.host.HostState;
import org.orrery.daemon.host.Refusal;

/**
 * The name servers of one network as they shall be used on this host.
 *
 * @param device the network's interface
 * @param domain whose names these servers know; letters, digits, hyphens and underscores between dots
 * @param everything whether they are asked for all other names as well: the network carries all traffic
 */
public record NetworkDns(NetworkId network, String device, String domain, List<Ip> servers, boolean everything) {
    private static final int DOMAIN_CHARS_MAX = 253;

    /** What can neither end a line of a file nor be taken for an option of a program. */
    private static final Pattern DOMAIN = Pattern.compile(
            "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*");

    public NetworkDns {
        servers = List.copyOf(servers);
        if (!sound(domain) || servers.isEmpty()) {
            throw new IllegalArgumentException("domain " + domain + ", servers " + servers);
        }
    }

    private static boolean sound(String domain) {
        return domain.length() <= DOMAIN_CHARS_MAX && DOMAIN.matcher(domain).matches();
    }

    /** Either the servers to use, or why there are none. */
    public sealed interface Decision {}

    public record Use(NetworkDns dns) implements Decision {}

    public record No(HostState.Dns state) implements Decision {}

    /** What to do about the name servers of {@code network}. */
    public static Decision decide(NetworkStatus network, NetworkSettings settings, String device, boolean everything) {
        String domain = network.dnsDomain().endsWith(".")
                ? network.dnsDomain().substring(0, network.dnsDomain().length() - 1)
                : network.dnsDomain();
        if (domain.isEmpty() || network.dnsServers().isEmpty()) {
            String lacks = domain.isEmpty() ? "the network names no domain" : "the network names no server";
            return new No(
                    HostState.Dns.off(domain.isEmpty() && network.dnsServers().isEmpty() ? "" : lacks, ""));
        }
        if (!settings.allowDns()) {
            return new No(HostState.Dns.off(Refusal.DNS_OFF.text(), Refusal.DNS_OFF.setting()));
        }
        if (!sound(domain)) {
            return new No(HostState.Dns.refused("", "the network's domain is not a domain name"));
        }
        List<Ip> servers = network.dnsServers().stream()
                .filter(ip -> ip.scope().usableForPaths())
                .distinct()
                .toList();
        return servers.isEmpty()
                ? new No(HostState.Dns.refused("", "none of the network's servers has an address of use"))
                : new Use(new NetworkDns(network.id(), device, domain, servers, everything));
    }
}
