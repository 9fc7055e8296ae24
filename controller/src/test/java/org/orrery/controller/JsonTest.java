// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.controller.Lab.json;

import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void convertsToIntegersAsEveryVersionDoes() {
        assertThat(Json.integer(json("7"), 1)).isEqualTo(7);
        assertThat(Json.integer(json("7.9"), 1)).isEqualTo(7);
        assertThat(Json.integer(json("-1"), 1)).isEqualTo(-1);
        assertThat(Json.integer(json("18446744073709551615"), 1)).isEqualTo(-1);
        assertThat(Json.integer(json("'64'"), 1)).isEqualTo(64);
        assertThat(Json.integer(json("'64x'"), 1)).isEqualTo(64);
        assertThat(Json.integer(json("'x'"), 1)).isZero();
        assertThat(Json.integer(json("'18446744073709551615'"), 1)).isEqualTo(-1);
        assertThat(Json.integer(json("'18446744073709551616'"), 1))
                .as("saturates")
                .isEqualTo(-1);
        assertThat(Json.integer(json("'18446744073709551614'"), 1)).isEqualTo(-2);
        assertThat(Json.integer(json("true"), 5)).isEqualTo(1);
        assertThat(Json.integer(json("null"), 5)).isEqualTo(5);
        assertThat(Json.integer(json("[1]"), 5)).isEqualTo(5);
        assertThat(Json.integer(null, 5)).isEqualTo(5);
    }

    @Test
    void convertsToBooleansAsEveryVersionDoes() {
        assertThat(Json.bool(json("'true'"), false)).isTrue();
        assertThat(Json.bool(json("'T'"), false)).isTrue();
        assertThat(Json.bool(json("'1'"), false)).isTrue();
        assertThat(Json.bool(json("'yes'"), true)).isFalse();
        assertThat(Json.bool(json("''"), true)).isFalse();
        assertThat(Json.bool(json("-1"), false)).isTrue();
        assertThat(Json.bool(json("0"), true)).isFalse();
        assertThat(Json.bool(json("0.5"), true)).isFalse();
        assertThat(Json.bool(json("null"), true)).isTrue();
        assertThat(Json.bool(json("{}"), true)).isTrue();
    }

    @Test
    void convertsToTextAsEveryVersionDoes() {
        assertThat(Json.string(json("5"), "")).isEqualTo("5");
        assertThat(Json.string(json("-1"), "")).isEqualTo("18446744073709551615");
        assertThat(Json.string(json("true"), "")).isEqualTo("1");
        assertThat(Json.string(json("false"), "")).isEqualTo("0");
        assertThat(Json.string(json("null"), "d")).isEqualTo("d");
        assertThat(Json.string(json("[]"), "d")).isEqualTo("d");
    }

    @Test
    void readsHexUpToTheFirstOtherCharacter() {
        assertThat(Json.hex("0x1F")).isEqualTo(0x1f);
        assertThat(Json.hex("38b0321504")).isEqualTo(0x38_b032_1504L);
        assertThat(Json.hex("12:34")).isEqualTo(0x12);
        assertThat(Json.hex("zz")).isZero();
        assertThat(Json.hex("")).isZero();
    }

    @Test
    void putsKeysInOrderAtEveryLevel() {
        assertThat(Json.sorted(json("{'zt':1,'rfc4193':[{'b':1,'a':2}],'6plane':{'y':0,'x':0}}"))
                        .toString())
                .isEqualTo("{\"6plane\":{\"x\":0,\"y\":0},\"rfc4193\":[{\"a\":2,\"b\":1}],\"zt\":1}");
    }

    @Test
    void cutsTextsAtWholeCharacters() {
        assertThat(Text.cut("abc", 127)).isEqualTo("abc");
        assertThat(Text.cut("a".repeat(200), 127)).hasSize(127);
        assertThat(Text.cut("a" + "ä".repeat(100), 127)).hasSize(64);
        assertThat(Text.cut("a" + "ä".repeat(100), 126)).hasSize(63);
        assertThat(Text.cut("\ud83d\ude00".repeat(40), 127)).isEqualTo("\ud83d\ude00".repeat(31));
    }
}
