// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.Capability;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.credential.OwnershipCertificate;
import org.orrery.core.credential.Tag;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;

/** Puts a {@link NetworkConfig} together; its fields are described there. One thread. */
public final class NetworkConfigBuilder {
    private final NetworkId network;
    private final Address issuedTo;
    private long timestamp;
    private long credentialTimeMaxDeltaMillis;
    private long revision;
    private long flags;
    private NetworkConfig.Type type = NetworkConfig.Type.PRIVATE;
    private String name = "";
    private long multicastLimit;
    private int mtu = NetworkConfig.MTU_DEFAULT;
    private Address traceTarget = Address.NONE;
    private long traceLevel;
    private List<Specialist> specialists = List.of();
    private List<Route> routes = List.of();
    private List<Prefix> staticIps = List.of();
    private RuleTable rules = RuleTable.EMPTY;
    private List<Capability> capabilities = List.of();
    private List<Tag> tags = List.of();
    private List<OwnershipCertificate> ownerships = List.of();
    private @Nullable MembershipCertificate membership;
    private NameServers nameServers = NameServers.NONE;
    private SignOn signOn = SignOn.NONE;

    NetworkConfigBuilder(NetworkId network, Address issuedTo) {
        this.network = network;
        this.issuedTo = issuedTo;
    }

    public NetworkConfigBuilder timestamp(long value) {
        timestamp = value;
        return this;
    }

    public NetworkConfigBuilder credentialTimeMaxDeltaMillis(long value) {
        credentialTimeMaxDeltaMillis = value;
        return this;
    }

    public NetworkConfigBuilder revision(long value) {
        revision = value;
        return this;
    }

    public NetworkConfigBuilder flags(long value) {
        flags = value;
        return this;
    }

    public NetworkConfigBuilder type(NetworkConfig.Type value) {
        type = value;
        return this;
    }

    public NetworkConfigBuilder name(String value) {
        name = value;
        return this;
    }

    public NetworkConfigBuilder multicastLimit(long value) {
        multicastLimit = value;
        return this;
    }

    public NetworkConfigBuilder mtu(int value) {
        mtu = value;
        return this;
    }

    public NetworkConfigBuilder traceTarget(Address value) {
        traceTarget = value;
        return this;
    }

    public NetworkConfigBuilder traceLevel(long value) {
        traceLevel = value;
        return this;
    }

    public NetworkConfigBuilder specialists(List<Specialist> value) {
        specialists = value;
        return this;
    }

    public NetworkConfigBuilder routes(List<Route> value) {
        routes = value;
        return this;
    }

    public NetworkConfigBuilder staticIps(List<Prefix> value) {
        staticIps = value;
        return this;
    }

    public NetworkConfigBuilder rules(RuleTable value) {
        rules = value;
        return this;
    }

    public NetworkConfigBuilder capabilities(List<Capability> value) {
        capabilities = value;
        return this;
    }

    public NetworkConfigBuilder tags(List<Tag> value) {
        tags = value;
        return this;
    }

    public NetworkConfigBuilder ownerships(List<OwnershipCertificate> value) {
        ownerships = value;
        return this;
    }

    public NetworkConfigBuilder membership(@Nullable MembershipCertificate value) {
        membership = value;
        return this;
    }

    public NetworkConfigBuilder nameServers(NameServers value) {
        nameServers = value;
        return this;
    }

    public NetworkConfigBuilder signOn(SignOn value) {
        signOn = value;
        return this;
    }

    public NetworkConfig build() {
        return new NetworkConfig(
                network,
                issuedTo,
                timestamp,
                credentialTimeMaxDeltaMillis,
                revision,
                flags,
                type,
                name,
                multicastLimit,
                mtu,
                traceTarget,
                traceLevel,
                specialists,
                routes,
                staticIps,
                rules,
                capabilities,
                tags,
                ownerships,
                membership,
                nameServers,
                signOn);
    }
}
