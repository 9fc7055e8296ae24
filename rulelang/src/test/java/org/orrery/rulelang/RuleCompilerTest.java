// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

final class RuleCompilerTest {
    static List<JsonNode> valid() {
        return Vectors.valid();
    }

    static List<JsonNode> faulty() {
        return Vectors.faulty();
    }

    /** As text: the order of members is part of it. */
    @ParameterizedTest
    @MethodSource("valid")
    void makesTheSameJsonAsExistingCompilers(JsonNode vector) {
        var compilation = RuleCompiler.compile(vector.get("script").stringValue());
        assertThat(compilation.errors()).isEmpty();
        assertThat(Vectors.JSON.writeValueAsString(
                        Objects.requireNonNull(compilation.tables()).json()))
                .as(vector.get("what").stringValue())
                .isEqualTo(vector.get("result").toString());
    }

    @ParameterizedTest
    @MethodSource("faulty")
    void findsTheFirstErrorWhereExistingCompilersDo(JsonNode vector) {
        var compilation = RuleCompiler.compile(vector.get("script").stringValue());
        assertThat(compilation.tables()).isNull();
        JsonNode error = vector.get("error");
        assertThat(compilation.errors().getFirst().knownPlace())
                .as(vector.get("what").stringValue())
                .isEqualTo(new Place(
                        error.get("line").intValue(), error.get("column").intValue()));
    }

    private static String errors(String script) {
        var compilation = RuleCompiler.compile(script);
        var text = new StringBuilder();
        for (Diagnostic error : compilation.errors()) {
            text.append(compilation.source().place(error.span().start()))
                    .append(' ')
                    .append(error.message())
                    .append('\n');
        }
        return text.toString();
    }

    @Test
    void findsSeveralErrorsAtOnce() {
        assertThat(errors("""
                        tag t id 1 colour red enum 5 five;
                        cap c id x accept foo 5 dport 99999; ;
                        accept ethertype ipv5;
                        frobnicate 5;
                        include nosuch
                        drop teq T five;
                        """)).isEqualTo("""
                        1:12 'colour' has no meaning in a tag
                        2:10 'x' is no ID of a capability
                        2:19 'foo' is no match
                        2:31 '99999' is not a number from 0 to 65535
                        3:18 'ipv5' is not an Ethernet type
                        4:1 'frobnicate' is no action
                        5:9 there is no macro 'nosuch'
                        6:10 there is no tag 'T'
                        """);
    }

    @Test
    void tellsTheWayThroughMacros() {
        var compilation = RuleCompiler.compile("macro a($x) accept dport $x; ;\nmacro b include a(z) ;\ninclude b\n");
        Diagnostic error = compilation.errors().getFirst();
        assertThat(error.message()).isEqualTo("$x stands for 'z' is not a number from 0 to 65535");
        assertThat(error.includedFrom()).extracting(compilation.source()::text).containsExactly("a(z)", "b");
    }

    @Test
    void boundsWhatAScriptCanBecome() {
        assertThat(errors("macro a include a ;\ninclude a\n")).isEqualTo("1:17 macros are nested deeper than 64\n");
        var doubling = new StringBuilder();
        for (int i = 1; i < 40; i++) {
            doubling.append("macro e" + i + " include e" + (i + 1) + " include e" + (i + 1) + " ;\n");
        }
        assertThat(errors(doubling + "macro e40 drop dport 1; ;\ninclude e1\n"))
                .contains("the base table has more than 1024 entries");
        assertThat(errors(doubling + "macro e40 ;\ninclude e1\n"))
                .contains("the base table includes macros more than 10000 times");
        assertThat(errors("accept dport 1;\n".repeat(513))).startsWith("513:8 the base table has more than 1024");
        assertThat(errors("accept dport 1;\n".repeat(512))).isEmpty();
        assertThat(errors("cap c id 1\n" + "accept dport 1;\n".repeat(33) + ";"))
                .startsWith("34:8 capability 'c' has more than 64 entries");
        assertThat(errors(" ".repeat(SourceText.LENGTH_MAX + 1))).contains("1048576 are the most");
        assertThat(RuleCompiler.compile("accept foo 1;\n".repeat(500)).errors()).hasSize(100);
    }

    @Test
    void takesBlocksDeeperThanAStack() {
        assertThat(RuleCompiler.compile("accept ;\n".repeat(100_000)).tables()).isNotNull();
        for (String part : List.of("tag ", "accept ;\n", "drop x ", "cap a id 1 macro ")) {
            String script = part.repeat(20_000);
            Scripts.check(script);
            Scripts.check(script + "x" + " ;".repeat(20_000));
        }
    }
}
