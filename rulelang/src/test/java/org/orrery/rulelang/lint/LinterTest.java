// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.orrery.rulelang.RuleCompiler;

final class LinterTest {
    private static List<String> warnings(String script) {
        var compilation = RuleCompiler.compile(script);
        assertThat(compilation.errors()).as(script).isEmpty();
        return Linter.lint(compilation).stream()
                .map(warning -> compilation.source().place(warning.span().start()) + " " + warning.code())
                .toList();
    }

    /** Each line: a script, and every warning about it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            accept;                                                          |
            drop not ethertype ipv4 and not ethertype arp ; accept;          |
            accept or dport 5; accept dport 80 ; accept;                     | 1:8 or-first, 1:11 any-protocol, 1:27 unreachable, 1:27 any-protocol
            accept ethertype ipv4; accept ethertype arp;                     | 1:24 missing-end
            accept ethertype ipv4; drop;                                     | 1:1 arp-forgotten
            accept ethertype ipv4; accept ethertype arp ethertype ipv6; drop; | 1:1 arp-forgotten
            accept ethertype arp; accept ethertype ipv6 ipprotocol tcp; drop; | 1:23 nd-forgotten
            accept ethertype ipv6 ipprotocol tcp; accept ipprotocol icmp6; drop; |
            drop ethertype arp; accept;                                      | 1:21 arp-forgotten
            tag t id 1; accept teq t 5; accept;                              | 1:20 no-default
            tag t id 1 default 0; accept teq t 5; accept;                    |
            tag t id 1; tag u id 1; accept;                                  | 1:17 duplicate-id
            tag t id 1 default T; accept;                                    | 1:20 default
            tag t id 1 enum 1 or; accept;                                    | 1:19 reserved
            tag t id 1 enum 1 x flag 3 x; accept;                            | 1:5 flag-or-enum
            cap c id 1 accept; ; drop dport 5 ipprotocol tcp; drop;          | 1:5 useless-capability
            cap c id 1 accept; ; accept;                                     | 1:5 useless-capability
            cap c id 1 accept; ; break chr tcp_syn not chr tcp_ack; accept;  |
            cap c id 1 accept; ; accept ethertype arp;                       |
            cap c id 1 drop; accept dport 1;                                 | 1:12 ends-definition, 1:18 arp-forgotten, 1:18 nd-forgotten, 1:25 any-protocol
            drop not icmp 8 -1; accept;                                      | 1:10 not-ignored
            drop not icmp 8 0; accept;                                       |
            drop ipsrc 2001:db8::1/32; accept;                               | 1:6 prefix
            drop ipsrc 2001:db8::/32; accept;                                |
            drop ipsrc 10.0.0.1/8; accept;                                   |
            drop ipsrc 10.0.0.0/33; accept;                                  | 1:6 prefix
            drop ipsrc 999.1.1.1/8; accept;                                  | 1:6 prefix
            drop dport 80; accept;                                           | 1:6 any-protocol
            drop dport 80 and ipprotocol tcp; accept;                        |
            drop dport 80 or ipprotocol tcp; accept;                         | 1:6 any-protocol
            drop ipprotocol tcp dport 80; accept;                            |
            drop not chr tcp_syn; accept;                                    | 1:10 any-protocol, 1:23 arp-forgotten, 1:23 nd-forgotten
            drop ipprotocol tcp dport 80abc; accept;                         | 1:27 misread
            drop vlan 70000; accept;                                         | 1:11 too-wide
            drop ethertype 0x12345; accept;                                  | 1:16 too-wide
            drop icmp 8 x; accept;                                           | 1:13 misread
            drop chr inbound,multicast; accept;                              | 1:10 mask
            drop macsrc 00:11:22:33:44:55:66; accept;                        | 1:13 misread
            drop random abc; accept;                                         | 1:13 misread
            tee x zzzzzzzzzz; accept;                                        | 1:5 misread, 1:7 address
            drop ethertype ipv4 not; accept;                                 | 1:21 dangling
            macro m drop foo; ; accept;                                      | 1:7 unused, 1:14 unknown-match
            macro m drop dport 5; ; include m accept;                        | 1:14 any-protocol
            accept ; drop ;                                                  | 1:1 lost
            drop ipprotocol 6;accept ;                                       | 1:1 missing-end, 1:17 semicolon, 1:17 misread
            drop ipprotocol 300; accept;                                     | 1:17 too-wide
            """)
    void warns(String script, String expected) {
        assertThat(String.join(", ", warnings(script))).as(script).isEqualTo(expected == null ? "" : expected);
    }

    @Test
    void tellsTheWayThroughMacros() {
        var compilation = RuleCompiler.compile("macro m($x) drop ipsrc $x; ;\ninclude m(::1/64)\naccept;\n");
        var warnings = Linter.lint(compilation);
        assertThat(warnings).hasSize(1);
        assertThat(warnings.getFirst().includedFrom())
                .extracting(compilation.source()::text)
                .containsExactly("m(::1/64)");
    }

    @Test
    void saysNothingAboutAScriptWithErrors() {
        assertThat(Linter.lint(RuleCompiler.compile("accept foo;"))).isEmpty();
    }
}
