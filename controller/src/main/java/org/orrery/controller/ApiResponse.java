// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the controller's API answers.
 *
 * @param status HTTP status
 * @param body the JSON to send, object keys in ascending order; null for an empty body. The receiver must not change it
 * @param notes what was accepted but not taken over as given, one line each, for a log or a header: the API's shapes
 *     have no place for them
 */
public record ApiResponse(int status, @Nullable JsonNode body, List<String> notes) {
    public ApiResponse {
        notes = List.copyOf(notes);
    }

    static ApiResponse ok(JsonNode body) {
        return new ApiResponse(200, body, List.of());
    }

    static ApiResponse ok(JsonNode body, List<String> notes) {
        return new ApiResponse(200, body, notes);
    }

    /** A refusal whose body is {@code {"message": text}}, the shape that tools know. */
    static ApiResponse refused(int status, String text) {
        ObjectNode body = Json.NODES.objectNode();
        body.put("message", text);
        return new ApiResponse(status, body, List.of());
    }
}
