// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.controller.Lab.memberPath;
import static org.orrery.controller.Lab.modern;
import static org.orrery.controller.Lab.networkPath;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.controller.store.ControllerStore;
import org.orrery.controller.store.MemoryStore;
import org.orrery.controller.store.StoreChange;
import org.orrery.controller.store.StoreContent;
import org.orrery.core.credential.Revocation;
import org.orrery.core.credential.Verification;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.netconf.ConfigForm;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ConfigChunk;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.wire.Dictionary;

class ControllerTest {
    private final Lab lab = new Lab();
    private final NetworkId network = lab.networkId(0xa1);
    private final SecretIdentity ada = TestIdentities.secret(1);
    private final SecretIdentity bob = TestIdentities.secret(2);

    @Test
    void ignoresNetworksOfOtherControllers() {
        assertThat(lab.request(ada, new NetworkId(0x1234_5678_9a00_0001L))).isEqualTo(RequestOutcome.NOT_OURS);
        assertThat(lab.request(ada, new NetworkId(0xff00_0000_0000_0000L))).isEqualTo(RequestOutcome.NOT_OURS);
        assertThat(lab.sent).isEmpty();
    }

    @Test
    void saysThatANetworkDoesNotExist() {
        assertThat(lab.request(ada, network)).isEqualTo(RequestOutcome.NOT_FOUND);
        Lab.Sent error = lab.takeOnly("error");
        assertThat(error.code()).isEqualTo(ErrorCode.OBJECT_NOT_FOUND);
        assertThat(error.to()).isEqualTo(ada.identity().address());
        assertThat(error.inReplyTo()).isEqualTo(1);
    }

    @Test
    void refusesAndRecordsAStrangerThenLetsItInWhenAuthorized() {
        lab.post(networkPath(network), "{}");
        assertThat(lab.request(ada, network)).isEqualTo(RequestOutcome.DENIED);
        assertThat(lab.takeOnly("error").code()).isEqualTo(ErrorCode.NETWORK_ACCESS_DENIED);

        var knocked = lab.get(memberPath(network, ada));
        assertThat(knocked.get("authorized").booleanValue()).isFalse();
        assertThat(knocked.get("identity").stringValue())
                .isEqualTo(ada.identity().toString());
        assertThat(knocked.get("revision").intValue()).isEqualTo(1);
        assertThat(knocked.get("vMajor").intValue()).isEqualTo(-1);

        lab.post(memberPath(network, ada), "{'authorized':true}");
        lab.settle(10);
        Lab.Sent push = lab.takeOnly("config");
        assertThat(push.inReplyTo()).isZero();
        NetworkConfig config = lab.read(push, ada, network);
        assertThat(config.issuedTo()).isEqualTo(ada.identity().address());
        assertThat(config.membership()).isNotNull();
    }

    @Test
    void repliesWithinTheRequestOfAnAuthorizedMember() {
        lab.post(networkPath(network), "{}");
        lab.post(memberPath(network, ada), "{'authorized':true}");
        assertThat(lab.request(ada, network)).isEqualTo(RequestOutcome.CONFIGURED);
        assertThat(lab.takeOnly("config").inReplyTo()).isEqualTo(1);
        var record = lab.get(memberPath(network, ada));
        assertThat(record.get("vMajor").intValue()).isEqualTo(1);
        assertThat(record.get("vMinor").intValue()).isEqualTo(14);
        assertThat(record.get("vProto").intValue()).isEqualTo(12);
    }

    @Test
    void answersAMemberOncePerSecondAndNetwork() {
        NetworkId other = lab.networkId(0xa2);
        lab.post(networkPath(network), "{'private':false}");
        lab.post(networkPath(other), "{'private':false}");
        assertThat(lab.request(ada, network)).isEqualTo(RequestOutcome.CONFIGURED);
        lab.now += 1000;
        assertThat(lab.requestNow(ada, network, modern())).isEqualTo(RequestOutcome.TOO_SOON);
        assertThat(lab.requestNow(ada, other, modern())).isEqualTo(RequestOutcome.CONFIGURED);
        assertThat(lab.requestNow(bob, network, modern())).isEqualTo(RequestOutcome.CONFIGURED);
        lab.now += 1;
        assertThat(lab.requestNow(ada, network, modern())).isEqualTo(RequestOutcome.CONFIGURED);
        lab.now -= 3_600_000;
        assertThat(lab.requestNow(ada, network, modern())).as("clock set back").isEqualTo(RequestOutcome.CONFIGURED);
    }

