// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.json;

import org.orrery.controller.store.JsonTree;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The JSON text forms. Any thread. */
public final class Json {
    private Json() {}

    /** Why a text is not JSON; the message says where and what. */
    public static final class SyntaxException extends Exception {
        /** @param message where and what, without the file's name */
        public SyntaxException(String message) {
            super(message);
        }
    }

    /** Reads exactly one value. */
    public static JsonNode parse(byte[] utf8) throws SyntaxException {
        try {
            JsonNode value = JsonTree.read(utf8);
            if (value.isMissingNode()) {
                throw new SyntaxException("line 1, column 1: no value");
            }
            return value;
        } catch (JacksonException fault) {
            TokenStreamLocation at = fault.getLocation();
            String where = at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
            // The parser adds where a container began, in terms of its own source.
            String what = fault.getOriginalMessage().replaceFirst(" ?\\(start marker at .*\\)", "");
            throw new SyntaxException(where + what);
        }
    }

    /** Where the members of a text stand that {@link #parse} took. */
    public static JsonPlaces places(byte[] utf8) {
        try (JsonParser parser = JsonTree.parser(utf8)) {
            return JsonPlaces.of(parser);
        }
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static JsonNode text(String value) {
        return JsonNodeFactory.instance.stringNode(value);
    }

    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** One line without white space, keys ascending at every depth. */
    public static byte[] compact(JsonNode value) {
        return JsonTree.writeSorted(value);
    }

    /** Many lines, indented by {@code spaces} a level, keys ascending, no line feed at the end. */
    public static byte[] indented(JsonNode value, int spaces) {
        DefaultIndenter indenter = new DefaultIndenter(" ".repeat(spaces), "\n");
        Separators separators = Separators.createDefaultInstance()
                .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator("");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(separators)
                .withObjectIndenter(indenter)
                .withArrayIndenter(indenter);
        return JsonTree.writeSorted(value, printer);
    }
}
