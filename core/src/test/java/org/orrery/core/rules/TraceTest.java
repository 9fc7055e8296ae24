// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.orrery.core.rules.FilterSide.HeldCapability;
import org.orrery.core.rules.TableTrace.Outcome;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.wire.WireReader;

/** Explanations say what the compiled rules decide: random networks, members and frames, by seed. */
class TraceTest {
    private static final int ROUNDS = 100_000;
    private static final long[] MEMBERS = {0x1010101010L, 0x2020202020L, 0x3030303030L};
    private static final long NETWORK = 0x8056c2e21c000001L;

    private final Random random = new Random(20_264);
    private final Set<RuleType> held = EnumSet.noneOf(RuleType.class);
    private final Set<RuleType> failed = EnumSet.noneOf(RuleType.class);
    private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);

    @ParameterizedTest
    @EnumSource(RuleDialect.class)
    void theTraceDecidesAsTheCompiledRules(RuleDialect dialect) {
        int byCapability = 0;
        int copies = 0;
        int redirected = 0;
        for (int round = 0; round < ROUNDS; round++) {
            RuleTable base = table();
            boolean inbound = random.nextBoolean();
            List<FilterTrace.Capability> capabilities = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                capabilities.add(new FilterTrace.Capability(random.nextInt(), table()));
            }
            FilterSide own = side(inbound ? List.of() : capabilities, dialect);
            FilterSide remote = random.nextInt(5) == 0 && !inbound
                    ? FilterSide.UNKNOWN
                    : side(inbound ? capabilities : List.of(), dialect);
            FilterScope scope = new FilterScope(
                    MEMBERS[0],
                    own,
                    random.nextBoolean(),
                    random.nextBoolean() ? Ip.v6(0xfc1c_e000_0110_1010L, 1) : null,
                    random.nextBoolean() ? Ip.v6(0xfd80_56c2_e21c_0000L, 0x0199_9310_1010_1010L) : null);
            FilterFrame frame = frame(inbound);
            boolean noCopies = random.nextBoolean();
            long seed = random.nextLong();
            var decision = new FilterDecision();
            Verdict verdict = new NetworkFilter(CompiledRules.of(base, dialect), scope)
                    .decide(frame, remote, noCopies, new Random(seed), new FilterResult(), decision);
            FilterTrace trace = FilterTrace.of(
                    new FilterTrace.Rules(base, dialect, RuleText.PLAIN),
                    capabilities,
                    scope,
                    remote,
                    frame,
                    noCopies,
                    new Random(seed));

            int number = round;
            Supplier<String> what = () -> "round " + number + ": " + base.rules() + " " + capabilities + " " + trace;
            assertThat(trace.verdict()).as(what).isEqualTo(verdict);
            assertThat(trace.redirectTo()).as(what).isEqualTo(decision.redirectTo());
            assertThat(trace.grantedBy()).as(what).isEqualTo(decision.byCapability() ? decision.capability() : null);
            List<FilterTrace.Copy> expected = new ArrayList<>();
            for (int i = 0; i < decision.copyCount(); i++) {
                boolean watched = (decision.copyFlags(i) & 0x10) != 0;
                expected.add(new FilterTrace.Copy(decision.copyTo(i), decision.copyLength(i), watched));
            }
            assertThat(trace.copies()).as(what).isEqualTo(expected);
            count(trace.base());
            trace.capabilities().forEach(each -> count(each.trace()));
            byCapability += decision.byCapability() ? 1 : 0;
            copies += decision.copyCount();
            redirected += decision.redirectTo() != 0 ? 1 : 0;
        }
        // The run saw what it is meant to compare.
        assertThat(byCapability).isGreaterThan(ROUNDS / 100);
        assertThat(copies).isGreaterThan(ROUNDS / 100);
        assertThat(redirected).isGreaterThan(ROUNDS / 200);
        assertThat(verdicts.keySet()).containsExactlyInAnyOrder(Verdict.values());
        assertThat(outcomes.keySet()).containsExactlyInAnyOrder(Outcome.values());
        for (RuleType type : RuleType.values()) {
            if (!type.action()) {
                assertThat(held).contains(type);
                assertThat(failed).contains(type);
            }
        }
    }

    private void count(TableTrace trace) {
        verdicts.merge(trace.verdict(), 1, Integer::sum);
        for (TableTrace.Step step : trace.steps()) {
            outcomes.merge(step.outcome(), 1, Integer::sum);
            RuleType type = step.rule().type();
            if (type == null || type.action()) {
                continue;
            }
            if (step.outcome() == Outcome.HOLDS) {
                held.add(type);
            } else if (step.outcome() == Outcome.FAILS) {
                failed.add(type);
            }
            boolean looked = step.outcome() == Outcome.HOLDS || step.outcome() == Outcome.FAILS;
            assertThat(step.reason().isEmpty()).as(step::toString).isEqualTo(!looked);
        }
    }

    private FilterSide side(List<FilterTrace.Capability> capabilities, RuleDialect dialect) {
        Map<Integer, Integer> tags = new HashMap<>();
        for (int id = 0; id < 3; id++) {
            if (random.nextInt(3) > 0) {
                tags.put(id, random.nextInt(3));
            }
        }
        var owned = new OwnedAddresses(
                random.nextBoolean() ? List.of(new Mac(Mac.derive(MEMBERS[1], NETWORK))) : List.of(),
                random.nextBoolean() ? List.of(Ip.v4(10, 0, 0, 1), Ip.v6(0xfd00L << 48, 1)) : List.of());
        return new FilterSide(
                new TagSet(tags),
                owned,
                capabilities.stream()
                        .map(each -> new HeldCapability(each.id(), CompiledRules.of(each.rules(), dialect)))
                        .toList());
    }

    private RuleTable table() {
        List<Rule> rules = new ArrayList<>();
        for (int i = random.nextInt(9); i > 0; i--) {
            rules.add(random.nextInt(3) == 0 ? action() : match());
        }
        return new RuleTable(rules);
    }

    private Rule action() {
        return switch (random.nextInt(9)) {
            case 0, 1 -> Rule.of(RuleType.DROP);
            case 2, 3 -> Rule.of(RuleType.ACCEPT);
            case 4 -> Rule.of(RuleType.TEE, member(), 0, random.nextInt(3) * 20);
            case 5 -> Rule.of(RuleType.WATCH, member(), 0, 0);
            case 6 -> Rule.of(RuleType.REDIRECT, member(), 0, 0);
            case 7 -> Rule.of(RuleType.BREAK);
            default -> random.nextBoolean() ? Rule.of(RuleType.PRIORITY) : unknown(9);
        };
    }

    private static Rule unknown(int type) {
        return java.util.Objects.requireNonNull(Rule.read(new WireReader(new byte[] {(byte) type, 0})));
    }

    private long member() {
        return MEMBERS[random.nextInt(MEMBERS.length)];
    }

    private Rule match() {
        RuleType[] types = RuleType.values();
        RuleType type = types[random.nextInt(types.length)];
        if (type.action()) {
            return unknown(52 | (random.nextBoolean() ? 0x80 : 0));
        }
        Rule rule =
                switch (type) {
                    case SOURCE_ADDRESS, DESTINATION_ADDRESS -> Rule.of(type, member());
                    case VLAN_ID, VLAN_PCP, VLAN_DEI -> Rule.of(type, random.nextInt(2));
                    case MAC_SOURCE, MAC_DESTINATION ->
                        Rule.of(type, random.nextInt(4) == 0 ? 0xffff_ffff_ffffL : Mac.derive(member(), NETWORK));
                    case IP_TOS -> Rule.of(type, 0xff >>> random.nextInt(8), 0, random.nextInt(256));
                    case IP_PROTOCOL -> Rule.of(type, new int[] {1, 6, 17, 58, 132}[random.nextInt(5)]);
                    case ETHERTYPE -> Rule.of(type, new int[] {0x0800, 0x0806, 0x86dd, 0x88cc}[random.nextInt(4)]);
                    case ICMP -> Rule.of(type, random.nextInt(2) * 8L, random.nextInt(2) << 8 | random.nextInt(2));
                    case SOURCE_PORT_RANGE, DESTINATION_PORT_RANGE ->
                        Rule.of(type, random.nextInt(2), 1 + random.nextInt(3));
                    case CHARACTERISTICS ->
                        Rule.of(type, 1L << new int[] {63, 62, 61, 60, 59, 40, 8, 4, 1}[random.nextInt(9)]);
                    case FRAME_SIZE_RANGE -> Rule.of(type, random.nextInt(60), 30 + random.nextInt(60));
                    case RANDOM -> Rule.of(type, random.nextInt() & 0xffff_ffffL);
                    case TAGS_DIFFERENCE,
                            TAGS_BITWISE_AND,
                            TAGS_BITWISE_OR,
                            TAGS_BITWISE_XOR,
                            TAGS_EQUAL,
                            TAG_SENDER,
                            TAG_RECEIVER -> Rule.of(type, random.nextInt(3), random.nextInt(3));
                    case INTEGER_RANGE ->
                        Rule.of(
                                type,
                                random.nextInt(3),
                                random.nextInt(4) == 0 ? random.nextLong() : 128,
                                random.nextInt(70),
                                random.nextInt(256));
                    case IPV4_SOURCE, IPV4_DESTINATION, IPV6_SOURCE, IPV6_DESTINATION -> {
                        byte[] value = new byte[type.valueBytes()];
                        value[0] = (byte) (value.length == 5 ? 10 : 0xfd);
                        value[value.length - 2] = (byte) random.nextInt(3);
                        value[value.length - 1] = (byte) (random.nextBoolean() ? 255 : random.nextInt(130));
                        yield Rule.of(type, false, false, value);
                    }
                    default -> throw new AssertionError(type);
                };
        rule = random.nextInt(3) == 0 ? rule.negated() : rule;
        return random.nextInt(4) == 0 ? rule.alternative() : rule;
    }

    /** Mostly sound packets with few different values, of which some are cut. */
    private FilterFrame frame(boolean inbound) {
        byte[] payload = new byte[70];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt(3) : 0);
        }
        int etherType = new int[] {0x0800, 0x0800, 0x86dd, 0x86dd, 0x0806, 0x88cc}[random.nextInt(6)];
        int protocol = new int[] {1, 6, 6, 17, 58, 132, 99, 0}[random.nextInt(8)];
        if (etherType == 0x0800) {
            payload[0] = 0x45;
            payload[9] = (byte) protocol;
            System.arraycopy(new byte[] {10, 0, 0, (byte) random.nextInt(3)}, 0, payload, 12, 4);
            System.arraycopy(new byte[] {10, 0, 0, (byte) random.nextInt(3)}, 0, payload, 16, 4);
        } else if (etherType == 0x86dd) {
            payload[6] = (byte) (random.nextInt(4) == 0 ? 0x3a : protocol);
            payload[8] = (byte) (random.nextInt(4) == 0 ? 0xfc : 0xfd);
            payload[24] = (byte) 0xfd;
            if (payload[6] == 0x3a && random.nextBoolean()) {
                payload[40] = (byte) (0x86 + random.nextInt(3));
            }
        }
        int length = random.nextInt(6) == 0 ? random.nextInt(payload.length) : payload.length - random.nextInt(8);
        long mac = random.nextInt(4) == 0 ? 0xffff_ffff_ffffL : Mac.derive(member(), NETWORK);
        long other = inbound ? member() : random.nextInt(6) == 0 ? 0 : member();
        return new FilterFrame()
                .set(
                        payload,
                        0,
                        length,
                        etherType,
                        0,
                        Mac.derive(member(), NETWORK),
                        mac,
                        inbound ? other : MEMBERS[0],
                        inbound ? MEMBERS[0] : other,
                        inbound);
    }
}
