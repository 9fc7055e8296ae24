// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.orrery.core.rules.FilterSide.HeldCapability;
import org.orrery.core.value.Mac;
import org.orrery.core.wire.BigEndian;

/** Which tables may be asked once for all segments of a flow. */
class CompiledRulesTest {
    private static final Set<RuleType> EACH =
            EnumSet.of(RuleType.FRAME_SIZE_RANGE, RuleType.RANDOM, RuleType.INTEGER_RANGE, RuleType.CHARACTERISTICS);
    private static final long SELF = 0x1010101010L;
    private static final long PEER = 0x2020202020L;
    private static final long MULTICAST = 1L << 62;
    private static final int TABLES = 20_000;

    private final Random random = new Random(7);
    private final FilterScope scope = new FilterScope(SELF, FilterSide.UNKNOWN, false, null, null);

    private static boolean depends(Rule... rules) {
        return CompiledRules.of(RuleTable.of(rules)).dependsOnEachPacket();
    }

    @Test
    void onlySizesFlagsBytesAndChanceDependOnEachPacket() {
        Rule accept = Rule.of(RuleType.ACCEPT);
        assertThat(depends(accept)).isFalse();
        assertThat(depends(Rule.of(RuleType.DESTINATION_PORT_RANGE, 80, 90), accept))
                .isFalse();
        assertThat(depends(Rule.of(RuleType.CHARACTERISTICS, MULTICAST), accept))
                .isFalse();
        assertThat(depends(accept, Rule.of(RuleType.CHARACTERISTICS, MULTICAST | 2)))
                .isTrue();
        assertThat(depends(accept, Rule.of(RuleType.FRAME_SIZE_RANGE, 0, 1))).isTrue();
        assertThat(depends(accept, Rule.of(RuleType.RANDOM, 5))).isTrue();
        assertThat(depends(accept, Rule.of(RuleType.INTEGER_RANGE, 0, 1, 2, 3))).isTrue();
    }

    @Test
    void aFilterAlsoAsksTheCapabilitiesOfThisNode() {
        CompiledRules plain = CompiledRules.of(RuleTable.ACCEPT_ALL);
        CompiledRules sized = CompiledRules.of(RuleTable.of(Rule.of(RuleType.FRAME_SIZE_RANGE, 0, 9)));
        var holder = new FilterSide(
                TagSet.EMPTY,
                OwnedAddresses.EMPTY,
                List.of(new HeldCapability(1, plain), new HeldCapability(2, sized)));
        assertThat(new NetworkFilter(plain, scope).dependsOnEachPacket()).isFalse();
        assertThat(new NetworkFilter(sized, scope).dependsOnEachPacket()).isTrue();
        assertThat(new NetworkFilter(plain, new FilterScope(SELF, holder, false, null, null)).dependsOnEachPacket())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(RuleDialect.class)
    void otherTablesDecideAlikeAboutAllSegmentsOfAFlow(RuleDialect dialect) {
        int accepted = 0;
        Set<RuleType> toldApart = EnumSet.noneOf(RuleType.class);
        for (int i = 0; i < TABLES; i++) {
            RuleTable table = table();
            CompiledRules compiled = CompiledRules.of(table, dialect);
            boolean v6 = random.nextBoolean();
            boolean tcp = random.nextBoolean();
            Verdict first = judge(compiled, v6, tcp, 1_400, 0x10, 1);
            Verdict second = judge(compiled, v6, tcp, 1 + random.nextInt(1_399), 0x19, 2);
            if (!compiled.dependsOnEachPacket()) {
                assertThat(second).as("%s, %s", table.rules(), v6).isEqualTo(first);
                accepted += first == Verdict.ACCEPT ? 1 : 0;
            } else if (first != second) {
                table.rules().stream().map(Rule::type).filter(EACH::contains).forEach(toldApart::add);
            }
        }
        assertThat(accepted).isBetween(TABLES / 20, TABLES);
        // The segments are different enough for each kind of match that looks at them to show.
        Set<RuleType> known = EnumSet.copyOf(EACH);
        if (dialect != RuleDialect.PROTOCOL_12) {
            known.remove(RuleType.INTEGER_RANGE); // an unknown type there, which holds for all or for none
        }
        assertThat(toldApart).containsAll(known);
    }

    /** A few matches, each now and then true of the flow, and then an action. */
    private RuleTable table() {
        List<Rule> rules = new ArrayList<>();
        RuleType[] types = RuleType.values();
        for (int i = random.nextInt(3); i >= 0; i--) {
            RuleType type = types[random.nextInt(types.length)];
            byte[] value = new byte[type.valueBytes()];
            for (int at = 0; at < value.length; at++) {
                value[at] = (byte) (random.nextInt(3) == 0 ? random.nextInt() : random.nextBoolean() ? 0 : -1);
            }
            rules.add(Rule.of(type, random.nextBoolean(), random.nextBoolean(), value));
        }
        rules.add(Rule.of(RuleType.ACCEPT));
        return RuleTable.of(rules.toArray(Rule[]::new));
    }

    private Verdict judge(CompiledRules compiled, boolean v6, boolean tcp, int payload, int flags, int content) {
        int ip = v6 ? 40 : 20;
        int headers = ip + (tcp ? 20 : 8);
        byte[] packet = new byte[headers + payload];
        new Random(content).nextBytes(packet);
        java.util.Arrays.fill(packet, 0, ip + 4, (byte) 7);
        packet[0] = (byte) (v6 ? 0x60 : 0x45);
        packet[v6 ? 6 : 9] = (byte) (tcp ? 6 : 17);
        BigEndian.setU16(packet, v6 ? 4 : 2, v6 ? packet.length - 40 : packet.length);
        if (tcp) {
            packet[ip + 12] = 0x50;
            packet[ip + 13] = (byte) flags;
        }
        FilterFrame frame = new FilterFrame()
                .set(
                        packet,
                        0,
                        packet.length,
                        v6 ? FilterFrame.IPV6 : FilterFrame.IPV4,
                        0,
                        Mac.derive(SELF, 1),
                        Mac.derive(PEER, 1),
                        SELF,
                        PEER,
                        false);
        return compiled.evaluate(frame, scope, FilterSide.UNKNOWN, random, new FilterResult());
    }
}
