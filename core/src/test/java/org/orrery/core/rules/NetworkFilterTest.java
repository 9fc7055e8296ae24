// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.core.rules.RuleVectors.bits;
import static org.orrery.core.rules.RuleVectors.bytes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.rules.FilterSide.HeldCapability;
import org.orrery.core.value.Address;
import org.orrery.core.value.Hex;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireWriter;
import tools.jackson.databind.JsonNode;

/** Rule tables and the filter of a network, against recorded decisions of both protocol generations. */
class NetworkFilterTest {
    private final RandomGenerator random = new Random(5);

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void everyMatchHoldsForTheRecordedFrames(String generation) {
        var recorded = new Recorded(generation);
        JsonNode matrix = recorded.root.get("matchMatrix");
        assertThat(matrix.size()).isGreaterThan(100);
        for (JsonNode entry : matrix) {
            Rule rule = RuleVectors.table(entry.get("ruleBytes")).rules().getFirst();
            RuleVectors.assertRule(rule, entry.get("rule"), entry.get("rule").toString());
            for (boolean inbound : new boolean[] {false, true}) {
                String direction = inbound ? "nbound" : "utbound";
                String start = inbound ? "i" : "o";
                assertThat(row(recorded, rule, inbound))
                        .as(rule + " " + direction)
                        .isEqualTo(entry.get(start + direction).asString());
                assertThat(row(recorded, rule.negated(), inbound))
                        .as("not " + rule + " " + direction)
                        .isEqualTo(entry.get("not" + start.toUpperCase(java.util.Locale.ROOT) + direction)
                                .asString());
            }
        }
    }

