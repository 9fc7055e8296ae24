// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.api;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON value. Reading asks only for the streaming parser, because a short command would spend more time on loading an
 * object mapper than on its work. Asking a value for what it is not gives nothing or the default, as the API itself does.
 */
public sealed interface Json {
    /** Members in ascending order of their names, the order in which every tool prints them. */
    record Obj(SortedMap<String, Json> members) implements Json {
        public Obj {
            members = Collections.unmodifiableSortedMap(members);
        }
    }

    record Arr(List<Json> items) implements Json {
        public Arr {
            items = List.copyOf(items);
        }
    }

    record Text(String value) implements Json {}

    record Int(BigInteger value) implements Json {}

    record Real(double value) implements Json {}

    record Bool(boolean value) implements Json {}

    record Null() implements Json {
        private static final Null VALUE = new Null();
    }

    /** Deeper text is refused. */
    int DEPTH_MAX = 100;

    /** Thrown for text that is not JSON; the message says where. */
    final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    /** Reads exactly one value. */
    static Json parse(String text) throws Malformed {
        var factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH_MAX)
                        .build())
                .build();
        try (JsonParser in = factory.createParser(ObjectReadContext.empty(), text)) {
            if (in.nextToken() == null) {
                throw new Malformed("empty");
            }
            Json value = read(in);
            if (in.nextToken() != null) {
                throw new Malformed("more text after the value");
            }
            return value;
        } catch (JacksonException failure) {
            throw new Malformed(failure.getOriginalMessage());
        }
    }

    private static Json read(JsonParser in) {
        return switch (in.currentToken()) {
            case START_OBJECT -> {
                SortedMap<String, Json> members = new TreeMap<>();
                while (in.nextToken() != JsonToken.END_OBJECT) {
                    String name = in.currentName();
                    in.nextToken();
                    members.put(name, read(in));
                }
                yield new Obj(members);
            }
            case START_ARRAY -> {
                List<Json> items = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    items.add(read(in));
                }
                yield new Arr(items);
            }
            case VALUE_STRING -> new Text(in.getString());
            case VALUE_NUMBER_INT -> new Int(in.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> new Real(in.getDoubleValue());
            case VALUE_TRUE -> new Bool(true);
            case VALUE_FALSE -> new Bool(false);
            default -> none();
        };
    }

    /** Reads one value, or gives {@link #none} for text that is not JSON. */
    static Json parseOrNull(String text) {
        try {
            return parse(text);
        } catch (Malformed malformed) {
            return none();
        }
    }

    /** JSON's null, and what an absent member reads as. */
    static Json none() {
        return Null.VALUE;
    }

    static Json of(String value) {
        return new Text(value);
    }

    static Json of(boolean value) {
        return new Bool(value);
    }

    static Json of(long value) {
        return new Int(BigInteger.valueOf(value));
    }

    static Json array(List<? extends Json> items) {
        return new Arr(List.copyOf(items));
    }

    static Json array(Json... items) {
        return new Arr(List.of(items));
    }

    /** An object of names and values in turn. */
    static Json object(Map<String, Json> members) {
        return new Obj(new TreeMap<>(members));
    }

    /** The member, or {@link #none}. */
    default Json at(String name) {
        return this instanceof Obj(var members) ? members.getOrDefault(name, none()) : none();
    }

    /** The items of an array; nothing for anything else. */
    default List<Json> items() {
        return this instanceof Arr(var items) ? items : List.of();
    }

    /** The members of an object; nothing for anything else. */
    default Map<String, Json> members() {
        return this instanceof Obj(var members) ? members : Map.of();
    }

    /** A text; empty for anything else. */
    default String text() {
        return this instanceof Text(var value) ? value : "";
    }

    /** A number, cut to 64 bits; zero for anything else. */
    default long integer() {
        return integer(0);
    }

    default long integer(long otherwise) {
        return switch (this) {
            case Int(var value) -> value.longValue();
            case Real(var value) -> (long) value;
            case Bool(var value) -> value ? 1 : 0;
            case Obj _, Arr _, Text _, Null _ -> otherwise;
        };
    }

    default double real() {
        return switch (this) {
            case Int(var value) -> value.doubleValue();
            case Real(var value) -> value;
            case Obj _, Arr _, Text _, Bool _, Null _ -> 0;
        };
    }

    /** True only for JSON's true. */
    default boolean isTrue() {
        return this instanceof Bool(var value) && value;
    }

    /** Whether there is anything: not null and not absent. */
    default boolean present() {
        return !(this instanceof Null);
    }

    /** On one line, without white space. */
    default String compact() {
        return JsonPrinter.print(this, -1);
    }

    /** One space more for each level, as the tools print it. */
    default String indented() {
        return JsonPrinter.print(this, 1);
    }
}
