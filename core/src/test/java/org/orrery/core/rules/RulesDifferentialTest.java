// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.orrery.core.rules.FilterSide.HeldCapability;
import org.orrery.core.rules.PlainRules.Copy;
import org.orrery.core.rules.PlainRules.Decision;
import org.orrery.core.rules.PlainRules.Frame;
import org.orrery.core.rules.PlainRules.Holder;
import org.orrery.core.rules.PlainRules.Outcome;
import org.orrery.core.rules.PlainRules.Result;
import org.orrery.core.rules.PlainRules.Truth;
import org.orrery.core.value.Address;
import org.orrery.core.value.DerivedAddresses;
import org.orrery.core.value.Hex;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.NetworkId;

/**
 * Compiled rules against {@link PlainRules} on random cases. {@code -Dorrery.rules.cases} says how many, {@code
 * -Dorrery.rules.seed} with which to begin: a failure names the seed of its case, which alone makes it again.
 */
class RulesDifferentialTest {
    private static final int CASES = Integer.getInteger("orrery.rules.cases", 100_000);
    private static final long SEED = Long.getLong("orrery.rules.seed", 1);
    private static final NetworkId NETWORK = new NetworkId(0x354e4b499a0000a1L);
    private static final long NDP_EMULATION = 0x04;
    private static final long UNKNOWN_MATCHES = 0x08;

    /** Matches that say of some frames that they do not apply. */
    private static final Set<Integer> CONDITIONAL =
            Set.of(31, 32, 33, 34, 35, 36, 38, 39, 40, 44, 45, 46, 47, 48, 49, 50);

    private static final Set<Integer> ABOUT_TAGS = Set.of(44, 45, 46, 47, 48, 49, 50);

    private final Map<Integer, Map<Truth, Integer>> seen = new HashMap<>();
    private final Map<Result, Integer> results = new EnumMap<>(Result.class);
    private final Map<String, Integer> decisions = new HashMap<>();

    @Test
    void decidesLikeTheSpecification() {
        for (int i = 0; i < CASES; i++) {
            oneCase(SEED + i);
        }
        assertThat(CASES < 100_000 || thorough())
                .as("%s %s %s", seen, results, decisions)
                .isTrue();
    }

    /** Whether the cases were such that a fault would have shown. */
    private boolean thorough() {
        for (RuleType type : RuleType.values()) {
            if (type.action()) {
                continue;
            }
            Map<Truth, Integer> of = seen.getOrDefault(type.id(), Map.of());
            boolean icmp = type == RuleType.ICMP;
            boolean often = of.getOrDefault(Truth.TRUE, 0) >= 25
                    && of.getOrDefault(Truth.FALSE, 0) >= 25
                    && (!CONDITIONAL.contains(type.id()) || of.getOrDefault(Truth.NOT_APPLICABLE, 0) >= 25)
                    && (!ABOUT_TAGS.contains(type.id()) || of.getOrDefault(Truth.LENIENT, 0) >= 25)
                    && (!icmp || of.getOrDefault(Truth.TRUE_EVEN_IF_INVERTED, 0) >= 25);
            if (!often) {
                return false;
            }
        }
        boolean allResults =
                Arrays.stream(Result.values()).allMatch(result -> results.getOrDefault(result, 0) >= 1_000);
        return allResults
                && decisions.values().stream().filter(count -> count >= 25).count() >= 14;
    }

