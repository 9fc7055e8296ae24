// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.RuleType;
import org.orrery.core.value.Address;
import org.orrery.core.value.DerivedAddresses;
import org.orrery.core.value.Hex;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;

/**
 * Networks without a controller: the configuration follows from the ID. {@code ffSSSSEEEE000000} lets ports SSSS to EEEE
 * through, over IPv6; {@code ffAAhhhhhhhhhh01} (since protocol 12) is an open IPv4 network in AA.0.0.0/8.
 */
public final class AdHocNetworks {
    private static final long CREDENTIAL_TIME_MAX_DELTA_MILLIS = 7_200_000;
    private static final long MULTICAST_LIMIT_IPV4 = 1024;
    private static final int IPV6 = 0x86dd;
    private static final int ICMPV6 = 0x3a;
    private static final int UDP = 0x11;
    private static final int TCP = 0x06;
    private static final long TCP_SYN = 0x2;
    private static final long TCP_ACK = 0x10;

    private AdHocNetworks() {}

    /**
     * The configuration of {@code network} at {@code self}; null if the ID describes none (its port range is empty, or it
     * has neither form), which is the same as not being found.
     *
     * @param nowMillis wall time, becomes the timestamp
     */
    public static @Nullable NetworkConfig config(NetworkId network, Address self, long nowMillis) {
        if (!network.adHoc()) {
            return null;
        }
        NetworkConfigBuilder config = NetworkConfig.builder(network, self)
                .timestamp(nowMillis)
                .credentialTimeMaxDeltaMillis(CREDENTIAL_TIME_MAX_DELTA_MILLIS)
                .revision(1)
                .type(NetworkConfig.Type.PUBLIC)
                .flags(NetworkConfig.FLAG_NDP_EMULATION);
        if ((network.bits() & 0xff_ffff) == 0) {
            return portRange(config, network, self);
        }
        return (network.bits() & 0xff) == 0x01 ? openIpv4(config, network, self) : null;
    }

    private static @Nullable NetworkConfig portRange(NetworkConfigBuilder config, NetworkId network, Address self) {
        int first = (int) (network.bits() >>> 40) & 0xffff;
        int last = (int) (network.bits() >>> 24) & 0xffff;
        if (last < first) {
            return null;
        }
        return config.multicastLimit(0)
                .staticIps(List.of(DerivedAddresses.sixPlane(network.bits(), self.bits())))
                .name("adhoc-" + Hex.of(first, 4) + "-" + Hex.of(last, 4))
                .rules(RuleTable.of(
                        Rule.of(RuleType.ETHERTYPE, IPV6).negated(),
                        Rule.of(RuleType.DROP),
                        Rule.of(RuleType.IP_PROTOCOL, ICMPV6),
                        Rule.of(RuleType.ACCEPT),
                        Rule.of(RuleType.IP_PROTOCOL, UDP),
                        Rule.of(RuleType.IP_PROTOCOL, TCP).alternative(),
                        Rule.of(RuleType.DESTINATION_PORT_RANGE, first, last),
                        Rule.of(RuleType.ACCEPT),
                        // Replies: whatever is no SYN, and SYN together with ACK.
                        Rule.of(RuleType.CHARACTERISTICS, TCP_SYN).negated(),
                        Rule.of(RuleType.ACCEPT),
                        Rule.of(RuleType.CHARACTERISTICS, TCP_SYN),
                        Rule.of(RuleType.CHARACTERISTICS, TCP_ACK),
                        Rule.of(RuleType.ACCEPT),
                        Rule.of(RuleType.DROP)))
                .build();
    }

    private static NetworkConfig openIpv4(NetworkConfigBuilder config, NetworkId network, Address self) {
        int octet = (int) (network.bits() >>> 48) & 0xff;
        var hub = new Address(network.bits() >>> 8 & 0xff_ffff_ffffL);
        Ip ip = Ip.v4(octet << 24 | (int) (self.bits() & 0xff_ffff));
        return config.multicastLimit(MULTICAST_LIMIT_IPV4)
                // Without a role bit the hub is no more than a note; every other member sees it the same way.
                .specialists(hub.bits() == 0 ? List.of() : List.of(Specialist.of(hub, 0)))
                .staticIps(List.of(DerivedAddresses.sixPlane(network.bits(), self.bits()), new Prefix(ip, 8)))
                .name("adhoc-" + octet + ".0.0.0")
                .rules(RuleTable.ACCEPT_ALL)
                .build();
    }
}
