// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.orrery.core.credential.MemberRecord;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.rules.CompiledRules;
import org.orrery.core.rules.FilterSide;
import org.orrery.core.rules.FilterSide.HeldCapability;
import org.orrery.core.rules.OwnedAddresses;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.RuleType;
import org.orrery.core.rules.TagSet;
import org.orrery.core.rules.Verdict;
import org.orrery.core.value.Address;
import org.orrery.core.value.Mac;
import org.orrery.core.value.NetworkId;

class JudgeTest {
    private static final long SELF = 0x1010101010L;
    private static final long ADA = 0x2020202020L;
    private static final long BOB = 0x3030303030L;
    private static final NetworkId NETWORK = new NetworkId(0x354e_4b49_9a00_00a1L);
    private static final Rule ACCEPT = Rule.of(RuleType.ACCEPT);

    private final Judge judge = new Judge(0, new Random(1));
    private final byte[] payload = new byte[60];

    private static View view(Rule... rules) {
        NetworkConfig config = NetworkConfig.builder(NETWORK, new Address(SELF))
                .rules(RuleTable.of(rules))
                .build();
        return View.of(SELF, config, null);
    }

    private static long mac(long address) {
        return Mac.derive(address, NETWORK.bits());
    }

    private Verdict inbound(View view, @Nullable Member member, long from) {
        return judge.inbound(view, member, from, mac(from), mac(SELF), 0x88b5, payload, 0, payload.length);
    }

    private Verdict outbound(View view, @Nullable Member member, long to, boolean again) {
        return judge.outbound(view, member, to, mac(SELF), mac(ADA), 0x88b5, payload, 0, payload.length, again);
    }

    @Test
    void knowsWhoIsTheSourceAndWhoTheDestination() {
        View fromAda = view(Rule.of(RuleType.SOURCE_ADDRESS, ADA), ACCEPT);
        assertThat(inbound(fromAda, null, ADA)).isEqualTo(Verdict.ACCEPT);
        assertThat(inbound(fromAda, null, BOB)).isEqualTo(Verdict.DROP);
        assertThat(outbound(fromAda, null, ADA, false)).isEqualTo(Verdict.DROP);
        View toAda = view(Rule.of(RuleType.DESTINATION_ADDRESS, ADA), ACCEPT);
        assertThat(outbound(toAda, null, ADA, false)).isEqualTo(Verdict.ACCEPT);
        assertThat(outbound(toAda, null, BOB, false)).isEqualTo(Verdict.DROP);
        assertThat(inbound(toAda, null, ADA)).isEqualTo(Verdict.DROP);
        View toUs = view(Rule.of(RuleType.DESTINATION_ADDRESS, SELF), ACCEPT);
        assertThat(inbound(toUs, null, ADA)).isEqualTo(Verdict.ACCEPT);
        View fromUs = view(Rule.of(RuleType.SOURCE_ADDRESS, SELF), ACCEPT);
        assertThat(outbound(fromUs, null, ADA, false)).isEqualTo(Verdict.ACCEPT);
    }

    @Test
    void looksAtTheFrameItself() {
        View onlyTest = view(Rule.of(RuleType.ETHERTYPE, 0x88b5), ACCEPT);
        assertThat(inbound(onlyTest, null, ADA)).isEqualTo(Verdict.ACCEPT);
        assertThat(judge.inbound(onlyTest, null, ADA, mac(ADA), mac(SELF), 0x0800, payload, 0, payload.length))
                .isEqualTo(Verdict.DROP);
    }

    @Test
    void whatAMemberHoldsCountsOnlyOnceItIsPublishedAndOnlyInbound() {
        View closed = view(); // no rule matches, so capabilities are asked
        var member = new Member(ADA, new MemberRecord(NETWORK), 0);
        assertThat(inbound(closed, member, ADA)).isEqualTo(Verdict.DROP);
        CompiledRules all = CompiledRules.of(RuleTable.ACCEPT_ALL);
        member.publish(
                true,
                new FilterSide(TagSet.EMPTY, OwnedAddresses.EMPTY, java.util.List.of(new HeldCapability(5, all))));
        assertThat(inbound(closed, member, ADA)).isEqualTo(Verdict.ACCEPT);
        assertThat(judge.decision().byCapability()).isTrue();
        assertThat(inbound(closed, null, ADA)).isEqualTo(Verdict.DROP);
        assertThat(outbound(closed, member, ADA, false)).isEqualTo(Verdict.DROP);
    }

    @Test
    void copiesAreAskedForOncePerFrame() {
        View watched = view(Rule.of(RuleType.TEE, BOB, 0, 40), ACCEPT);
        assertThat(outbound(watched, null, 0, false)).isEqualTo(Verdict.ACCEPT);
        assertThat(judge.sideEffects()).isTrue();
        assertThat(judge.decision().copyTo(0)).isEqualTo(BOB);
        assertThat(judge.decision().copyLength(0)).isEqualTo(40);
        assertThat(outbound(watched, null, ADA, true)).isEqualTo(Verdict.ACCEPT);
        assertThat(judge.sideEffects()).as("once more for a recipient").isFalse();
        inbound(watched, null, ADA);
        assertThat(judge.sideEffects()).isTrue();
        inbound(view(ACCEPT), null, ADA);
        assertThat(judge.sideEffects())
                .as("nothing is left of the verdict before")
                .isFalse();
    }

    @Test
    void aRedirectedFrameDoesNotPass() {
        View redirecting = view(Rule.of(RuleType.REDIRECT, BOB, 0, 0), ACCEPT);
        assertThat(outbound(redirecting, null, ADA, false).passes()).isFalse();
        assertThat(judge.sideEffects()).isTrue();
        assertThat(judge.decision().redirectTo()).isEqualTo(BOB);
    }
}
