// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;

/** How a connection becomes one of WebSocket (RFC 6455, section 4), from both ends. */
final class WebSocketHandshake {
    /** Names the messages of {@link RelayMessages}. */
    static final String PROTOCOL = "orrery-relay-1";

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    private WebSocketHandshake() {}

    /** Asks a server for the upgrade. Throws if it does not give it, with its status in the message. */
    static void ask(InputStream in, OutputStream out, String host, String path, RandomGenerator random)
            throws IOException {
        byte[] nonce = new byte[KEY_BYTES];
        random.nextBytes(nonce);
        String key = Base64.getEncoder().encodeToString(nonce);
        write(
                out,
                "GET " + path + " HTTP/1.1",
                "Host: " + host,
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: " + key,
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Protocol: " + PROTOCOL);
        HttpHead answer = HttpHead.read(in);
        if (answer.status() != 101) {
            throw new MalformedMessageException("no relay there: it answered '" + brief(answer.firstLine()) + "'");
        }
        if (!answer.has("upgrade", "websocket")
                || !answer.field("sec-websocket-accept").equals(accept(key))
                || !answer.has("sec-websocket-protocol", PROTOCOL)) {
            throw new MalformedMessageException("a WebSocket server is there, but no relay");
        }
    }

    private static String brief(String line) {
        String printable = line.replaceAll("[^ -~]", "?");
        return printable.substring(0, Math.min(80, printable.length()));
    }

    /**
     * Answers a client. Throws if it asked for anything else; it has been told so then.
     */
    static void answer(InputStream in, OutputStream out) throws IOException {
        HttpHead request = HttpHead.read(in);
        String refusal = refusal(request);
        if (!refusal.isEmpty()) {
            write(out, "HTTP/1.1 " + refusal, "Sec-WebSocket-Version: 13", "Content-Length: 0", "Connection: close");
            throw new MalformedMessageException("HTTP request that got " + refusal);
        }
        write(
                out,
                "HTTP/1.1 101 Switching Protocols",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Accept: " + accept(request.field("sec-websocket-key")),
                "Sec-WebSocket-Protocol: " + PROTOCOL);
    }

    private static String refusal(HttpHead request) {
        String[] parts = request.firstLine().split(" ");
        if (parts.length != 3 || !parts[2].equals("HTTP/1.1")) {
            return "400 Bad Request";
        }
        if (!parts[0].equals("GET")) {
            return "405 Method Not Allowed";
        }
        if (!request.has("upgrade", "websocket") || !request.has("connection", "upgrade")) {
            return "404 Not Found";
        }
        if (!request.field("sec-websocket-version").equals("13") || !request.has("sec-websocket-protocol", PROTOCOL)) {
            return "426 Upgrade Required";
        }
        // Nodes have no origin; the pages of a browser have, and nothing to do here.
        if (!request.field("origin").isEmpty()) {
            return "403 Forbidden";
        }
        return goodKey(request.field("sec-websocket-key")) ? "" : "400 Bad Request";
    }

    private static boolean goodKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException other) {
            return false;
        }
    }

    static String accept(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every JDK has SHA-1", impossible);
        }
    }

    private static void write(OutputStream out, String... lines) throws IOException {
        out.write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }
}
