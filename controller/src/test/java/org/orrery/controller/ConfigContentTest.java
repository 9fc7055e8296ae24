// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.controller.Lab.memberPath;
import static org.orrery.controller.Lab.networkPath;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.orrery.core.credential.Capability;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.credential.OwnershipCertificate;
import org.orrery.core.credential.Tag;
import org.orrery.core.credential.Verification;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.netconf.RequestMetadata;
import org.orrery.core.netconf.Route;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.RuleType;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;

class ConfigContentTest {
    private final Lab lab = new Lab();
    private final NetworkId network = lab.networkId(0xa1);
    private final SecretIdentity ada = TestIdentities.secret(1);
    private final SecretIdentity bob = TestIdentities.secret(2);

    @BeforeEach
    void open() {
        lab.post(networkPath(network), "{}");
        lab.post(memberPath(network, ada), "{'authorized':true}");
        lab.post(memberPath(network, bob), "{'authorized':true}");
    }

    private @Nullable Identity signer(Address address) {
        return address.equals(lab.controller.address()) ? lab.identity.identity() : null;
    }

    @Test
    void newNetworksAcceptEverythingAndBroadcast() {
        NetworkConfig config = lab.configure(ada, network);
        assertThat(config.network()).isEqualTo(network);
        assertThat(config.timestamp()).isEqualTo(lab.now);
        assertThat(config.credentialTimeMaxDeltaMillis()).isEqualTo(1_800_000);
        assertThat(config.revision()).isEqualTo(1);
        assertThat(config.publicNetwork()).isFalse();
        assertThat(config.broadcast()).isTrue();
        assertThat(config.ndpEmulation()).isFalse();
        assertThat(config.multicastLimit()).isEqualTo(32);
        assertThat(config.mtu()).isEqualTo(2800);
        assertThat(config.rules()).isEqualTo(RuleTable.ACCEPT_ALL);
        assertThat(config.capabilities()).isEmpty();
        assertThat(config.tags()).isEmpty();
        assertThat(config.staticIps()).isEmpty();
        assertThat(config.ownerships()).isEmpty();
        assertThat(config.traceTarget()).isEqualTo(Address.NONE);
    }

    @Test
    void carriesTheSettingsOfTheNetwork() {
        lab.post(
                networkPath(network),
                "{'name':'" + "ä".repeat(100) + "','enableBroadcast':false,'allowPassiveBridging':true,"
                        + "'multicastLimit':7,'mtu':1400,'dns':{'domain':'home.arpa','servers':"
                        + "['10.1.0.1','fd00::1','x','10.1.0.2','10.1.0.3','10.1.0.4']},"
                        + "'routes':[{'target':'10.1.0.0/16'},{'target':'0.0.0.0/0','via':'10.1.0.1'}],"
                        + "'remoteTraceTarget':'4f6dfb1558','remoteTraceLevel':3,"
                        + "'rules':[{'type':'MATCH_ETHERTYPE','etherType':2048,'not':true},{'type':'ACTION_DROP'}]}");
        NetworkConfig config = lab.configure(ada, network);
        assertThat(config.name()).isEqualTo("ä".repeat(63));
        assertThat(config.flags()).isEqualTo(NetworkConfig.FLAG_PASSIVE_BRIDGING);
        assertThat(config.multicastLimit()).isEqualTo(7);
        assertThat(config.mtu()).isEqualTo(1400);
        assertThat(config.nameServers().domain()).isEqualTo("home.arpa");
        assertThat(config.nameServers().servers())
                .extracting(Object::toString)
                .containsExactly("10.1.0.1", "fd00::1", "10.1.0.2", "10.1.0.3");
        assertThat(config.routes()).extracting(Route::toString).hasSize(2);
        assertThat(config.routes().get(1).via()).hasToString("10.1.0.1");
        assertThat(config.traceTarget()).hasToString("4f6dfb1558");
        assertThat(config.traceLevel()).isEqualTo(3);
        assertThat(config.rules().rules().getFirst().type()).isEqualTo(RuleType.ETHERTYPE);
        assertThat(config.rules().rules().getFirst().not()).isTrue();
    }

    @Test
    void membershipsOfAllVersionsAgreeWithEachOther() {
        NetworkConfig ofAda = lab.configure(ada, network);
        NetworkConfig ofBob = lab.configure(bob, network, RequestMetadata.ours(9, 1, 2, 0, ""));
        MembershipCertificate a = requireNonNull(ofAda.membership());
        MembershipCertificate b = requireNonNull(ofBob.membership());
        assertThat(a.qualifiers()).hasSize(7);
        assertThat(b.qualifiers()).hasSize(7);
        assertThat(a.verify(this::signer)).isEqualTo(Verification.Settled.OK);
        assertThat(a.agreesWith(b, bob.identity())).isTrue();
        assertThat(b.agreesWith(a, ada.identity())).isTrue();
        assertThat(a.agreesWith(b, ada.identity())).isFalse();
        assertThat(a.timestamp()).isEqualTo(ofAda.timestamp());
        assertThat(a.qualifiers().getFirst().maxDelta()).isEqualTo(ofAda.credentialTimeMaxDeltaMillis());
    }

