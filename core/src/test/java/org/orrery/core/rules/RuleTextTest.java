// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.orrery.core.value.Prefix;
import org.orrery.core.wire.WireReader;

/** Rules in words, and the words of explanations. */
class RuleTextTest {
    private static RuleTable wire(String hex) {
        return java.util.Objects.requireNonNull(
                RuleTable.readAll(new WireReader(HexFormat.of().parseHex(hex.replace(" ", ""))), RuleTable.RULES_MAX));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a5020800 a5020806 0000 | drop not ethertype ipv4 and not ethertype arp;",
                "240106 280400500050 680401bb01bb 0100 | accept ipprotocol tcp and dport 80 or dport 443;",
                "28040400 07ff 0500 | break dport 1024-2047;",
                "2603080000 020e00000038b032150400000000 0080 | tee 128 38b0321504 icmp 8 -1;",
                "2603080301 040e00000038b032150400000000 0000 | redirect 38b0321504 icmp 8 3;",
                "030e00000038b032150400000000 0000 | watch -1 38b0321504;",
                "29080000000000000012 | (no action) chr tcp_ack,tcp_syn;",
                "1f050a01020318 60051705010203 | (no action) ipsrc 10.1.2.3/24 or ipdest 23.5.1.2/3;",
                "2303fc0810 2a0400400080 2b0480000000 | (no action) iptos 0xfc 0x08-0x10 and framesize 64-128"
                        + " and random 0.5;",
                "3108000003e800000002 b2080000000700000002 | (no action) tseq role admin and not treq 7 2;",
                "1d06112233445566 1805 38b0321504 | (no action) macsrc 11:22:33:44:55:66 and ztsrc 38b0321504;",
                "b400 0900 | action 9 (unknown) not match 52 (unknown);",
                "33130000000000000005000000000000000800020f0600 | priority integer 0x5-0x8 of 16 bits at 2;",
            })
    void statementsReadAsTheLanguageHasThem(String hex, String text) {
        RuleTable table = wire(hex);
        var names = new TagNames(Map.of(1000, "role"), Map.of(1000, Map.of(2L, "admin")), Map.of());
        String shown = new RuleText(names).statement(table.rules());
        assertThat(shown).isEqualTo(text);
    }

    @Test
    void reasonsNameTheFieldAndItsValue() {
        RuleTable table = RuleTable.of(
                Rule.of(RuleType.DESTINATION_PORT_RANGE, 22, 22),
                Rule.of(RuleType.ACCEPT),
                Rule.of(RuleType.TAG_RECEIVER, 1000, 2).negated(),
                Rule.of(RuleType.DROP),
                Rule.of(RuleType.IPV6_SOURCE, Prefix.parse("fd00::/8").orElseThrow())
                        .negated(),
                Rule.of(RuleType.DROP),
                Rule.of(RuleType.CHARACTERISTICS, 2),
                Rule.of(RuleType.CHARACTERISTICS, 16).negated(),
                Rule.of(RuleType.ACCEPT),
                Rule.of(RuleType.DROP));
        byte[] syn = HexFormat.of()
                .parseHex("450000280000000040060000" + "0a010102" + "0a010103" + "c35001bb" + "0000000000000000"
                        + "50022000" + "00000000");
        FilterFrame frame = new FilterFrame().set(syn, 0, syn.length, 0x0800, 0, 1, 2, 3, 4, false);
        FilterScope scope = new FilterScope(3, FilterSide.UNKNOWN, false, null, null);
        TableTrace trace = TableTrace.of(
                table, RuleDialect.PROTOCOL_12, frame, scope, FilterSide.UNKNOWN, new Random(1), RuleText.PLAIN);
        assertThat(trace.steps().stream().map(step -> step.index() + " " + step.outcome() + " " + step.reason()))
                .containsExactly(
                        "0 FAILS destination port is 443, not 22",
                        "1 NOT_TAKEN ",
                        "2 HOLDS receiver has shown no tag 1000; receiver decides",
                        "3 WITHOUT_EFFECT spared once: a tag was not known here",
                        "4 FAILS no IPv6 packet: ether type is ipv4; NOT does not turn what does not apply into a match",
                        "5 NOT_TAKEN ",
                        "6 HOLDS frame is tcp_syn",
                        "7 HOLDS frame is not tcp_ack",
                        "8 TAKEN ",
                        "9 NOT_REACHED ");
        assertThat(trace.verdict()).isEqualTo(Verdict.ACCEPT);
        assertThat(trace.decidedBy()).isEqualTo(8);
    }

    @Test
    void everyTypeHasItsOwnWord() {
        List<String> words = Arrays.stream(RuleType.values())
                .map(type -> Rule.of(type, false, false, new byte[type.valueBytes()]))
                .map(RuleText.PLAIN::words)
                .map(text -> text.split(" ")[0])
                .toList();
        // Both IP families share a word.
        assertThat(words).hasSize(35);
        assertThat(words.stream().distinct()).hasSize(33);
    }
}
