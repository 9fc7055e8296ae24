// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The recorded vectors: files, and the forms their values have. */
public final class WireVectors {
    private static final ObjectMapper JSON = new ObjectMapper();

    private WireVectors() {}

    /** A file by its name without {@code .json}. */
    public static JsonNode file(String name) {
        try (InputStream in = WireVectors.class.getResourceAsStream("/vectors/" + name + ".json")) {
            if (in == null) {
                throw new IllegalArgumentException("no vectors " + name);
            }
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A hexadecimal field as bytes. */
    public static byte[] bytes(JsonNode node, String field) {
        return HexFormat.of().parseHex(text(node, field));
    }

    /** A hexadecimal field of up to 16 digits. */
    public static long hex(JsonNode node, String field) {
        return Long.parseUnsignedLong(text(node, field), 16);
    }

    /** A text field, which must be there. */
    public static String text(JsonNode node, String field) {
        return node.required(field).stringValue();
    }
}
