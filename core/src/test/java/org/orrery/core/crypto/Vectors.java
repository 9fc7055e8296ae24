// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The recorded vectors, as the tests of keys and ciphers read them. */
public final class Vectors {
    private Vectors() {}

    /** The entries of {@code list} in the file {@code name}; never empty. */
    public static List<JsonNode> list(String name, String list) {
        JsonNode found = file(name).path(list);
        List<JsonNode> entries = found.valueStream().toList();
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("no " + list + " in " + name);
        }
        return entries;
    }

    public static JsonNode file(String name) {
        try (InputStream in = Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/" + name), name)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static String text(JsonNode entry, String field) {
        return entry.required(field).stringValue();
    }

    public static byte[] bytes(JsonNode entry, String field) {
        return HexFormat.of().parseHex(text(entry, field));
    }

    public static int number(JsonNode entry, String field) {
        return entry.required(field).intValue();
    }

    public static boolean flag(JsonNode entry, String field) {
        return entry.required(field).booleanValue();
    }

    public static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
