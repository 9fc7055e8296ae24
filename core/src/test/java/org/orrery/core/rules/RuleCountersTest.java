// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.orrery.core.rules.FilterSide.HeldCapability;
import org.orrery.core.rules.RuleCounters.Count;

class RuleCountersTest {
    private static final long SELF = 0x1010101010L;
    private static final RuleTable BASE = RuleTable.of(
            Rule.of(RuleType.ETHERTYPE, 1),
            Rule.of(RuleType.ACCEPT),
            Rule.of(RuleType.ETHERTYPE, 2),
            Rule.of(RuleType.DROP));

    private final RuleCounters counters = new RuleCounters(BASE);
    private final FilterDecision decision = new FilterDecision();

    private static HeldCapability capability(int id, int etherType) {
        return new HeldCapability(
                id, CompiledRules.of(RuleTable.of(Rule.of(RuleType.ETHERTYPE, etherType), Rule.of(RuleType.ACCEPT))));
    }

    private void judge(int lane, int etherType, HeldCapability... own) {
        var side = new FilterSide(TagSet.EMPTY, OwnedAddresses.EMPTY, List.of(own));
        var filter = new NetworkFilter(CompiledRules.of(BASE), new FilterScope(SELF, side, false, null, null));
        var frame = new FilterFrame().set(new byte[9], 0, 9, etherType, 0, 2, 4, SELF, 5, false);
        filter.decide(frame, FilterSide.UNKNOWN, false, new Random(1), new FilterResult(), decision);
        counters.count(lane, counters.slot(decision));
    }

    private static List<Long> times(List<Count> counts) {
        return counts.stream().map(Count::times).toList();
    }

    @Test
    void countsTheRuleThatDecidedInAllLanes() {
        judge(0, 1);
        judge(1, 1);
        judge(16, 1);
        judge(1, 2);
        judge(1, 3);
        var snapshot = counters.snapshot();
        assertThat(times(snapshot.base())).containsExactly(0L, 3L, 0L, 1L);
        assertThat(snapshot.base()).extracting(Count::rule).isEqualTo(BASE.rules());
        assertThat(snapshot.end()).isEqualTo(1);
        assertThat(snapshot.capabilities()).isEmpty();
    }

    @Test
    void tellsCapabilitiesApartByNumberAndRules() {
        judge(1, 3, capability(9, 3));
        judge(2, 3, capability(9, 3));
        judge(1, 4, capability(9, 4));
        judge(1, 5, capability(7, 5));
        var snapshot = counters.snapshot();
        assertThat(snapshot.capabilities()).extracting(each -> each.id()).containsExactly(7, 9, 9);
        assertThat(times(snapshot.capabilities().get(1).rules())).containsExactly(0L, 2L);
        assertThat(times(snapshot.capabilities().get(2).rules())).containsExactly(0L, 1L);
        assertThat(snapshot.end()).isZero();
    }

    @Test
    void countsFurtherCapabilitiesTogether() {
        for (int id = 0; id < RuleCounters.CAPABILITIES_MAX + 5; id++) {
            judge(1, 3, capability(id, 3));
        }
        judge(1, 2);
        var snapshot = counters.snapshot();
        assertThat(snapshot.capabilities()).hasSize(RuleCounters.CAPABILITIES_MAX);
        assertThat(snapshot.capabilities())
                .allSatisfy(each -> assertThat(times(each.rules())).containsExactly(0L, 1L));
        assertThat(snapshot.otherCapabilities()).isEqualTo(5);
        assertThat(times(snapshot.base())).containsExactly(0L, 0L, 0L, 1L);
    }

    @Test
    void countsTheRulesThatChoseCopies() {
        RuleTable table = RuleTable.of(Rule.of(RuleType.TEE, 7, 0, 0), Rule.of(RuleType.ACCEPT));
        var own = new RuleCounters(table);
        var filter = new NetworkFilter(
                CompiledRules.of(table), new FilterScope(SELF, FilterSide.UNKNOWN, false, null, null));
        var frame = new FilterFrame().set(new byte[9], 0, 9, 1, 0, 2, 4, SELF, 5, false);
        filter.decide(frame, FilterSide.UNKNOWN, false, new Random(1), new FilterResult(), decision);
        own.count(0, own.slot(decision));
        own.countCopies(0, decision);
        assertThat(times(own.snapshot().base())).containsExactly(1L, 1L);
    }

    @Test
    void losesNothingWhileOthersCountAndRead() throws Exception {
        List<Thread> lanes = new ArrayList<>();
        for (int lane = 1; lane <= 4; lane++) {
            int mine = lane;
            lanes.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 100_000; i++) {
                    counters.count(mine, i % 5);
                }
            }));
        }
        while (lanes.stream().anyMatch(Thread::isAlive)) {
            assertThat(counters.snapshot().end()).isBetween(0L, 80_000L);
        }
        for (Thread lane : lanes) {
            lane.join();
        }
        assertThat(times(counters.snapshot().base())).containsOnly(80_000L);
        assertThat(counters.snapshot().end()).isEqualTo(80_000);
    }
}
