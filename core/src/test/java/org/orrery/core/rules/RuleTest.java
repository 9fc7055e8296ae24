// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Hex;
import org.orrery.core.value.Prefix;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;
import tools.jackson.databind.JsonNode;

class RuleTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void readsAndWritesEveryRecordedEncoding(String generation) {
        JsonNode encodings = RuleVectors.load("networkconfig" + generation).get("ruleEncodings");
        assertThat(encodings.size()).isGreaterThan(100);
        for (JsonNode entry : encodings) {
            RuleTable table = RuleVectors.table(entry.get("bytes"));
            assertThat(table.size()).isEqualTo(1);
            RuleVectors.assertRule(table.rules().getFirst(), entry.get("rule"), entry.toString());
            assertThat(RuleVectors.hex(table)).isEqualTo(entry.get("bytes").asString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void stopsWhereTheRecordsStop(String generation) {
        for (JsonNode entry : RuleVectors.load("networkconfig" + generation).get("ruleParsing")) {
            String what = entry.get("what").asString();
            var in = new WireReader(RuleVectors.bytes(entry.get("bytes")));
            RuleTable table = RuleTable.readAll(in, entry.get("maximum").asInt());
            if (what.equals("unknown type with a length beyond the end")) {
                // The recorded parser steps past its end here; nothing here ever does.
                assertThat(table).isNull();
                assertThat(in.fault()).isEqualTo(DropReason.TRUNCATED);
                continue;
            }
            assertThat(table != null).as(what).isEqualTo(entry.get("parsed").asBoolean());
            if (table != null) {
                assertThat(in.position())
                        .as(what)
                        .isEqualTo(entry.get("position").asInt());
                RuleVectors.assertTable(table, entry.get("rules"), what);
            }
        }
    }

    @Test
    void keepsTheBytesOfTypesThatNobodyDefines() {
        byte[] bytes = {(byte) 0xfc, 3, 1, 2, 3};
        Rule rule = Objects.requireNonNull(Rule.read(new WireReader(bytes)));
        assertThat(rule.type()).isNull();
        assertThat(rule.typeId()).isEqualTo(60);
        var out = new WireWriter(10);
        rule.write(out);
        assertThat(out.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void makesRulesFromNumbersAndPrefixes() {
        assertThat(written(Rule.of(RuleType.ETHERTYPE, 0x86dd).negated())).isEqualTo("a50286dd");
        assertThat(written(Rule.of(RuleType.IP_PROTOCOL, 6).alternative())).isEqualTo("640106");
        assertThat(written(Rule.of(RuleType.ICMP, 8, 0))).isEqualTo("2603080000");
        assertThat(written(Rule.of(RuleType.TEE, 0x38b0321504L, 0, 64))).isEqualTo("020e00000038b0321504000000000040");
        assertThat(written(Rule.of(
                        RuleType.IPV4_SOURCE, Prefix.parse("10.1.2.3/24").orElseThrow())))
                .isEqualTo("1f050a01020318");
        assertThat(written(Rule.of(RuleType.INTEGER_RANGE, 5, 8, 2, 0x0f)))
                .isEqualTo("33130000000000000005000000000000000800020f");
        assertThatThrownBy(() -> Rule.of(RuleType.IPV6_SOURCE, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Rule.of(RuleType.ETHERTYPE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyTruncationIsRefused() {
        var random = new Random(11);
        for (RuleType type : RuleType.values()) {
            byte[] value = new byte[type.valueBytes()];
            random.nextBytes(value);
            var out = new WireWriter(32);
            Rule.of(type, random.nextBoolean(), random.nextBoolean(), value).write(out);
            byte[] whole = out.toByteArray();
            for (int keep = 0; keep < whole.length; keep++) {
                var in = new WireReader(whole, 0, keep);
                assertThat(Rule.read(in)).isNull();
                assertThat(in.intact()).isFalse();
            }
        }
    }

    @Test
    void readingRandomBytesNeverThrowsAndIsStable() {
        var random = new Random(12);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            var in = new WireReader(bytes);
            RuleTable table = RuleTable.readAll(in, 1 + random.nextInt(20));
            assertThat(table == null).isEqualTo(in.fault() != DropReason.NONE);
            if (table != null) {
                byte[] once = RuleVectors.written(table);
                assertThat(RuleTable.readAll(new WireReader(once), RuleTable.RULES_MAX))
                        .isEqualTo(table);
            }
        }
    }

    @Test
    void theTableOfTypesIsConsistent() {
        var names = new TreeSet<String>();
        for (RuleType type : RuleType.values()) {
            assertThat(RuleType.of(type.id())).isEqualTo(type);
            int bytes = 0;
            for (RuleField field : type.fields()) {
                assertThat(field.offset()).isEqualTo(bytes);
                bytes += field.width();
            }
            assertThat(type.valueBytes()).isEqualTo(bytes);
            type.jsonName().ifPresent(name -> {
                assertThat(names.add(name)).isTrue();
                assertThat(RuleType.ofJsonName(name)).contains(type);
            });
        }
        assertThat(names).hasSize(RuleType.values().length - 1);
        assertThat(Arrays.stream(RuleType.values()).filter(RuleType::action)).hasSize(7);
    }

    private static String written(Rule rule) {
        var out = new WireWriter(64);
        rule.write(out);
        return Hex.of(out.toByteArray());
    }
}
