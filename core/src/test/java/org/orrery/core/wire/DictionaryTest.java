// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.orrery.core.wire.WireVectors.bytes;
import static org.orrery.core.wire.WireVectors.hex;
import static org.orrery.core.wire.WireVectors.text;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.wire.DictionaryWriter.Numbers;
import tools.jackson.databind.JsonNode;

class DictionaryTest {
    @ParameterizedTest
    @CsvSource({"dictionary,PLAIN", "dictionary-1.14.2,PADDED"})
    void writesWhatTheReferenceWrites(String file, Numbers numbers) {
        for (JsonNode vector : WireVectors.file(file).required("encode")) {
            var out = new DictionaryWriter(100_000, numbers);
            for (JsonNode entry : vector.required("entries")) {
                assertThat(add(out, entry)).isEqualTo(entry.required("added").booleanValue());
            }
            assertThat(out.toByteArray()).as(text(vector, "what")).isEqualTo(bytes(vector, "encoded"));
            assertLookups(Dictionary.of(out.toByteArray()), vector);
        }
    }

    private static boolean add(DictionaryWriter out, JsonNode entry) {
        String key = text(entry, "key");
        return switch (text(entry, "kind")) {
            case "text", "binary" -> out.bytes(key, bytes(entry, "value"));
            case "boolean" -> out.bool(key, entry.required("value").booleanValue());
            case "unsigned" -> out.u64(key, hex(entry, "value"));
            case "address" -> out.address(key, hex(entry, "value"));
            case "signed" -> out.signed(key, entry.required("value").longValue());
            default -> throw new AssertionError(entry);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"dictionary", "dictionary-1.14.2"})
    void readsWhatTheReferenceReads(String file) {
        for (JsonNode vector : WireVectors.file(file).required("decode")) {
            assertLookups(Dictionary.of(bytes(vector, "raw")), vector);
        }
    }

    private static void assertLookups(Dictionary dictionary, JsonNode vector) {
        for (JsonNode lookup : vector.required("lookups")) {
            String key = text(lookup, "key");
            String what = text(vector, "what") + " / " + key;
            boolean present = lookup.required("length").intValue() >= 0;
            assertThat(dictionary.contains(key)).as(what).isEqualTo(present);
            if (present) {
                assertThat(dictionary.bytes(key)).as(what).isEqualTo(bytes(lookup, "value"));
            } else {
                assertThat(dictionary.bytes(key)).as(what).isNull();
            }
            assertThat(dictionary.bool(key, false))
                    .as(what)
                    .isEqualTo(lookup.required("asBooleanDefaultFalse").booleanValue());
            assertThat(dictionary.bool(key, true))
                    .as(what)
                    .isEqualTo(lookup.required("asBooleanDefaultTrue").booleanValue());
            assertThat(dictionary.u64(key, 0)).as(what).isEqualTo(hex(lookup, "asUnsigned"));
            assertThat(dictionary.u64(key, 7)).as(what).isEqualTo(hex(lookup, "asUnsignedDefault7"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dictionary", "dictionary-1.14.2"})
    void cutsValuesLikeTheReference(String file) {
        for (JsonNode vector : WireVectors.file(file).required("truncatedLookups")) {
            Dictionary dictionary = Dictionary.of(bytes(vector, "raw"));
            for (JsonNode lookup : vector.required("lookups")) {
                // The reference's size counts a NUL at the end.
                int limit = lookup.required("destinationSize").intValue() - 1;
                byte[] value = dictionary.bytes(text(lookup, "key"), limit);
                if (lookup.required("length").intValue() < 0) {
                    assertThat(value).isNull();
                } else {
                    assertThat(value).isEqualTo(bytes(lookup, "value"));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dictionary", "dictionary-1.14.2"})
    void leavesOutWholeEntriesThatDoNotFit(String file) {
        for (JsonNode vector : WireVectors.file(file).required("capacity")) {
            var out = new DictionaryWriter(vector.required("capacity").intValue(), Numbers.PADDED);
            boolean all = true;
            for (JsonNode add : vector.required("adds")) {
                boolean added = add.required("added").booleanValue();
                all &= added;
                assertThat(out.bytes(text(add, "key"), bytes(add, "value"))).isEqualTo(added);
                assertThat(out.toByteArray()).isEqualTo(bytes(add, "contentAfter"));
                assertThat(out.complete()).isEqualTo(all);
            }
        }
    }

    /** The reference keeps the part that fits of a dictionary that is too long, and reports failure; here it is refused. */
    @ParameterizedTest
    @ValueSource(strings = {"dictionary", "dictionary-1.14.2"})
    void refusesWhatDoesNotFitTheCapacity(String file) {
        for (JsonNode vector : WireVectors.file(file).required("load")) {
            byte[] raw = bytes(vector, "raw");
            Dictionary dictionary =
                    Dictionary.within(vector.required("capacity").intValue(), raw, 0, raw.length);
            assertThat(dictionary != null).isEqualTo(vector.required("loaded").booleanValue());
            if (dictionary != null) {
                assertThat(dictionary.length())
                        .isEqualTo(vector.required("sizeAfter").intValue());
                byte[] value = dictionary.bytes("a");
                assertThat(value == null ? -1 : value.length)
                        .isEqualTo(vector.required("lookupLengthOfA").intValue());
            }
        }
    }

    @Test
    void listsKeysInOrder() {
        assertThat(Dictionary.of("b=1\n\na=x\\ey\rnothing\n=z\nb=2".getBytes(StandardCharsets.US_ASCII))
                        .keys())
                .containsExactly("b", "a", "", "b");
    }

    @Test
    void givesBackAnyValue() {
        var random = new Random(1);
        for (int round = 0; round < 500; round++) {
            byte[] value = new byte[random.nextInt(40)];
            for (int i = 0; i < value.length; i++) {
                value[i] = random.nextBoolean()
                        ? (byte) "\0\r\n=\\ner0".charAt(random.nextInt(9))
                        : (byte) random.nextInt();
            }
            var out = new DictionaryWriter(1024, Numbers.PLAIN);
            out.u64("before", random.nextLong());
            out.bytes("key", value);
            out.text("after", "text");
            Dictionary dictionary = Dictionary.of(out.toByteArray());
            assertThat(dictionary.bytes("key")).isEqualTo(value);
            assertThat(dictionary.text("after")).isEqualTo("text");
        }
    }

    @Test
    void survivesAnyBytes() {
        var random = new Random(2);
        for (int round = 0; round < 20_000; round++) {
            byte[] raw = new byte[random.nextInt(60)];
            for (int i = 0; i < raw.length; i++) {
                raw[i] = random.nextInt(8) == 0
                        ? (byte) random.nextInt()
                        : (byte) "ab=\\\n\rx0-".charAt(random.nextInt(9));
            }
            Dictionary dictionary = Dictionary.of(raw);
            for (String key : dictionary.keys()) {
                assertThat(dictionary.contains(key)).isTrue();
                assertThat(dictionary.bytes(key)).isNotNull();
                dictionary.u64(key, 0);
                dictionary.bool(key, false);
            }
        }
    }

    @Test
    void refusesToWriteKeysThatCannotBeRead() {
        var out = new DictionaryWriter(100, Numbers.PLAIN);
        for (String key : new String[] {"a=b", "a\nb", "a\rb", "a\0b"}) {
            assertThatThrownBy(() -> out.bool(key, true)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
