// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.random.RandomGenerator;
import org.orrery.rulelang.lint.Linter;

/** Scripts by chance, and what must be so for any text. */
final class Scripts {
    private static final List<String> WORDS = List.of(
            "accept",
            "drop",
            "break",
            "tee 64 0123456789",
            "watch",
            "redirect 0123456789",
            "include m",
            "include n(80)",
            "macro m",
            "macro n($x)",
            "tag t",
            "cap c",
            "id 1",
            "id 2",
            "default",
            "default one",
            "flag 0 read",
            "flag read,1 both",
            "enum 1 one",
            "ethertype ipv4",
            "ethertype 0x0806",
            "ipprotocol tcp",
            "dport 80",
            "dport $x",
            "sport 1-1000",
            "ipsrc 10.0.0.0/8",
            "ipdest fe80::1/64",
            "icmp 8 -1",
            "chr tcp_syn,tcp_ack",
            "chr 63,62",
            "random 0.5",
            "teq t one",
            "tand t 4",
            "tdiff 5 0",
            "ztsrc 0123456789",
            "vlan 5",
            "macsrc 00:11:22:33:44:55",
            "iptos 255 1-5",
            "framesize 64",
            "not",
            "or",
            "and",
            "#c",
            "# two words",
            "\n",
            "\r\n",
            ";",
            " ;\n",
            ";;",
            "priority",
            "$x",
            "x;y",
            "ü",
            "\u0000",
            "accept; ;",
            "accept ;",
            "DROP",
            "(",
            ")");

    private Scripts() {}

    static String random(RandomGenerator random) {
        var script = new StringBuilder();
        int words = random.nextInt(1, 40);
        for (int i = 0; i < words; i++) {
            script.append(WORDS.get(random.nextInt(WORDS.size())))
                    .append(List.of(" ", " ", "\n", ";\n", ";").get(random.nextInt(5)));
        }
        return script.toString();
    }

    /** What a script comes to: its JSON, or its errors in the order of the text. */
    static String outcome(String script) {
        var compilation = RuleCompiler.compile(script);
        return compilation.tables() != null
                ? Vectors.JSON.writeValueAsString(compilation.tables().json())
                : compilation.errors().stream()
                        .map(Diagnostic::message)
                        .toList()
                        .toString();
    }

    static void checkLayout(String script) {
        String formatted = Formatter.format(script);
        assertThat(outcome(formatted)).as(formatted).isEqualTo(outcome(script));
        assertThat(Formatter.format(formatted)).isEqualTo(formatted);
    }

    /** Everything that can be done with a text, whatever it is. */
    static void check(String script) {
        var compilation = RuleCompiler.compile(script);
        assertThat(compilation.tables() == null).isEqualTo(!compilation.errors().isEmpty());
        compilation.errors().forEach(error -> checkPlace(compilation.source(), error));
        Linter.lint(compilation).forEach(warning -> checkPlace(compilation.source(), warning));
        if (script.length() <= SourceText.LENGTH_MAX) {
            checkLayout(script);
        }
        // An address is copied as it stands; only one with a semicolon in it cannot be written again.
        if (compilation.tables() != null && !outcome(script).contains(";")) {
            checkDecompiled(compilation.tables());
        }
    }

    private static void checkPlace(SourceText source, Diagnostic diagnostic) {
        assertThat(diagnostic.span().end()).isLessThanOrEqualTo(source.text().length());
        assertThat(diagnostic.message()).isNotBlank().doesNotContain("\n").doesNotEndWith(".");
        for (String line : DiagnosticText.lines("x", source, diagnostic)) {
            assertThat(line).doesNotContain("\n").hasSizeLessThan(1000);
        }
    }

    static void checkDecompiled(RuleTables tables) {
        String script = Decompiler.script(tables);
        RuleTables again = RuleCompiler.compile(script).tables();
        assertThat(again).as(script).isNotNull();
        if (again != null) {
            assertThat(Vectors.JSON.writeValueAsString(again.config()))
                    .as(script)
                    .isEqualTo(Vectors.JSON.writeValueAsString(tables.config()));
        }
    }
}