    private void oneCase(long seed) {
        var random = new SplittableRandom(seed * 0x9e3779b97f4a7c15L);
        long self = RandomCases.ADDRESSES[random.nextInt(RandomCases.ADDRESSES.length)];
        Ip sixPlane = DerivedAddresses.sixPlane(NETWORK.bits(), self).ip();
        Ip rfc4193 = DerivedAddresses.rfc4193(NETWORK.bits(), self).ip();
        var cases = new RandomCases(random, sixPlane.bytes(), rfc4193.bytes());

        boolean newer = random.nextBoolean();
        boolean inbound = random.nextBoolean();
        boolean noCopies = random.nextBoolean();
        boolean emulation = random.nextBoolean();
        boolean unknown = random.nextBoolean();
        long other = cases.oneIn(8) ? 0 : cases.address();
        List<Ip> statics = random.nextBoolean() ? List.of(sixPlane) : List.of(rfc4193);
        Holder own = cases.holder(false);
        Holder remote = cases.holder(cases.oneIn(4));
        List<Rule> base = cases.table(5);
        Frame frame = cases.frame(inbound, inbound ? other : self, inbound ? self : other);

        RuleDialect dialect = newer ? RuleDialect.PROTOCOL_12 : RuleDialect.PROTOCOL_9;
        FilterSide ownSide = side(own, dialect);
        FilterSide remoteSide = side(remote, dialect);
        long flags = (emulation ? NDP_EMULATION : 0) | (unknown ? UNKNOWN_MATCHES : 0);
        FilterScope scope = FilterScope.of(NETWORK, new Address(self), ownSide, flags, statics);
        var node = new PlainRules.Node(
                self,
                own,
                unknown,
                emulation && statics.contains(sixPlane) ? Optional.of(sixPlane.bytes()) : Optional.empty(),
                emulation && statics.contains(rfc4193) ? Optional.of(rfc4193.bytes()) : Optional.empty(),
                newer);
        CompiledRules compiled = CompiledRules.of(new RuleTable(base), dialect);
        String what = "seed " + seed + ": " + base + (newer ? ", newer, " : ", older, ")
                + (inbound ? "inbound, " : "outbound, ") + Integer.toHexString(frame.etherType()) + " "
                + Hex.of(frame.data());

        long chance = random.nextLong();
        Outcome expected =
                new PlainRules.Run(frame, node, remote, new SplittableRandom(chance), this::tally).over(base);
        var result = new FilterResult();
        compiled.evaluate(filterFrame(frame, cases), scope, remoteSide, new SplittableRandom(chance), result);
        assertThat(outcome(result)).as(what).isEqualTo(expected);
        results.merge(expected.result(), 1, Integer::sum);

        Decision wanted = PlainRules.decide(base, frame, node, remote, noCopies, new SplittableRandom(chance));
        var decided = new FilterDecision();
        new NetworkFilter(compiled, scope)
                .decide(
                        filterFrame(frame, cases),
                        remoteSide,
                        noCopies,
                        new SplittableRandom(chance),
                        new FilterResult(),
                        decided);
        assertThat(decision(decided)).as(what).isEqualTo(wanted);
        String kind = (newer ? "newer " : "older ") + wanted.result() + " copies="
                + wanted.copies().size()
                + (wanted.redirectedTo() != 0 ? " redirected" : "")
                + (wanted.capability().isPresent() ? " by capability" : "");
        decisions.merge(kind, 1, Integer::sum);
    }

    private void tally(int type, Truth truth) {
        seen.computeIfAbsent(type, _ -> new EnumMap<>(Truth.class)).merge(truth, 1, Integer::sum);
    }

    static FilterSide side(Holder holder, RuleDialect dialect) {
        Map<Integer, Integer> tags = new HashMap<>();
        holder.tags().forEach((id, value) -> tags.put(id.intValue(), value.intValue()));
        List<Ip> ips = new ArrayList<>();
        for (List<Byte> each : holder.ips()) {
            byte[] bytes = new byte[each.size()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = each.get(i);
            }
            ips.add(Ip.of(bytes, 0, bytes.length == 16));
        }
        List<HeldCapability> capabilities = new ArrayList<>();
        holder.capabilities()
                .forEach((id, rules) -> capabilities.addFirst(
                        new HeldCapability(id.intValue(), CompiledRules.of(new RuleTable(rules), dialect))));
        List<Mac> macs = holder.macs().stream().map(Mac::new).toList();
        return new FilterSide(new TagSet(tags), new OwnedAddresses(macs, ips), capabilities);
    }

    /** Somewhere in an array that goes on with other bytes. */
    static FilterFrame filterFrame(Frame frame, RandomCases cases) {
        int before = cases.below(9);
        byte[] bytes = new byte[before + frame.data().length + 64];
        Arrays.fill(bytes, (byte) 0xee);
        System.arraycopy(frame.data(), 0, bytes, before, frame.data().length);
        return new FilterFrame()
                .set(
                        bytes,
                        before,
                        frame.data().length,
                        frame.etherType(),
                        0,
                        frame.sourceMac(),
                        frame.destinationMac(),
                        frame.source(),
                        frame.destination(),
                        frame.inbound());
    }

    private static Outcome outcome(FilterResult result) {
        Optional<Copy> copy = result.copyTo() == 0
                ? Optional.empty()
                : Optional.of(new Copy(result.copyTo(), result.copyLength(), result.copyWatched()));
        return new Outcome(Result.valueOf(result.verdict().name()), result.destination(), copy);
    }

    private static Decision decision(FilterDecision decided) {
        List<Copy> copies = new ArrayList<>();
        for (int i = 0; i < decided.copyCount(); i++) {
            boolean watched = (decided.copyFlags(i) & 0x10) != 0;
            copies.add(new Copy(decided.copyTo(i), decided.copyLength(i), watched));
        }
        int result =
                switch (decided.verdict()) {
                    case ACCEPT -> 1;
                    case SUPER_ACCEPT -> 2;
                    case DROP, NO_MATCH, REDIRECT -> 0;
                };
        Optional<Long> capability =
                decided.byCapability() ? Optional.of(decided.capability() & 0xffff_ffffL) : Optional.empty();
        return new Decision(result, copies, decided.redirectTo(), capability);
    }
}
