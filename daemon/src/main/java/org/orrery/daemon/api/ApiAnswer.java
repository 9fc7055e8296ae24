// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.orrery.daemon.json.Json;
import tools.jackson.databind.JsonNode;

/** What the API answers to one request. */
final class ApiAnswer {
    static final String JSON = "application/json";

    private final int status;
    private final Optional<String> contentType;
    private final byte[] body;
    private final List<String> notes;

    private ApiAnswer(int status, Optional<String> contentType, byte[] body, List<String> notes) {
        this.status = status;
        this.contentType = contentType;
        this.body = body;
        this.notes = List.copyOf(notes);
    }

    /** {@code value} on one line, keys ascending. */
    static ApiAnswer json(int status, JsonNode value) {
        return new ApiAnswer(status, Optional.of(JSON), Json.compact(value), List.of());
    }

    /** A JSON text to be sent as it is. */
    static ApiAnswer jsonText(int status, String text) {
        return new ApiAnswer(status, Optional.of(JSON), text.getBytes(StandardCharsets.UTF_8), List.of());
    }

    /** Lines of text. */
    static ApiAnswer text(String lines) {
        return new ApiAnswer(
                200, Optional.of(MetricsText.CONTENT_TYPE), lines.getBytes(StandardCharsets.UTF_8), List.of());
    }

    /** No body and no type. */
    static ApiAnswer empty(int status) {
        return new ApiAnswer(status, Optional.empty(), new byte[0], List.of());
    }

    /** The usual error object: the status again, and a sentence for a person. */
    static ApiAnswer error(int status, String description) {
        String quoted = new String(Json.compact(Json.text(description)), StandardCharsets.UTF_8);
        return jsonText(status, "{\"error\": " + status + ", \"description\": " + quoted + "}");
    }

    int status() {
        return status;
    }

    Optional<String> contentType() {
        return contentType;
    }

    boolean json() {
        return contentType.equals(Optional.of(JSON));
    }

    /** Not a copy. */
    byte[] body() {
        return body;
    }

    /** The answer with sentences for a person beside it, for which its JSON has no place. */
    ApiAnswer withNotes(List<String> sentences) {
        return new ApiAnswer(status, contentType, body, sentences);
    }

    List<String> notes() {
        return notes;
    }

    /** The answer as a script that calls {@code function} with it. */
    ApiAnswer asCallOf(String function) {
        String script = function + "(" + new String(body, StandardCharsets.UTF_8) + ");";
        return new ApiAnswer(
                status, Optional.of("application/javascript"), script.getBytes(StandardCharsets.UTF_8), notes);
    }
}
