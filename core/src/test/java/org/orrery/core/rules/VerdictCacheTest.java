// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.orrery.core.rules.FilterSide.HeldCapability;
import org.orrery.core.rules.PlainRules.Frame;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.BigEndian;

/** What is remembered of a flow is what the rules would say again. */
class VerdictCacheTest {
    private static final int TABLES = 3_000;
    private static final int FRAMES = 60;
    private static final long SELF = RandomCases.ADDRESSES[0];
    private static final Rule ACCEPT = Rule.of(RuleType.ACCEPT);

    private final VerdictCache cache = new VerdictCache();
    private final FilterScope scope =
            FilterScope.of(new NetworkId(1), new Address(SELF), FilterSide.UNKNOWN, 0, List.of());

    @Test
    void remembersExactlyWhatTheRulesSay() {
        int hits = 0;
        int kept = 0;
        for (int table = 0; table < TABLES; table++) {
            var random = new SplittableRandom(table);
            var cases = new RandomCases(random);
            List<Rule> rules = new ArrayList<>();
            while (rules.size() < 8) {
                rules.addAll(cases.table(6));
                if (table % 4 != 0) {
                    rules.removeIf(rule -> CompiledRules.of(RuleTable.of(rule)).dependsOnEachPacket());
                }
            }
            CompiledRules base = CompiledRules.of(new RuleTable(rules));
            var own = RulesDifferentialTest.side(cases.holder(false), RuleDialect.PROTOCOL_12);
            var filter = new NetworkFilter(
                    base, FilterScope.of(new NetworkId(1), new Address(SELF), own, random.nextInt(16), List.of()));
            List<FilterSide> others = List.of(
                    FilterSide.UNKNOWN,
                    RulesDifferentialTest.side(cases.holder(false), RuleDialect.PROTOCOL_12),
                    RulesDifferentialTest.side(cases.holder(false), RuleDialect.PROTOCOL_12));
            List<Frame> frames = new ArrayList<>();
            for (int i = 0; i < FRAMES / 4; i++) {
                boolean inbound = random.nextBoolean();
                long other = cases.address();
                frames.add(cases.frame(inbound, inbound ? other : SELF, inbound ? SELF : other));
            }
            for (int i = 0; i < FRAMES; i++) {
                Frame frame = frames.get(cases.below(frames.size()));
                FilterSide other = others.get(cases.below(others.size()));
                FilterFrame seen = RulesDifferentialTest.filterFrame(altered(frame, cases), cases);
                boolean found = cache.find(filter, other, seen);
                var decision = new FilterDecision();
                Verdict verdict = filter.decide(seen, other, false, new Random(i), new FilterResult(), decision);
                if (found) {
                    hits++;
                    assertThat(cache.verdict())
                            .as("table %s, frame %s", table, i)
                            .isEqualTo(verdict);
                    assertThat(cache.slot()).isEqualTo(decision.rule() + 1);
                    assertThat(decision.copyCount()).isZero();
                    assertThat(decision.redirectTo()).isZero();
                } else if (decision.copyCount() == 0 && decision.redirectTo() == 0) {
                    kept++;
                    cache.keep(verdict, decision.rule() + 1);
                }
            }
        }
        assertThat(hits).isGreaterThan(TABLES * 3);
        assertThat(kept).isGreaterThan(TABLES * 10);
    }

    /** A further packet of the flow: sizes, payload, sequence numbers and TCP flags are others. */
    private static Frame altered(Frame frame, RandomCases cases) {
        byte[] data = frame.data().clone();
        if (frame.ipv4()) {
            BigEndian.setU16(data, 2, cases.below(65_536));
            BigEndian.setU16(data, 4, cases.below(65_536));
            data[8] = (byte) cases.below(256);
            int body = (data[0] & 0x0f) * 4 + 4;
            for (int i = body; i < data.length; i++) {
                data[i] = (byte) cases.below(256);
            }
        } else if (frame.etherType() == FilterFrame.IPV6 && data.length >= 40) {
            BigEndian.setU16(data, 2, cases.below(65_536));
            BigEndian.setU16(data, 4, cases.below(65_536));
            data[7] = (byte) cases.below(256);
            for (int i = 44; FilterFrame.hasPorts(data[6] & 0xff) && i < data.length; i++) {
                data[i] = (byte) cases.below(256);
            }
        }
        return new Frame(
                frame.inbound(),
                frame.source(),
                frame.destination(),
                frame.sourceMac(),
                frame.destinationMac(),
                frame.etherType(),
                data);
    }

    // ---------------------------------------------------------------- one by one

    /** A table long enough to be worth remembering. */
    private static CompiledRules table(Rule... last) {
        List<Rule> rules = new ArrayList<>();
        for (int port = 1; port <= 8; port++) {
            rules.add(Rule.of(RuleType.DESTINATION_PORT_RANGE, port, port));
            rules.add(Rule.of(RuleType.DROP));
        }
        rules.addAll(List.of(last));
        return CompiledRules.of(new RuleTable(rules));
    }