    private String row(Recorded recorded, Rule rule, boolean inbound) {
        var table = RuleTable.of(rule, Rule.of(RuleType.ACCEPT));
        CompiledRules compiled = CompiledRules.of(table, recorded.dialect);
        FilterScope scope = recorded.scope(FilterSide.UNKNOWN, 0);
        var text = new StringBuilder();
        for (int frame = 0; frame < recorded.root.get("frames").size(); frame++) {
            Verdict verdict = compiled.evaluate(
                    recorded.frame(frame, inbound), scope, FilterSide.UNKNOWN, random, new FilterResult());
            text.append(verdict == Verdict.ACCEPT ? '1' : '0');
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void theConfigurationDecidesAboutUnknownMatches(String generation) {
        var recorded = new Recorded(generation);
        for (JsonNode entry : recorded.root.get("unknownMatchTypes")) {
            int type = entry.get("type").asInt() | (entry.get("not").asBoolean() ? 0x80 : 0);
            String table = Hex.of(type, 2) + "000100";
            CompiledRules compiled = CompiledRules.of(
                    RuleVectors.table(tools.jackson.databind.node.StringNode.valueOf(table)), recorded.dialect);
            for (long flags : new long[] {0, 8}) {
                Verdict verdict = compiled.evaluate(
                        recorded.frame(0, false),
                        recorded.scope(FilterSide.UNKNOWN, flags),
                        FilterSide.UNKNOWN,
                        random,
                        new FilterResult());
                assertThat(verdict == Verdict.ACCEPT)
                        .isEqualTo(entry.get(flags == 0 ? "matchesWithoutFlag8" : "matchesWithFlag8")
                                .asBoolean());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void wholeTablesGiveTheRecordedVerdicts(String generation) {
        var recorded = new Recorded(generation);
        assertThat(recorded.root.get("tables").size()).isGreaterThan(200);
        for (JsonNode entry : recorded.root.get("tables")) {
            recorded.assertVerdict(entry, FilterSide.UNKNOWN, FilterSide.UNKNOWN, random);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void tagsGiveTheRecordedVerdicts(String generation) {
        var recorded = new Recorded(generation);
        assertThat(recorded.root.get("tags").size()).isGreaterThan(1000);
        for (JsonNode entry : recorded.root.get("tags")) {
            FilterSide own = new FilterSide(tags(entry.get("localTags")), OwnedAddresses.EMPTY, List.of());
            FilterSide remote = entry.get("remoteMemberKnown").asBoolean()
                    ? new FilterSide(tags(entry.get("remoteTags")), OwnedAddresses.EMPTY, List.of())
                    : FilterSide.UNKNOWN;
            recorded.assertVerdict(entry, own, remote, random);
        }
    }

    private static TagSet tags(JsonNode list) {
        Map<Integer, Integer> values = new HashMap<>();
        list.forEach(tag ->
                values.put((int) tag.get("id").asLong(), (int) tag.get("value").asLong()));
        return new TagSet(values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void ownershipGivesTheRecordedVerdicts(String generation) {
        var recorded = new Recorded(generation);
        for (JsonNode entry : recorded.root.get("ownership")) {
            FilterSide holder = FilterSide.UNKNOWN;
            if (entry.has("owned")) {
                holder = new FilterSide(TagSet.EMPTY, owned(entry.get("owned")), List.of());
            }
            String heldBy = entry.get("certificateHeldBy").asString();
            recorded.assertVerdict(
                    entry,
                    heldBy.equals("self") ? holder : FilterSide.UNKNOWN,
                    heldBy.equals("peer") ? holder : FilterSide.UNKNOWN,
                    random);
        }
    }

    private static OwnedAddresses owned(JsonNode list) {
        List<Mac> macs = new ArrayList<>();
        List<Ip> ips = new ArrayList<>();
        for (JsonNode thing : list) {
            String text = thing.asString();
            Ip.parse(text)
                    .ifPresentOrElse(ips::add, () -> macs.add(Mac.parse(text).orElseThrow()));
        }
        return new OwnedAddresses(macs, ips);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void theWholeNetworkDecidesAsRecorded(String generation) {
        var recorded = new Recorded(generation);
        for (JsonNode entry : recorded.root.get("network")) {
            boolean inbound = entry.get("inbound").asBoolean();
            String what = entry.get("what").asString() + (inbound ? " inbound" : " outbound");
            FilterSide own = recorded.capabilities(entry.get("localCapabilities"));
            FilterSide remote = recorded.capabilities(entry.get("peerCapabilities"));
            var filter = new NetworkFilter(
                    CompiledRules.of(RuleVectors.tableOf(entry.get("rules")), recorded.dialect),
                    recorded.scope(own, 0));
            var decision = new FilterDecision();
            int frame = entry.get("frame").asInt();
            boolean noCopies = entry.has("noCopies") && entry.get("noCopies").asBoolean();
            Verdict verdict = filter.decide(
                    recorded.frame(frame, inbound), remote, noCopies, random, new FilterResult(), decision);

            assertThat(name(verdict)).as(what).isEqualTo(entry.get("result").asString());
            List<String> expected = new ArrayList<>();
            for (JsonNode sent : entry.get("sent")) {
                if (sent.get("verb").asInt() == 7) {
                    expected.add(sent.get("to").asString() + " "
                            + sent.get("flags").asInt() + " "
                            + sent.get("payload").asString());
                }
            }
            assertThat(recorded.sent(decision, frame, inbound)).as(what).isEqualTo(expected);
        }
    }

    @Test
    void neighbourDiscoveryMakesDerivedAddressesTrusted() {
        var network = new NetworkId(0x354e4b499a0000a1L);
        var self = new Address(0x38b0321504L);
        Ip sixPlane = Ip.parse("fcaf:4e4b:e838:b032:1504::1").orElseThrow();
        Ip rfc4193 = Ip.parse("fd35:4e4b:499a:0000:a199:9338:b032:1504").orElseThrow();
        CompiledRules rules =
                CompiledRules.of(RuleTable.of(Rule.of(RuleType.CHARACTERISTICS, 1L << 60), Rule.of(RuleType.ACCEPT)));
        for (Ip own : List.of(sixPlane, rfc4193)) {
            // Another member's address in the same range: only the low bytes differ.
            Ip sender =
                    own.equals(sixPlane) ? Ip.v6(own.high() ^ 0xff, own.low()) : Ip.v6(own.high(), own.low() ^ 0xff);
            byte[] frame = new byte[40];
            System.arraycopy(sender.bytes(), 0, frame, 8, 16);
            for (boolean inbound : new boolean[] {false, true}) {
                var view = new FilterFrame().set(frame, 0, 40, 0x86dd, 0, 1, 2, 3, 4, inbound);
                FilterScope with = FilterScope.of(network, self, FilterSide.UNKNOWN, 0x04, List.of(own));
                FilterScope without = FilterScope.of(network, self, FilterSide.UNKNOWN, 0, List.of(own));
                assertThat(rules.evaluate(view, with, FilterSide.UNKNOWN, random, new FilterResult()) == Verdict.ACCEPT)
                        .isEqualTo(inbound);
                assertThat(rules.evaluate(view, without, FilterSide.UNKNOWN, random, new FilterResult()))
                        .isEqualTo(Verdict.NO_MATCH);
            }
        }
    }

    @Test
    void randomTablesAndFramesNeverThrow() {
        for (int round = 0; round < 5000; round++) {
            var rules = new ArrayList<Rule>();
            for (int i = random.nextInt(12); i > 0; i--) {
                RuleType type = RuleType.values()[random.nextInt(RuleType.values().length)];
                byte[] value = new byte[type.valueBytes()];
                random.nextBytes(value);
                rules.add(Rule.of(type, random.nextBoolean(), random.nextBoolean(), value));
            }
            byte[] frame = new byte[random.nextInt(100)];
            random.nextBytes(frame);
            int etherType = new int[] {0x0800, 0x86dd, 0x0806, 1}[random.nextInt(4)];
            var filter = new NetworkFilter(
                    CompiledRules.of(new RuleTable(rules), RuleDialect.values()[random.nextInt(2)]),
                    FilterScope.of(new NetworkId(1), new Address(2), FilterSide.UNKNOWN, random.nextLong(), List.of()));
            var view = new FilterFrame().set(frame, 0, frame.length, etherType, 0, 1, 2, 3, 4, random.nextBoolean());
            var decision = new FilterDecision();
            Verdict verdict =
                    filter.decide(view, FilterSide.UNKNOWN, random.nextBoolean(), random, new FilterResult(), decision);
            assertThat(verdict).isEqualTo(decision.verdict()).isIn(Verdict.DROP, Verdict.ACCEPT, Verdict.SUPER_ACCEPT);
        }
    }

    @Test
    void decidingAllocatesNothing() throws ReflectiveOperationException {
        var recorded = new Recorded("-1.14.2");
        FilterSide own = new FilterSide(
                new TagSet(Map.of(1, 5)),
                new OwnedAddresses(List.of(), List.of(Ip.v4(10, 1, 2, 3))),
                List.of(new HeldCapability(1, CompiledRules.of(RuleTable.ACCEPT_ALL))));
        var filter = new NetworkFilter(
                CompiledRules.of(RuleTable.of(
                        Rule.of(RuleType.ETHERTYPE, 0x0806),
                        Rule.of(RuleType.DROP),
                        Rule.of(RuleType.TAG_SENDER, 1, 6),
                        Rule.of(RuleType.CHARACTERISTICS, 1L << 60).alternative(),
                        Rule.of(RuleType.DESTINATION_PORT_RANGE, 22, 22),
                        Rule.of(RuleType.ACCEPT))),
                recorded.scope(own, 0));
        FilterFrame frame = recorded.frame(0, false);
        var scratch = new FilterResult();
        var decision = new FilterDecision();
        long accepted = 0;
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = allocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                accepted += filter.decide(frame, FilterSide.UNKNOWN, false, random, scratch, decision) == Verdict.ACCEPT
                        ? 1
                        : 0;
            }
            least = Math.min(least, allocatedBytes() - before);
        }
        assertThat(accepted).isEqualTo(200_000);
        // The reading itself may cost a few bytes; one object per decision would be 160,000.
        assertThat(least).isLessThan(20_000);
    }

    /** Bytes this thread has allocated; the module of the bean is not one that core reads. */
    private static long allocatedBytes() throws ReflectiveOperationException {
        Object bean = Class.forName("java.lang.management.ManagementFactory")
                .getMethod("getThreadMXBean")
                .invoke(null);
        return (long) Class.forName("com.sun.management.ThreadMXBean")
                .getMethod("getCurrentThreadAllocatedBytes")
                .invoke(bean);
    }

    private static String name(Verdict verdict) {
        return switch (verdict) {
            case NO_MATCH -> "noMatch";
            case DROP -> "drop";
            case REDIRECT -> "redirect";
            case ACCEPT -> "accept";
            case SUPER_ACCEPT -> "superAccept";
        };
    }

    /** One file of recorded decisions. */
    private static final class Recorded {
        final JsonNode root;
        final RuleDialect dialect;

        Recorded(String generation) {
            root = RuleVectors.load("rulefilter" + generation);
            dialect = generation.isEmpty() ? RuleDialect.PROTOCOL_9 : RuleDialect.PROTOCOL_12;
        }

        FilterScope scope(FilterSide own, long flags) {
            return FilterScope.of(
                    new NetworkId(bits(root.get("networkId"))),
                    new Address(bits(root.get("self"))),
                    own,
                    flags,
                    List.of());
        }

        FilterFrame frame(int index, boolean inbound) {
            JsonNode frame = root.get("frames").get(index);
            JsonNode way = root.get("directions").get(inbound ? "inbound" : "outbound");
            byte[] payload = bytes(frame.get("bytes"));
            // Placed inside a larger array, so that an offset forgotten somewhere shows.
            byte[] around = new byte[payload.length + 21];
            java.util.Arrays.fill(around, (byte) 0x5a);
            System.arraycopy(payload, 0, around, 13, payload.length);
            return new FilterFrame()
                    .set(
                            around,
                            13,
                            payload.length,
                            frame.get("etherType").asInt(),
                            frame.get("vlanId").asInt(),
                            bits(way.get("macSource")),
                            macDestination(frame, way),
                            bits(way.get("ztSource")),
                            bits(way.get("ztDest")),
                            inbound);
        }

        private static long macDestination(JsonNode frame, JsonNode way) {
            JsonNode override = frame.get("macDestOverride");
            return bits(override.isNull() ? way.get("macDest") : override);
        }

        FilterSide capabilities(JsonNode list) {
            var held = new ArrayList<HeldCapability>();
            list.forEach(each -> held.add(new HeldCapability(
                    each.get("id").asInt(), CompiledRules.of(RuleVectors.tableOf(each.get("rules")), dialect))));
            return new FilterSide(TagSet.EMPTY, OwnedAddresses.EMPTY, held);
        }

        void assertVerdict(JsonNode entry, FilterSide own, FilterSide remote, RandomGenerator random) {
            RuleTable table = RuleVectors.table(entry.get("ruleBytes"));
            String what = entry.toString();
            RuleVectors.assertTable(table, entry.get("rules"), what);
            var result = new FilterResult();
            CompiledRules.of(table, dialect)
                    .evaluate(
                            frame(
                                    entry.get("frame").asInt(),
                                    entry.get("inbound").asBoolean()),
                            scope(own, 0),
                            remote,
                            random,
                            result);
            assertThat(name(result.verdict()))
                    .as(what)
                    .isEqualTo(entry.get("verdict").asString());
            assertThat(Hex.of(result.destination(), 10))
                    .as(what)
                    .isEqualTo(entry.get("finalDest").asString());
            assertThat(result.copyTo() != 0).as(what).isEqualTo(entry.has("copyTo"));
            if (entry.has("copyTo")) {
                assertThat(result.copyTo()).as(what).isEqualTo(bits(entry.get("copyTo")));
                assertThat(result.copyLength())
                        .as(what)
                        .isEqualTo(entry.get("copyLength").asInt());
                assertThat(result.copyWatched())
                        .as(what)
                        .isEqualTo(entry.get("copyWatch").asBoolean());
            }
        }

        /** The extended frames that a decision asks for, as the records write them. */
        List<String> sent(FilterDecision decision, int index, boolean inbound) {
            var list = new ArrayList<String>();
            for (int i = 0; i < decision.copyCount(); i++) {
                list.add(frameTo(decision.copyTo(i), decision.copyFlags(i), decision.copyLength(i), index, inbound));
            }
            if (decision.redirectTo() != 0) {
                int length = bytes(root.get("frames").get(index).get("bytes")).length;
                list.add(frameTo(decision.redirectTo(), decision.redirectFlags(), length, index, inbound));
            }
            return list;
        }

        private String frameTo(long to, int flags, int length, int index, boolean inbound) {
            JsonNode frame = root.get("frames").get(index);
            JsonNode way = root.get("directions").get(inbound ? "inbound" : "outbound");
            var out = new WireWriter(3000);
            out.u64(bits(root.get("networkId"))).u8(flags);
            out.u48(macDestination(frame, way)).u48(bits(way.get("macSource")));
            out.u16(frame.get("etherType").asInt()).bytes(bytes(frame.get("bytes")), 0, length);
            return Hex.of(to, 10) + " " + flags + " " + Hex.of(out.toByteArray());
        }
    }
}
