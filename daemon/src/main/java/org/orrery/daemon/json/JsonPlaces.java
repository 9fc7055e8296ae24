// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.json;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;

/**
 * Where in a JSON text its members stand, by their paths: {@code settings.bind[1]}, and with names that are no words in
 * brackets, {@code physical["10.0.0.0/8"].mtu}.
 */
public final class JsonPlaces {
    /** For values that come from no text. */
    public static final JsonPlaces NONE = new JsonPlaces();

    /** A text for which there are more is made, not written; the further ones are reported without place. */
    private static final int PLACES_MAX = 100_000;

    private final Map<String, Place> places = new HashMap<>();
    private final List<String> repeated = new ArrayList<>();

    /** Line and column, both from 1, of a member's name or an element's beginning. */
    public record Place(int line, int column) {
        static Place of(TokenStreamLocation at) {
            return new Place(at.getLineNr(), at.getColumnNr());
        }
    }

    private JsonPlaces() {}

    /** @param parser at the beginning of a text that {@link Json#parse} took */
    static JsonPlaces of(JsonParser parser) {
        var found = new JsonPlaces();
        parser.nextToken();
        found.value("", parser);
        return found;
    }

    /** The path of member {@code name} of what is at {@code parent}. */
    public static String member(String parent, String name) {
        if (parent.isEmpty()) {
            return name;
        }
        boolean network = parent.equals("physical") || parent.equals("virtual");
        return network ? parent + "[\"" + name + "\"]" : parent + "." + name;
    }

    public Optional<Place> find(String path) {
        return Optional.ofNullable(places.get(path));
    }

    /** Members that the text names twice or more; the last one counts. */
    public List<String> repeated() {
        return List.copyOf(repeated);
    }

    private void value(String path, JsonParser parser) {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String member = member(path, parser.currentName());
                note(member, parser);
                parser.nextToken();
                value(member, parser);
            }
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                String element = path + "[" + i + "]";
                note(element, parser);
                value(element, parser);
            }
        }
    }

    private void note(String path, JsonParser parser) {
        if (places.size() < PLACES_MAX && places.put(path, Place.of(parser.currentTokenLocation())) != null) {
            repeated.add(path);
        }
    }
}