    private static FilterFrame tcp(int port) {
        byte[] data = new byte[60];
        data[0] = 0x45;
        data[9] = 6;
        BigEndian.setU16(data, 22, port);
        return new FilterFrame().set(data, 0, data.length, FilterFrame.IPV4, 0, 2, 4, SELF, 5, false);
    }

    private boolean remembered(NetworkFilter filter, FilterSide other, FilterFrame frame) {
        cache.find(filter, other, frame);
        cache.keep(Verdict.ACCEPT, 7);
        return cache.find(filter, other, frame);
    }

    @Test
    void forgetsWhenTheConfigurationOrAMembersCredentialsAreOthers() {
        CompiledRules rules = table(ACCEPT);
        var filter = new NetworkFilter(rules, scope);
        assertThat(remembered(filter, FilterSide.UNKNOWN, tcp(80))).isTrue();
        assertThat(cache.verdict()).isEqualTo(Verdict.ACCEPT);
        assertThat(cache.slot()).isEqualTo(7);
        assertThat(cache.find(new NetworkFilter(rules, scope), FilterSide.UNKNOWN, tcp(80)))
                .isFalse();
        assertThat(cache.find(filter, new FilterSide(TagSet.EMPTY, OwnedAddresses.EMPTY, List.of()), tcp(80)))
                .isFalse();
        assertThat(cache.find(filter, FilterSide.UNKNOWN, tcp(81))).isFalse();
        assertThat(cache.find(filter, FilterSide.UNKNOWN, tcp(80))).isTrue();
    }

    @Test
    void doesNotRememberWhatMayDifferFromPacketToPacket() {
        for (Rule rule : List.of(
                Rule.of(RuleType.FRAME_SIZE_RANGE, 0, 99),
                Rule.of(RuleType.RANDOM, 1 << 30),
                Rule.of(RuleType.CHARACTERISTICS, 2),
                Rule.of(RuleType.INTEGER_RANGE, 0, 9, 30, 7))) {
            assertThat(remembered(new NetworkFilter(table(rule, ACCEPT), scope), FilterSide.UNKNOWN, tcp(80)))
                    .as(rule.toString())
                    .isFalse();
        }
        var sized = new HeldCapability(
                1, CompiledRules.of(RuleTable.of(Rule.of(RuleType.FRAME_SIZE_RANGE, 0, 99), ACCEPT)));
        var holder = new FilterSide(TagSet.EMPTY, OwnedAddresses.EMPTY, List.of(sized));
        FilterFrame inbound = tcp(80);
        inbound.set(new byte[60], 0, 60, 0x88b5, 0, 2, 4, 5, SELF, true);
        assertThat(remembered(new NetworkFilter(table(), scope), holder, inbound))
                .isFalse();
        assertThat(remembered(new NetworkFilter(table(), scope), FilterSide.UNKNOWN, inbound))
                .isTrue();
        assertThat(remembered(new NetworkFilter(table(), scope), holder, tcp(80)))
                .as("outbound the other side's capabilities are not asked")
                .isTrue();
    }

    @Test
    void doesNotRememberPiecesNorWhatIsCutShort() {
        var filter = new NetworkFilter(table(ACCEPT), scope);
        byte[] data = new byte[60];
        data[0] = 0x45;
        data[9] = 6;
        data[7] = 1; // a later piece
        var frame = new FilterFrame().set(data, 0, 60, FilterFrame.IPV4, 0, 2, 4, SELF, 5, false);
        assertThat(remembered(filter, FilterSide.UNKNOWN, frame)).isFalse();
        data[7] = 0;
        assertThat(remembered(filter, FilterSide.UNKNOWN, frame)).isTrue();
        frame.set(data, 0, 24, FilterFrame.IPV4, 0, 2, 4, SELF, 5, false);
        assertThat(remembered(filter, FilterSide.UNKNOWN, frame)).isFalse();
        frame.set(data, 0, 60, FilterFrame.ARP, 0, 2, 4, SELF, 5, false);
        assertThat(remembered(filter, FilterSide.UNKNOWN, frame)).isFalse();
    }

    @Test
    void keepsAsManyFlowsAsItHasRoomFor() {
        var filter = new NetworkFilter(table(ACCEPT), scope);
        int found = 0;
        for (int port = 100; port < 100 + VerdictCache.FLOWS_MAX / 4; port++) {
            remembered(filter, FilterSide.UNKNOWN, tcp(port));
        }
        for (int port = 100; port < 100 + VerdictCache.FLOWS_MAX / 4; port++) {
            found += cache.find(filter, FilterSide.UNKNOWN, tcp(port)) ? 1 : 0;
        }
        assertThat(found).isGreaterThan(VerdictCache.FLOWS_MAX / 4 * 85 / 100);
    }
}
