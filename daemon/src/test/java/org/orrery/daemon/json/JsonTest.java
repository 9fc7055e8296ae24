// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JsonTest {
    private static JsonNode parse(String text) throws Json.SyntaxException {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void keysAscendAtEveryDepth() throws Exception {
        JsonNode value = parse("{\"rfc4193\":1, \"6plane\":[{\"b\":1,\"a\":\"ü\"}], \"Z\":{}, \"a\":null}");
        assertThat(new String(Json.compact(value), StandardCharsets.UTF_8))
                .isEqualTo("{\"6plane\":[{\"a\":\"ü\",\"b\":1}],\"Z\":{},\"a\":null,\"rfc4193\":1}");
        assertThat(new String(Json.indented(value, 1), StandardCharsets.UTF_8)).isEqualTo("""
                {
                 "6plane": [
                  {
                   "a": "ü",
                   "b": 1
                  }
                 ],
                 "Z": {},
                 "a": null,
                 "rfc4193": 1
                }""");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{}{}", "{} x", "[1,]", "{'a':1}", "nul", "\"\u0001\""})
    void faultsSayWhere(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(Json.SyntaxException.class)
                .hasMessageStartingWith("line 1, column ");
    }

    @Test
    void deepNestingIsRefusedNotFatal() {
        assertThatThrownBy(() -> parse("[".repeat(1_000_000))).isInstanceOf(Json.SyntaxException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "5,5,true,5",
        "0,0,false,0",
        "-1,-1,true,18446744073709551615",
        "2.9,2,true,2",
        "18446744073709551615,-1,true,18446744073709551615",
        "true,1,true,1",
        "false,0,false,0",
        "'\"12ab\"',12,true,12ab",
        "'\"ab\"',0,false,ab",
        "'\"true\"',0,true,true",
        "'\"\"',0,false,''",
        "null,77,true,other",
        "[],77,true,other",
        "{},77,true,other",
    })
    void scalarsOfAnotherTypeAreConverted(String json, long integer, boolean flag, String text) throws Exception {
        JsonNode value = parse(json);
        assertThat(Coercion.integer(value, 77)).isEqualTo(integer);
        assertThat(Coercion.flag(value, true)).isEqualTo(flag);
        assertThat(Coercion.text(value, "other")).isEqualTo(text);
    }

    @Test
    void absentGivesTheDefault() {
        assertThat(Coercion.integer(null, 3)).isEqualTo(3);
        assertThat(Coercion.flag(null, true)).isTrue();
        assertThat(Coercion.text(null, "d")).isEqualTo("d");
    }
}
