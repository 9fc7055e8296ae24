// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

final class JsonTest {
    private static final String EVERYTHING =
            "{\"a\":[1,-2,18446744073709551615,0.5,true,false,null,\"\\\"\\\\\\n\\u0001é\"],"
                    + "\"b\":{},\"c\":[],\"d\":{\"e\":\"\"}}";

    @Test
    void printsWhatItRead() throws Json.Malformed {
        assertThat(Json.parse(EVERYTHING).compact()).isEqualTo(EVERYTHING);
    }

    @Test
    void printsTheSameDocumentInBothForms() throws Json.Malformed {
        var mapper = new JsonMapper();
        Json read = Json.parse(EVERYTHING);
        assertThat(mapper.readTree(read.indented())).isEqualTo(mapper.readTree(EVERYTHING));
        assertThat(read.indented()).startsWith("{\n \"a\": [\n  1,\n  -2,").endsWith(" \"d\": {\n  \"e\": \"\"\n }\n}");
    }

    @Test
    void sortsMembers() throws Json.Malformed {
        assertThat(Json.parse("{\"zt\":1,\"rfc4193\":2,\"6plane\":3}").compact())
                .isEqualTo("{\"6plane\":3,\"rfc4193\":2,\"zt\":1}");
    }

    @ParameterizedTest
    @CsvSource({
        "1.0, 1.0",
        "0.0, 0.0",
        "-0.0, -0.0",
        "1.5, 1.5",
        "0.1, 0.1",
        "1000000.0, 1000000.0",
        "123456789012345.0, 123456789012345.0",
        "1e15, 1e+15",
        "1e20, 1e+20",
        "1.25e-7, 1.25e-07",
        "0.00001, 1e-05",
        "0.0001, 0.0001",
        "-2.5e300, -2.5e+300"
    })
    void printsRealNumbersAsTheToolsDo(double number, String text) {
        assertThat(JsonPrinter.real(number)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "hello", "{", "[1,]", "{\"a\"}", "1 2", "{\"a\":1}}", "nul", "\"a"})
    void refusesWhatIsNotJson(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(Json.Malformed.class);
        assertThat(Json.parseOrNull(text).present()).isFalse();
    }

    @Test
    void refusesEndlessNesting() {
        String deep = "[".repeat(Json.DEPTH_MAX + 1) + "]".repeat(Json.DEPTH_MAX + 1);
        assertThatThrownBy(() -> Json.parse(deep)).isInstanceOf(Json.Malformed.class);
    }

    @Test
    void givesNothingForWhatIsNotThere() throws Json.Malformed {
        Json value = Json.parse("{\"a\":{\"b\":5},\"t\":true}");
        assertThat(value.at("a").at("b").integer()).isEqualTo(5);
        assertThat(value.at("x").at("y").text()).isEmpty();
        assertThat(value.at("x").present()).isFalse();
        assertThat(value.at("a").items()).isEmpty();
        assertThat(value.at("a").isTrue()).isFalse();
        assertThat(value.at("t").isTrue()).isTrue();
        assertThat(value.at("x").integer(-1)).isEqualTo(-1);
    }
}
