// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

final class DecompilerTest {
    static List<JsonNode> valid() {
        return Vectors.valid();
    }

    private static RuleTables tables(String script) {
        return Objects.requireNonNull(RuleCompiler.compile(script).tables());
    }

    @ParameterizedTest
    @MethodSource("valid")
    void writesWhatCompilesToTheSame(JsonNode vector) {
        Scripts.checkDecompiled(tables(vector.get("script").stringValue()));
    }

    @Test
    void usesNames() {
        assertThat(Decompiler.script(tables("""
                        tag role id 7 default 1 enum 2 staff ;
                        cap web id 80 accept ipprotocol 6 dport 80; ;
                        macro m accept; ;
                        drop not ethertype 0x0800 or teq 7 2 ;
                        include m
                        break icmp 8 -1 random 0.25 chr 1,4 ;
                        """))).isEqualTo("""
                        macro always_accept
                          accept;
                        ;

                        tag role
                          id 7
                          enum 2 staff
                          default 1
                        ;

                        cap web
                          id 80
                          accept ipprotocol tcp dport 80;
                        ;

                        drop not ethertype ipv4 or teq role staff;
                        include always_accept
                        break icmp 8 -1 random 0.25 chr tcp_ack,tcp_syn;
                        """);
    }
}
