// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Recorded scripts with what an existing compiler makes of them. */
final class Vectors {
    static final JsonMapper JSON = new JsonMapper();

    private Vectors() {}

    static List<JsonNode> valid() {
        return list("valid");
    }

    static List<JsonNode> faulty() {
        return list("faulty");
    }

    private static List<JsonNode> list(String name) {
        try (InputStream in = Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/rulecompiler.json"))) {
            return StreamSupport.stream(JSON.readTree(in).get(name).spliterator(), false)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