    @Test
    void allCredentialsCarryTheTimeOfTheConfigurationAndAreGenuine() {
        lab.post(
                networkPath(network),
                "{'routes':[{'target':'10.1.0.0/16'}],'v6AssignMode':{'6plane':true,'rfc4193':true},"
                        + "'capabilities':[{'id':9,'rules':[{'type':'ACTION_DROP'}]},{'id':4,'rules':[]}],"
                        + "'tags':[{'id':1,'default':2}]}");
        lab.post(
                memberPath(network, ada),
                "{'ipAssignments':['10.1.0.3','192.168.0.1'],'tags':[[5,6]],'capabilities':[9,4,77]}");
        NetworkConfig config = lab.configure(ada, network);
        assertThat(config.ndpEmulation()).isTrue();
        assertThat(config.staticIps()).hasSize(3);
        assertThat(config.staticIps().get(2)).hasToString("10.1.0.3/16");
        OwnershipCertificate ownership = config.ownerships().getFirst();
        assertThat(config.ownerships()).hasSize(1);
        assertThat(ownership.id()).isEqualTo(1);
        assertThat(ownership.timestamp()).isEqualTo(config.timestamp());
        config.staticIps().forEach(ip -> assertThat(ownership.owns(ip.ip())).isTrue());
        assertThat(ownership.verify(this::signer)).isEqualTo(Verification.Settled.OK);
        assertThat(config.capabilities()).extracting(Capability::id).containsExactly(4, 9);
        assertThat(config.tags()).extracting(Tag::id).containsExactly(1, 5);
        config.capabilities().forEach(capability -> {
            assertThat(capability.timestamp()).isEqualTo(config.timestamp());
            assertThat(capability.subject()).isEqualTo(ada.identity().address());
            assertThat(capability.verify(this::signer)).isEqualTo(Verification.Settled.OK);
        });
        config.tags().forEach(tag -> {
            assertThat(tag.timestamp()).isEqualTo(config.timestamp());
            assertThat(tag.verify(this::signer)).isEqualTo(Verification.Settled.OK);
        });
        assertThat(lab.get(memberPath(network, ada)).get("tags")).isEqualTo(Lab.json("[[5,6],[1,2]]"));
    }

    @Test
    void membersWithoutRulesEngineGetASingleAccept() {
        lab.post(
                networkPath(network),
                "{'rules':[{'type':'ACTION_DROP'}],'tags':[{'id':1,'default':2}],'capabilities':[{'id':9}]}");
        lab.post(memberPath(network, ada), "{'capabilities':[9]}");
        RequestMetadata m = Lab.modern();
        var bare = new RequestMetadata(7, 0, m.protocol(), 1, 2, 0, 0, 0, 0, 0, 0, 0, "", "");
        NetworkConfig config = lab.configure(ada, network, bare);
        assertThat(config.rules()).isEqualTo(RuleTable.ACCEPT_ALL);
        assertThat(config.capabilities()).isEmpty();
        assertThat(config.tags()).isEmpty();
    }

    @Test
    void namesAuthorizedActiveBridgesOnly() {
        lab.post(memberPath(network, bob), "{'activeBridge':true}");
        lab.post(networkPath(network) + "/member/0000000001", "{'activeBridge':true}");
        NetworkConfig config = lab.configure(ada, network);
        assertThat(config.specialists())
                .extracting(each -> each.address().toString())
                .containsExactly(bob.identity().address().toString());
        assertThat(config.activeBridge(bob.identity().address())).isTrue();
        lab.post(memberPath(network, bob), "{'authorized':false}");
        assertThat(lab.configure(ada, network).specialists()).isEmpty();
    }

    @Test
    void keepsAnAddressAcrossRequestsAndRestarts() {
        lab.post(
                networkPath(network),
                "{'routes':[{'target':'10.1.0.0/16'}],'v4AssignMode':{'zt':true},"
                        + "'ipAssignmentPools':[{'ipRangeStart':'10.1.0.1','ipRangeEnd':'10.1.9.9'}]}");
        var first = lab.configure(ada, network).staticIps();
        assertThat(first).hasSize(1);
        assertThat(lab.get(memberPath(network, ada)).get("ipAssignments"))
                .isEqualTo(Lab.json("['" + first.getFirst().ip() + "']"));
        assertThat(lab.configure(ada, network).staticIps()).isEqualTo(first);
        lab.restart();
        assertThat(lab.configure(ada, network).staticIps()).isEqualTo(first);
        lab.post(memberPath(network, ada), "{'ipAssignments':[]}");
        assertThat(lab.configure(ada, network).staticIps())
                .as("free again, so chosen again")
                .isEqualTo(first);
    }

    @Test
    void clampsTheWindowOfCertificates() {
        for (var row : List.of(List.of(1L, 300_000L), List.of(600_000L, 600_000L), List.of(99_000_000L, 7_200_000L))) {
            assertThat(new NetworkRecord((tools.jackson.databind.node.ObjectNode)
                                    Lab.json("{'certificateTimeoutWindowSize':" + row.get(0) + "}"))
                            .certificateWindowMillis())
                    .isEqualTo(row.get(1));
        }
    }

    @Test
    void staysWithinWhatMembersTakeForTheLargestNetwork() {
        var capabilities = new StringBuilder("[");
        var ids = new StringBuilder("[");
        for (int i = 0; i < 140; i++) {
            capabilities.append(i == 0 ? "" : ",").append("{'id':").append(i).append(",'rules':[");
            for (int rule = 0; rule < 70; rule++) {
                capabilities
                        .append(rule == 0 ? "" : ",")
                        .append("{'type':'MATCH_IPV6_DEST','ip':'fd00::")
                        .append(rule + 1)
                        .append("/128'}");
            }
            capabilities.append("]}");
            ids.append(i == 0 ? "" : ",").append(i);
        }
        lab.post(networkPath(network), "{'capabilities':" + capabilities + "]}");
        lab.post(memberPath(network, ada), "{'capabilities':" + ids + "]}");
        NetworkConfig config = lab.configure(ada, network);
        assertThat(config.capabilities()).hasSize(128);
        assertThat(config.capabilities().getLast().rules().size()).isEqualTo(64);
    }
}
