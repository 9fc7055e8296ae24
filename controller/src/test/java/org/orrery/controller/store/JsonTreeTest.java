// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.JsonNodeType;
import tools.jackson.databind.node.MissingNode;

/** The library's mapper is the measure. */
class JsonTreeTest {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "true",
                "\"\"",
                "-0",
                "-0.0",
                "1.5e3",
                "1e400",
                "2147483647",
                "2147483648",
                "-9223372036854775808",
                "9223372036854775808",
                "0.1000000000000000055511151231257827",
                "\"\\u0000\\n\\\"\\ud83d\\ude00 \u00e9\"",
                " { \"b\" : [ 1 , [ ] , { } ] , \"a\" : { \"z\" : null , \"y\" : false } } ",
                "{\"a\":1,\"b\":2,\"a\":3}",
            })
    void readsAndWritesAsTheMapperDoes(String text) {
        JsonNode tree = JsonTree.read(text.getBytes(UTF_8));
        JsonNode expected = MAPPER.readTree(text);
        assertThat(tree).isEqualTo(expected);
        assertThat(JsonTree.write(tree)).isEqualTo(MAPPER.writeValueAsBytes(expected));
    }

    @Test
    void takesAndRefusesWhatTheMapperDoes() {
        var random = new Random(20);
        String seed = "{\"id\":\"8056c2e21c000001\",\"n\":[1,2.5,-3e2,true,null,{\"k\":\"\\u00fc\"}]}";
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] text = seed.getBytes(UTF_8);
            for (int edits = 1 + random.nextInt(2); edits > 0; edits--) {
                text[random.nextInt(text.length)] = text[random.nextInt(text.length)];
            }
            JsonNode expected;
            try {
                expected = MAPPER.readTree(text);
            } catch (JacksonException refused) {
                assertThatExceptionOfType(JacksonException.class)
                        .as(new String(text, UTF_8))
                        .isThrownBy(() -> JsonTree.read(text));
                continue;
            }
            assertThat(JsonTree.read(text)).as(new String(text, UTF_8)).isEqualTo(expected);
            taken++;
        }
        assertThat(taken).isBetween(1_000, 19_000);
    }

    @Test
    void ordersMembersAtEveryDepth() {
        JsonNode tree = JsonTree.read("{\"b\":[{\"d\":1,\"c\":2}],\"a\":0}".getBytes(UTF_8));
        assertThat(new String(JsonTree.writeSorted(tree), UTF_8)).isEqualTo("{\"a\":0,\"b\":[{\"c\":2,\"d\":1}]}");
        assertThat(new String(JsonTree.write(tree), UTF_8)).isEqualTo("{\"b\":[{\"d\":1,\"c\":2}],\"a\":0}");
    }

    @Test
    void saysWhereTheTextGoesOn() {
        assertThatExceptionOfType(JacksonException.class)
                .isThrownBy(() -> JsonTree.read("{\"a\":1}\n {\"b\"".getBytes(UTF_8)))
                .satisfies(fault -> {
                    assertThat(fault.getOriginalMessage()).isEqualTo("more text after the end of the value");
                    assertThat(fault.getLocation().getLineNr()).isEqualTo(2);
                });
    }

    @Test
    void refusesWhatNestsTooDeepForTheStack() {
        byte[] deep = "[".repeat(100_000).getBytes(UTF_8);
        assertThatExceptionOfType(JacksonException.class).isThrownBy(() -> JsonTree.read(deep));
    }

    @Test
    void findsNothingInNothing() {
        assertThat(JsonTree.read(" \n".getBytes(UTF_8)).getNodeType()).isEqualTo(JsonNodeType.MISSING);
        assertThatIllegalArgumentException().isThrownBy(() -> JsonTree.write(MissingNode.getInstance()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonTree.write(JsonNodeFactory.instance.binaryNode(new byte[1])));
    }
}
