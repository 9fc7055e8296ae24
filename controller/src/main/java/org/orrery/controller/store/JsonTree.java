// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller.store;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads and writes trees of JSON. The library's own way to them is its mapper of Java objects, of which nothing else is in use
 * here: its 400 classes are 4 MB that a node would hold for nothing. Any thread.
 */
public final class JsonTree {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonTree() {}

    /**
     * Reads the one value of a text; of members with one name the last counts.
     *
     * @return a missing node if there is none
     * @throws JacksonException if the text is not JSON, nests deeper than 500 levels or goes on after the value; with the
     *     place
     */
    public static JsonNode read(byte[] utf8) {
        try (JsonParser parser = parser(utf8)) {
            if (parser.nextToken() == null) {
                return MissingNode.getInstance();
            }
            JsonNode value = value(parser);
            if (parser.nextToken() != null) {
                throw new StreamReadException(parser, "more text after the end of the value");
            }
            return value;
        }
    }

    /** The tokens of a text. */
    public static JsonParser parser(byte[] utf8) {
        return FACTORY.createParser(ObjectReadContext.empty(), utf8);
    }

    private static JsonNode value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                ObjectNode object = NODES.objectNode();
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    parser.nextToken();
                    object.set(name, value(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode array = NODES.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser));
                }
                yield array;
            }
            case VALUE_STRING -> NODES.stringNode(parser.getString());
            case VALUE_NUMBER_INT ->
                switch (parser.getNumberType()) {
                    case INT -> NODES.numberNode(parser.getIntValue());
                    case LONG -> NODES.numberNode(parser.getLongValue());
                    default -> NODES.numberNode(parser.getBigIntegerValue());
                };
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            default -> throw new StreamReadException(parser, "unexpected " + parser.currentToken());
        };
    }

    /** One line without white space, members in their order. */
    public static byte[] write(JsonNode tree) {
        return write(tree, ObjectWriteContext.empty(), false);
    }

    /** One line without white space, members ascending at every depth. */
    public static byte[] writeSorted(JsonNode tree) {
        return write(tree, ObjectWriteContext.empty(), true);
    }

    /** As {@code printer} lays it out, members ascending at every depth. */
    public static byte[] writeSorted(JsonNode tree, PrettyPrinter printer) {
        return write(tree, new Printed(printer), true);
    }

    private static byte[] write(JsonNode tree, ObjectWriteContext context, boolean sorted) {
        var out = new ByteArrayOutputStream(256);
        try (JsonGenerator generator = FACTORY.createGenerator(context, out)) {
            write(tree, generator, sorted);
        }
        return out.toByteArray();
    }

    private static void write(JsonNode value, JsonGenerator generator, boolean sorted) {
        switch (value.getNodeType()) {
            case OBJECT -> {
                generator.writeStartObject(value);
                for (Map.Entry<String, JsonNode> member : members(value, sorted)) {
                    generator.writeName(member.getKey());
                    write(member.getValue(), generator, sorted);
                }
                generator.writeEndObject();
            }
            case ARRAY -> {
                generator.writeStartArray(value);
                for (JsonNode element : value) {
                    write(element, generator, sorted);
                }
                generator.writeEndArray();
            }
            case STRING -> generator.writeString(value.stringValue());
            case NUMBER -> {
                switch (value.numberType()) {
                    case INT -> generator.writeNumber(value.intValue());
                    case LONG -> generator.writeNumber(value.longValue());
                    case BIG_INTEGER -> generator.writeNumber(value.bigIntegerValue());
                    case FLOAT -> generator.writeNumber(value.floatValue());
                    case DOUBLE -> generator.writeNumber(value.doubleValue());
                    case BIG_DECIMAL -> generator.writeNumber(value.decimalValue());
                }
            }
            case BOOLEAN -> generator.writeBoolean(value.booleanValue());
            case NULL -> generator.writeNull();
            case BINARY, MISSING, POJO ->
                throw new IllegalArgumentException("a " + value.getNodeType() + " node has no form in JSON");
        }
    }

    private static Iterable<Map.Entry<String, JsonNode>> members(JsonNode object, boolean sorted) {
        if (!sorted) {
            return object.properties();
        }
        var ascending = new TreeMap<String, JsonNode>();
        object.properties().forEach(member -> ascending.put(member.getKey(), member.getValue()));
        return ascending.entrySet();
    }

    private static final class Printed extends ObjectWriteContext.Base {
        private final PrettyPrinter printer;

        Printed(PrettyPrinter printer) {
            this.printer = printer;
        }

        @Override
        public PrettyPrinter getPrettyPrinter() {
            return printer;
        }

        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }
    }
}