    @Test
    void tiesAMemberToTheIdentitySeenFirst() {
        lab.post(networkPath(network), "{}");
        lab.post(memberPath(network, ada), "{'authorized':true}");
        lab.configure(ada, network);
        var before = lab.get(memberPath(network, ada));

        var impostor = new Identity(ada.identity().address(), bob.identity().key());
        lab.now += 5000;
        RequestOutcome outcome = lab.controller.onConfigRequest(
                lab.now, impostor, network, Dictionary.of(modern().write(ConfigForm.PROTOCOL_12)), 77, null);
        assertThat(outcome).isEqualTo(RequestOutcome.DENIED);
        assertThat(lab.takeOnly("error").code()).isEqualTo(ErrorCode.NETWORK_ACCESS_DENIED);
        var after = lab.get(memberPath(network, ada));
        assertThat(after.without("clock")).isEqualTo(before.without("clock"));

        lab.delete(memberPath(network, ada));
        lab.now += 5000;
        lab.controller.onConfigRequest(
                lab.now, impostor, network, Dictionary.of(modern().write(ConfigForm.PROTOCOL_12)), 78, null);
        assertThat(lab.get(memberPath(network, ada)).get("identity").stringValue())
                .isEqualTo(impostor.toString());
    }

    @Test
    void letsEverybodyIntoAPublicNetworkAndRecordsIt() {
        lab.post(networkPath(network), "{'private':false}");
        NetworkConfig config = lab.configure(ada, network);
        assertThat(config.publicNetwork()).isTrue();
        var record = lab.get(memberPath(network, ada));
        assertThat(record.get("authorized").booleanValue()).isTrue();
        assertThat(record.get("lastAuthorizedCredentialType").stringValue()).isEqualTo("public");
        assertThat(record.get("lastAuthorizedTime").longValue()).isEqualTo(lab.now);
    }

    @Test
    void admitsByTokenOfEitherForm() {
        lab.post(networkPath(network), "{'authTokens':{'open':0,'late':1,'soon':" + (lab.now + 60_000) + "}}");
        assertThat(lab.request(ada, network, Lab.withCredential("token:wrong"))).isEqualTo(RequestOutcome.DENIED);
        assertThat(lab.request(ada, network, Lab.withCredential("token:late"))).isEqualTo(RequestOutcome.DENIED);
        assertThat(lab.request(ada, network, Lab.withCredential("open"))).isEqualTo(RequestOutcome.DENIED);
        assertThat(lab.request(ada, network, Lab.withCredential("token:open"))).isEqualTo(RequestOutcome.CONFIGURED);
        assertThat(lab.request(bob, network, Lab.withCredential("token:soon"))).isEqualTo(RequestOutcome.CONFIGURED);
        var record = lab.get(memberPath(network, ada));
        assertThat(record.get("lastAuthorizedCredentialType").stringValue()).isEqualTo("token");
        assertThat(record.get("lastAuthorizedCredential").stringValue()).isEqualTo("open");

        NetworkId older = lab.networkId(0xa2);
        lab.post(networkPath(older), "{'authTokens':[{'token':'once','maxUsesPerMember':1}]}");
        assertThat(lab.request(ada, older, Lab.withCredential("token:once"))).isEqualTo(RequestOutcome.CONFIGURED);
        lab.post(memberPath(older, ada), "{'authorized':false}");
        assertThat(lab.request(ada, older, Lab.withCredential("token:once"))).isEqualTo(RequestOutcome.DENIED);
        assertThat(lab.request(bob, older, Lab.withCredential("token:once"))).isEqualTo(RequestOutcome.CONFIGURED);
    }

