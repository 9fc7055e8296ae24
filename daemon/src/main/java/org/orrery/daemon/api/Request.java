// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The first line of a request.
 *
 * @param method {@code PUT} counts as {@code POST}, {@code HEAD} as {@code GET}
 * @param path decoded parts; a slash at the end makes an empty last part, which no endpoint has
 * @param query the first value of each argument
 */
record Request(String method, List<String> path, Map<String, String> query) {
    /** More arguments than any endpoint has; the rest is not read. */
    private static final int ARGUMENTS_MAX = 64;

    Request {
        path = List.copyOf(path);
        query = Map.copyOf(query);
    }

    static Request of(String method, URI target) {
        String uniform =
                switch (method) {
                    case "PUT" -> "POST";
                    case "HEAD" -> "GET";
                    default -> method;
                };
        return new Request(uniform, path(target.getRawPath()), query(target.getRawQuery()));
    }

    private static List<String> path(@org.jspecify.annotations.Nullable String raw) {
        if (raw == null || !raw.startsWith("/")) {
            return List.of("");
        }
        List<String> parts = new ArrayList<>();
        for (String part : raw.substring(1).split("/", -1)) {
            // In a path a plus is a plus.
            parts.add(decoded(part.replace("+", "%2B")));
        }
        return parts;
    }

    private static Map<String, String> query(@org.jspecify.annotations.Nullable String raw) {
        Map<String, String> arguments = new HashMap<>();
        if (raw != null) {
            for (String argument : raw.split("&", ARGUMENTS_MAX)) {
                int equals = argument.indexOf('=');
                String name = equals < 0 ? argument : argument.substring(0, equals);
                String value = equals < 0 ? "" : argument.substring(equals + 1);
                arguments.putIfAbsent(decoded(name), decoded(value));
            }
        }
        return arguments;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return text;
        }
    }

    boolean get() {
        return method.equals("GET");
    }

    boolean post() {
        return method.equals("POST");
    }

    boolean delete() {
        return method.equals("DELETE");
    }

    /** Whether the path is exactly {@code parts}. */
    boolean at(String... parts) {
        return path.equals(List.of(parts));
    }

    String first() {
        return path.getFirst();
    }

    /** The function to call with the answer; only what looks like the name of one. */
    Optional<String> callback() {
        return Optional.ofNullable(query.get("jsonp")).filter(name -> name.matches("[A-Za-z_$][A-Za-z0-9_$.]{0,127}"));
    }
}
