// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.CredentialType;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.credential.Revocation;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.netconf.ConfigChunk;
import org.orrery.core.netconf.ConfigChunker;
import org.orrery.core.netconf.ConfigForm;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.netconf.RequestMetadata;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.vl2.ConfigRequests;
import org.orrery.core.wire.Dictionary;

/** A controller for scenarios: networks with real certificates, addresses in order of first request. */
final class FixtureController implements ConfigRequests {
    static final long MAX_DELTA_MILLIS = 1_800_000;

    private final SecretIdentity identity;
    private final Map<NetworkId, Hosted> networks = new LinkedHashMap<>();
    private @Nullable SimHost host;
    private long nextUpdate = 1;
    int requests;

    private static final class Hosted {
        final boolean open;
        final Map<Address, Joiner> members = new LinkedHashMap<>();
        long revision = 1;

        Hosted(boolean open) {
            this.open = open;
        }
    }

    private static final class Joiner {
        final int number;
        boolean authorized;

        @Nullable
        Identity identity;

        Joiner(int number, boolean authorized) {
            this.number = number;
            this.authorized = authorized;
        }
    }

    FixtureController(SecretIdentity identity) {
        this.identity = identity;
    }

    void runsOn(SimHost at) {
        host = at;
    }

    /** @param open whether everybody who asks is authorized; certificates are issued all the same */
    NetworkId network(int number, boolean open) {
        var id = new NetworkId(identity.identity().address().bits() << 24 | number);
        networks.put(id, new Hosted(open));
        return id;
    }

    void authorize(NetworkId id, SimHost member) {
        Hosted hosted = Objects.requireNonNull(networks.get(id));
        joiner(hosted, member.address()).authorized = true;
        hosted.revision++;
    }

    void deauthorize(NetworkId id, SimHost member) {
        Hosted hosted = Objects.requireNonNull(networks.get(id));
        joiner(hosted, member.address()).authorized = false;
        hosted.revision++;
        SimHost at = Objects.requireNonNull(host);
        at.control((node, now) -> {
            Revocation revocation = Revocation.issue(
                    (int) nextUpdate++,
                    id,
                    CredentialType.MEMBERSHIP,
                    0,
                    now,
                    Revocation.FLAG_FAST_PROPAGATE,
                    member.address(),
                    identity);
            hosted.members.forEach((address, joiner) -> {
                if (joiner.identity != null) {
                    node.sendRevocations(address, List.of(revocation), now);
                }
            });
        });
    }

    private static Joiner joiner(Hosted hosted, Address address) {
        return hosted.members.computeIfAbsent(address, each -> new Joiner(hosted.members.size() + 1, hosted.open));
    }

    @Override
    public boolean request(
            Identity requester,
            NetworkId network,
            Dictionary metadata,
            long packetId,
            @Nullable Endpoint origin,
            long nowMillis) {
        requests++;
        SimHost at = Objects.requireNonNull(host);
        Hosted hosted = networks.get(network);
        if (hosted == null) {
            at.controlLater((node, now) ->
                    node.sendRefusal(requester.address(), network, packetId, ErrorCode.OBJECT_NOT_FOUND, now));
            return true;
        }
        Joiner joiner = joiner(hosted, requester.address());
        joiner.identity = requester;
        if (!joiner.authorized) {
            at.controlLater((node, now) ->
                    node.sendRefusal(requester.address(), network, packetId, ErrorCode.NETWORK_ACCESS_DENIED, now));
            return true;
        }
        int protocol = RequestMetadata.read(metadata).protocol();
        at.controlLater((node, now) -> {
            byte[] dictionary = Objects.requireNonNull(
                    config(network, hosted, joiner, requester, now).write(ConfigForm.of(protocol)));
            List<ConfigChunk> chunks = ConfigChunker.split(
                    network, dictionary, nextUpdate++, ConfigChunker.chunkBytes(protocol), identity);
            node.sendConfig(requester.address(), network, packetId, chunks, now);
        });
        return true;
    }

    private NetworkConfig config(NetworkId network, Hosted hosted, Joiner joiner, Identity member, long now) {
        List<Prefix> addresses = new ArrayList<>();
        addresses.add(new Prefix(Ip.v4(10, 147, joiner.number >> 8, joiner.number & 0xff), 16));
        addresses.add(new Prefix(Ip.v6(0xfd00_0000_0000_0001L, joiner.number), 64));
        return NetworkConfig.builder(network, member.address())
                .timestamp(now)
                .credentialTimeMaxDeltaMillis(MAX_DELTA_MILLIS)
                .revision(hosted.revision)
                .flags(NetworkConfig.FLAG_BROADCAST)
                .type(NetworkConfig.Type.PRIVATE)
                .name("sim")
                .multicastLimit(32)
                .staticIps(addresses)
                .rules(RuleTable.ACCEPT_ALL)
                .membership(MembershipCertificate.issue(network, now, MAX_DELTA_MILLIS, member, identity))
                .build();
    }
}