    @Test
    void pushesAChangedNetworkToMembersThatAskedALittleWhileAgo() {
        lab.post(networkPath(network), "{'private':false}");
        lab.configure(ada, network);
        lab.now += 110_000;
        lab.configure(bob, network);
        lab.now += 20_000;
        lab.takeSent();
        lab.post(networkPath(network), "{'name':'changed'}");
        lab.settle(10);
        Lab.Sent push = lab.takeOnly("config");
        assertThat(push.inReplyTo()).isZero();
        assertThat(lab.read(push, bob, network).name()).isEqualTo("changed");

        lab.post(networkPath(network), "{'name':'changed'}");
        lab.settle(10);
        assertThat(lab.takeSent()).as("nothing changed").isEmpty();
    }

    @Test
    void tellsAllPresentMembersOfABridgeThatComesOrGoes() {
        lab.post(networkPath(network), "{'private':false}");
        lab.configure(ada, network);
        lab.configure(bob, network);
        lab.settle(10);
        for (boolean bridges : new boolean[] {true, false}) {
            lab.takeSent();
            lab.post(memberPath(network, bob), "{'activeBridge':" + bridges + "}");
            lab.settle(10);
            List<Lab.Sent> sent = lab.takeSent();
            assertThat(sent).hasSize(2);
            Lab.Sent toAda = sent.stream()
                    .filter(each -> each.to().equals(ada.identity().address()))
                    .findFirst()
                    .orElseThrow();
            assertThat(lab.read(toAda, ada, network).activeBridge(bob.identity().address()))
                    .isEqualTo(bridges);
        }
        lab.takeSent();
        lab.post(memberPath(network, bob), "{'name':'b'}");
        lab.settle(10);
        assertThat(lab.takeSent()).as("nobody else's business").hasSize(1);
    }

    @Test
    void pushesTogetherWhatChangedTogether() {
        lab.post(networkPath(network), "{'private':false}");
        lab.configure(ada, network);
        lab.takeSent();
        for (int i = 0; i < 5; i++) {
            lab.post(networkPath(network), "{'name':'change " + i + "'}");
        }
        lab.settle(10);
        assertThat(lab.read(lab.takeOnly("config"), ada, network).name()).isEqualTo("change 4");
    }

    @Test
    void revokesADeauthorizedMemberAmongAllThatArePresent() {
        lab.post(networkPath(network), "{}");
        for (SecretIdentity member : List.of(ada, bob)) {
            lab.post(memberPath(network, member), "{'authorized':true}");
            lab.configure(member, network);
        }
        lab.request(TestIdentities.secret(3), network); // a stranger, whom it does not concern
        lab.settle(10);
        lab.takeSent();

        lab.post(memberPath(network, ada), "{'authorized':false}");
        long deauthorized = lab.now;
        lab.settle(10);
        List<Lab.Sent> sent = lab.takeSent();
        assertToldWhy(sent, ErrorCode.NETWORK_ACCESS_DENIED, ada);
        sent = revocations(sent);
        assertThat(sent)
                .extracting(Lab.Sent::to)
                .containsExactlyInAnyOrder(
                        ada.identity().address(), bob.identity().address());
        Revocation revocation = sent.getFirst().revocations().getFirst();
        assertThat(revocation.subject()).isEqualTo(ada.identity().address());
        assertThat(revocation.network()).isEqualTo(network);
        assertThat(revocation.threshold()).isEqualTo(deauthorized);
        assertThat(revocation.fastPropagate()).isTrue();
        assertThat(revocation.typeId()).isEqualTo(1);
        assertThat(revocation.credentialId()).isZero();
        assertThat(revocation.id() >>> 32).isZero();
        assertThat(revocation.verify(address -> lab.identity.identity())).isEqualTo(Verification.Settled.OK);

        assertThat(lab.request(ada, network)).isEqualTo(RequestOutcome.DENIED);
        assertThat(lab.get(memberPath(network, ada)).get("lastDeauthorizedTime").longValue())
                .isEqualTo(deauthorized);
    }

    private static List<Lab.Sent> revocations(List<Lab.Sent> sent) {
        return sent.stream().filter(each -> each.kind().equals("revocations")).toList();
    }

