// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.util.ArrayList;
import java.util.List;
import org.orrery.core.credential.Capability;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.credential.OwnershipCertificate;
import org.orrery.core.credential.Tag;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.netconf.RequestMetadata;
import org.orrery.core.netconf.Specialist;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;

/** Makes a member's configuration, signing its credentials; all of them carry the time of the configuration. */
final class ConfigMaker {
    /** One custody entry, from the controller to the member: not transferable. */
    private static final int CAPABILITY_CHAIN_MAX = 1;

    /** All addresses of a member are in one certificate. */
    private static final int OWNERSHIP_ID = 1;

    private final SecretIdentity controller;

    ConfigMaker(SecretIdentity controller) {
        this.controller = controller;
    }

    /**
     * The certificate of membership always has the form of protocol 12: a member that got it does not agree with one
     * that got the older form, while older members take both.
     */
    NetworkConfig make(
            long nowMillis,
            HostedNetwork network,
            MemberRecord member,
            Identity identity,
            RequestMetadata metadata,
            IpAssigner.Assignment ips) {
        NetworkId id = network.id();
        NetworkRecord record = network.record();
        Address address = identity.address();
        boolean hasRulesEngine = metadata.rulesEngine() > 0;
        List<Prefix> addresses = first(ips.addresses(), NetworkConfig.STATIC_IPS_MAX);
        long window = record.certificateWindowMillis();
        boolean memberTraced = !member.traceTarget().equals(Address.NONE);
        return NetworkConfig.builder(id, address)
                .timestamp(nowMillis)
                .credentialTimeMaxDeltaMillis(window)
                .revision(record.revision())
                .flags(flags(record, ips))
                .type(record.isPrivate() ? NetworkConfig.Type.PRIVATE : NetworkConfig.Type.PUBLIC)
                .name(record.name())
                .multicastLimit(record.multicastLimit())
                .mtu(record.mtu())
                .traceTarget(memberTraced ? member.traceTarget() : record.traceTarget())
                .traceLevel(memberTraced ? member.traceLevel() : record.traceLevel())
                .specialists(specialists(network))
                .routes(first(record.routes(), NetworkConfig.ROUTES_MAX))
                .staticIps(addresses)
                .rules(hasRulesEngine ? record.rules() : RuleTable.ACCEPT_ALL)
                .capabilities(hasRulesEngine ? capabilities(nowMillis, id, record, member, address) : List.of())
                .tags(hasRulesEngine ? tags(nowMillis, id, member, address) : List.of())
                .ownerships(ownerships(nowMillis, id, addresses, address))
                .membership(MembershipCertificate.issue(id, nowMillis, window, identity, controller))
                .nameServers(record.nameServers())
                .build();
    }

    private static long flags(NetworkRecord record, IpAssigner.Assignment ips) {
        return (record.broadcast() ? NetworkConfig.FLAG_BROADCAST : 0)
                | (record.passiveBridging() ? NetworkConfig.FLAG_PASSIVE_BRIDGING : 0)
                | (ips.derived() ? NetworkConfig.FLAG_NDP_EMULATION : 0);
    }

    private static List<Specialist> specialists(HostedNetwork network) {
        return network.activeBridges().stream()
                .limit(NetworkConfig.SPECIALISTS_MAX)
                .map(bridge -> Specialist.of(bridge, Specialist.ACTIVE_BRIDGE))
                .toList();
    }

    private List<Capability> capabilities(
            long nowMillis, NetworkId id, NetworkRecord record, MemberRecord member, Address address) {
        var issued = new ArrayList<Capability>();
        for (int capability : member.capabilities()) {
            RuleTable rules = record.capabilities().get(capability);
            if (rules != null && issued.size() < NetworkConfig.CAPABILITIES_MAX) {
                issued.add(
                        Capability.issue(id, nowMillis, capability, rules, CAPABILITY_CHAIN_MAX, address, controller));
            }
        }
        return issued;
    }

    private List<Tag> tags(long nowMillis, NetworkId id, MemberRecord member, Address address) {
        var issued = new ArrayList<Tag>();
        member.tags().forEach((tag, value) -> {
            if (issued.size() < NetworkConfig.TAGS_MAX) {
                issued.add(Tag.issue(id, nowMillis, tag, value, address, controller));
            }
        });
        return issued;
    }

    private List<OwnershipCertificate> ownerships(
            long nowMillis, NetworkId id, List<Prefix> addresses, Address member) {
        if (addresses.isEmpty()) {
            return List.of();
        }
        List<OwnershipCertificate.Thing> things = addresses.stream()
                .map(prefix -> OwnershipCertificate.Thing.of(prefix.ip()))
                .toList();
        return List.of(OwnershipCertificate.issue(id, nowMillis, OWNERSHIP_ID, things, member, controller));
    }

    private static <T> List<T> first(List<T> list, int maximum) {
        return list.size() <= maximum ? list : list.subList(0, maximum);
    }
}
