// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The first line and the fields in front of an HTTP/1.1 message.
 *
 * @param fields by name in lower case; values of repeated names are joined by commas
 */
record HttpHead(String firstLine, Map<String, String> fields) {
    /** More than any head that belongs here. */
    static final int BYTES_MAX = 8 * 1024;

    HttpHead {
        fields = Map.copyOf(fields);
    }

    /** Reads up to and with the empty line, and not a byte more. */
    static HttpHead read(InputStream in) throws IOException {
        byte[] bytes = new byte[BYTES_MAX];
        int length = 0;
        while (!ended(bytes, length)) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("ended before the end of an HTTP head");
            }
            if (length == BYTES_MAX) {
                throw new MalformedMessageException("HTTP head of more than " + BYTES_MAX + " bytes");
            }
            bytes[length++] = (byte) next;
        }
        String[] lines = new String(bytes, 0, length, StandardCharsets.ISO_8859_1).split("\r?\n");
        if (lines.length == 0) {
            throw new MalformedMessageException("empty HTTP head");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new MalformedMessageException("HTTP field without a name");
            }
            fields.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip(),
                    (before, more) -> before + ", " + more);
        }
        return new HttpHead(lines[0], fields);
    }

    private static boolean ended(byte[] bytes, int length) {
        return length >= 2
                && bytes[length - 1] == '\n'
                && (bytes[length - 2] == '\n' || length >= 4 && bytes[length - 2] == '\r' && bytes[length - 3] == '\n');
    }

    String field(String name) {
        return fields.getOrDefault(name, "");
    }

    /** Whether a field with a list of words has this one, in any case of letters. */
    boolean has(String name, String word) {
        return Arrays.stream(field(name).split(","))
                .anyMatch(each -> each.strip().equalsIgnoreCase(word));
    }

    /** The status of a response, 0 if the first line is none of a response. */
    int status() {
        String[] parts = firstLine.split(" ", 3);
        return parts.length >= 2 && parts[0].startsWith("HTTP/1.") && parts[1].matches("[0-9]{3}")
                ? Integer.parseInt(parts[1])
                : 0;
    }
}