    private static void assertToldWhy(List<Lab.Sent> sent, ErrorCode why, SecretIdentity member) {
        assertThat(sent)
                .filteredOn(each -> !each.kind().equals("revocations"))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.kind()).isEqualTo("error");
                    assertThat(each.to()).isEqualTo(member.identity().address());
                    assertThat(each.code()).isEqualTo(why);
                });
    }

    @Test
    void tellsNobodyOfAPublicNetworkThatItIsRefused() {
        lab.post(networkPath(network), "{'private':false}");
        lab.configure(ada, network);
        lab.settle(10);
        lab.takeSent();
        lab.post(memberPath(network, ada), "{'authorized':false}");
        lab.settle(10);
        assertThat(lab.takeSent()).extracting(Lab.Sent::kind).doesNotContain("error");
    }

    @Test
    void revokesTowardsAllWhoMayBePresentUntilItKnowsWhoIs() {
        lab.post(networkPath(network), "{}");
        for (SecretIdentity member : List.of(ada, bob)) {
            lab.post(memberPath(network, member), "{'authorized':true}");
            lab.configure(member, network);
        }
        lab.post(networkPath(network) + "/member/0000000001", "{'authorized':true}"); // never asked
        lab.restart();
        lab.takeSent();
        lab.post(memberPath(network, ada), "{'authorized':false}");
        lab.settle(10);
        assertThat(lab.takeSent())
                .extracting(Lab.Sent::to)
                .as("nobody has asked since the start: who was removed is told when it does")
                .containsExactlyInAnyOrder(
                        ada.identity().address(), bob.identity().address());

        lab.now += 150_000;
        lab.configure(bob, network);
        lab.post(memberPath(network, ada), "{'authorized':true}");
        lab.post(memberPath(network, ada), "{'authorized':false}");
        lab.settle(10);
        assertThat(lab.takeSent())
                .filteredOn(sent -> sent.kind().equals("revocations"))
                .as("ada has been silent for too long")
                .extracting(Lab.Sent::to)
                .containsExactly(bob.identity().address());
    }

    @Test
    void revokesADeletedMemberAndFreesItsAddress() {
        lab.post(
                networkPath(network),
                "{'routes':[{'target':'10.5.0.0/24'}],'v4AssignMode':{'zt':true},"
                        + "'ipAssignmentPools':[{'ipRangeStart':'10.5.0.7','ipRangeEnd':'10.5.0.7'}]}");
        lab.post(memberPath(network, ada), "{'authorized':true}");
        lab.post(memberPath(network, bob), "{'authorized':true}");
        assertThat(lab.configure(ada, network).staticIps())
                .extracting(Object::toString)
                .containsExactly("10.5.0.7/24");
        assertThat(lab.configure(bob, network).staticIps()).isEmpty();
        assertThat(lab.events).anyMatch(line -> line.startsWith("controller.pool_exhausted"));
        lab.delete(memberPath(network, ada));
        lab.settle(10);
        List<Lab.Sent> sent = lab.takeSent();
        assertToldWhy(sent, ErrorCode.NETWORK_ACCESS_DENIED, ada);
        assertThat(revocations(sent)).isNotEmpty();
        assertThat(lab.configure(bob, network).staticIps())
                .extracting(Object::toString)
                .containsExactly("10.5.0.7/24");
        lab.takeSent();
        assertThat(lab.request(ada, network))
                .as("a deleted member reappears unauthorized")
                .isEqualTo(RequestOutcome.DENIED);
    }

    @Test
    void revokesAllMembersOfARemovedNetworkInFewPacketsPerMember() {
        lab.post(networkPath(network), "{'private':false}");
        for (int i = 1; i < 24; i++) {
            lab.configure(TestIdentities.secret(i), network);
        }
        for (int i = 0; i < 20; i++) {
            lab.post(networkPath(network) + "/member/" + "00000001" + (i + 10), "{'authorized':true}");
        }
        lab.takeSent();
        lab.delete(networkPath(network));
        lab.settle(10);
        List<Lab.Sent> all = lab.takeSent();
        assertThat(all)
                .filteredOn(each -> !each.kind().equals("revocations"))
                .hasSize(23)
                .allSatisfy(each -> assertThat(each.code()).isEqualTo(ErrorCode.OBJECT_NOT_FOUND));
        List<Lab.Sent> first = revocations(all);
        assertThat(first).hasSize(23);
        assertThat(first).allSatisfy(each -> assertThat(each.revocations()).hasSize(32));
        lab.settle(RevocationOutbox.SPACING_MILLIS);
        List<Lab.Sent> second = lab.takeSent();
        assertThat(second).hasSize(23);
        assertThat(second).allSatisfy(each -> assertThat(each.revocations()).hasSize(43 - 32));
        assertThat(lab.request(ada, network)).isEqualTo(RequestOutcome.NOT_FOUND);
    }

    @Test
    void keepsThePaceAtWhichMembersTakeCredentials() {
        NetworkId other = lab.networkId(0xa2);
        for (NetworkId id : List.of(network, other)) {
            lab.post(networkPath(id), "{}");
            lab.post(memberPath(id, ada), "{'authorized':true}");
            lab.post(memberPath(id, bob), "{'authorized':true}");
            lab.configure(ada, id);
            lab.configure(bob, id);
        }
        lab.settle(10);
        lab.takeSent();
        lab.post(memberPath(network, ada), "{'authorized':false}");
        lab.controller.onDeadline(lab.now);
        lab.now += 3;
        lab.post(memberPath(other, ada), "{'authorized':false}");
        lab.controller.onDeadline(lab.now);
        assertThat(revocations(lab.takeSent())).as("one packet each").hasSize(2);
        lab.settle(1000);
        assertThat(revocations(lab.takeSent())).as("nothing within a second").isEmpty();
        lab.settle(300);
        List<Lab.Sent> later = revocations(lab.takeSent());
        assertThat(later).hasSize(2);
        assertThat(later.getFirst().revocations().getFirst().network()).isEqualTo(other);
        lab.settle(5000);
        assertThat(lab.controller.nextDeadlineMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void cutsChunksForTheMembersVersion() {
        var rules = new StringBuilder("{'private':false,'rules':[");
        for (int i = 0; i < 400; i++) {
            rules.append("{'type':'MATCH_IP_DEST_PORT_RANGE','start':")
                    .append(i)
                    .append("},{'type':'ACTION_ACCEPT'},");
        }
        lab.post(networkPath(network), rules.append("{'type':'ACTION_DROP'}]}").toString());
        var old = org.orrery.core.netconf.RequestMetadata.ours(9, 1, 2, 0, "");
        lab.request(ada, network, old);
        List<ConfigChunk> small = lab.takeOnly("config").chunks();
        assertThat(small)
                .hasSizeGreaterThan(2)
                .allSatisfy(chunk -> assertThat(chunk.data().length()).isLessThanOrEqualTo(1160));
        NetworkConfig forNew = lab.configure(bob, network);
        assertThat(forNew.rules().size()).isEqualTo(801);
        NetworkConfig forOld = lab.configure(ada, network, old);
        assertThat(forOld.rules()).isEqualTo(forNew.rules());
    }

    @Test
    void keepsADefaultCapabilityFromThoseThatWereRecordedBefore() {
        lab.post(
                networkPath(network),
                "{'private':false,'capabilities':[{'id':5,'default':true,'rules':[{'type':'ACTION_ACCEPT'}]},"
                        + "{'id':6,'rules':[{'type':'ACTION_DROP'}]}],"
                        + "'tags':[{'id':1,'default':10},{'id':2},{'id':3,'default':30}]}");
        NetworkConfig config = lab.configure(ada, network);
        assertThat(config.capabilities())
                .extracting(capability -> capability.id())
                .containsExactly(5);
        assertThat(config.tags())
                .extracting(tag -> tag.id() + "=" + tag.value())
                .containsExactly("1=10", "3=30");
        lab.post(memberPath(network, bob), "{'tags':[[3,31]],'capabilities':[6]}");
        NetworkConfig prepared = lab.configure(bob, network);
        assertThat(prepared.capabilities())
                .extracting(capability -> capability.id())
                .containsExactly(6);
        assertThat(prepared.tags())
                .extracting(tag -> tag.id() + "=" + tag.value())
                .containsExactly("1=10", "3=31");
        assertThat(prepared.capabilities().getFirst().rules().size()).isEqualTo(1);
    }

    @Test
    void doesNotPromiseWhatCouldNotBeStored() {
        var failing = new FailingStore();
        var broken = new Lab(failing);
        NetworkId id = broken.networkId(0xa1);
        broken.post(networkPath(id), "{'private':false}");
        broken.configure(ada, id);
        failing.fails = true;
        assertThat(broken.call("POST", networkPath(id), "{'name':'x'}").status())
                .isEqualTo(500);
        assertThat(broken.get(networkPath(id)).get("name").stringValue()).isEmpty();
        assertThat(broken.request(bob, id)).isEqualTo(RequestOutcome.NOT_STORED);
        assertThat(broken.request(ada, id)).as("nothing to store").isEqualTo(RequestOutcome.CONFIGURED);
        assertThat(broken.request(ada, id, org.orrery.core.netconf.RequestMetadata.ours(12, 2, 0, 0, "")))
                .as("only its version changed")
                .isEqualTo(RequestOutcome.CONFIGURED);
        failing.fails = false;
        assertThat(broken.request(bob, id)).isEqualTo(RequestOutcome.CONFIGURED);
        broken.restart();
        assertThat(broken.get(memberPath(id, bob)).get("authorized").booleanValue())
                .isTrue();
    }

    @Test
    void givesTheNodeItselfItsConfigurationUnsigned() {
        assertThat(lab.requestSelf(network)).isEqualTo(RequestOutcome.NOT_FOUND);
        assertThat(lab.takeOnly("refuseSelf").code()).isEqualTo(ErrorCode.OBJECT_NOT_FOUND);
        lab.post(networkPath(network), "{}");
        assertThat(lab.requestSelf(network)).isEqualTo(RequestOutcome.DENIED);
        assertThat(lab.takeOnly("refuseSelf").code()).isEqualTo(ErrorCode.NETWORK_ACCESS_DENIED);
        lab.post(memberPath(network, lab.identity), "{'authorized':true}");
        lab.settle(10);
        assertThat(lab.takeSent()).isEmpty();
        NetworkConfig config = requireNonNull(NetworkConfig.read(lab.selfConfigs.getFirst()));
        assertThat(config.issuedTo()).isEqualTo(lab.identity.identity().address());
    }

    @Test
    void boundsTheStrangersThatItRecords() {
        lab.post(networkPath(network), "{}");
        for (int i = 0; i < HostedNetwork.STRANGERS_MAX; i++) {
            lab.post(networkPath(network) + "/member/" + String.format("%010x", 0x10_0000_0000L + i), "{}");
        }
        assertThat(lab.request(ada, network)).isEqualTo(RequestOutcome.DENIED);
        assertThat(lab.call("GET", memberPath(network, ada), null).status()).isEqualTo(404);
        lab.post(memberPath(network, ada), "{'authorized':true}");
        assertThat(lab.request(ada, network)).isEqualTo(RequestOutcome.CONFIGURED);
    }

    @Test
    void continuesFromItsStore() {
        lab.post(networkPath(network), "{'name':'kept'}");
        lab.post(memberPath(network, ada), "{'authorized':true}");
        lab.configure(ada, network);
        var before = lab.get(memberPath(network, ada));
        lab.restart();
        var after = lab.get(memberPath(network, ada));
        assertThat(after.get("revision")).isEqualTo(before.get("revision"));
        assertThat(after.get("recentLog").isEmpty()).isTrue();
        assertThat(lab.configure(ada, network).name()).isEqualTo("kept");
    }

    private static final class FailingStore implements ControllerStore {
        private final MemoryStore store = new MemoryStore();
        private boolean fails;

        @Override
        public StoreContent load() {
            return store.load();
        }

        @Override
        public void apply(StoreChange change) throws IOException {
            if (fails) {
                throw new IOException("no space left on device");
            }
            store.apply(change);
        }
    }
}
