// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A web server on loopback for one request on each connection. */
final class FakeWeb implements AutoCloseable {
    /** Headers have names in lower case. */
    record Asked(String path, Map<String, String> headers, String body) {}

    record Answer(int status, String body) {}

    interface Pages {
        Answer answer(Asked asked);
    }

    private final ServerSocket socket;

    FakeWeb(Pages pages) throws IOException {
        socket = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    try (Socket connection = socket.accept()) {
                        serve(connection, pages);
                    }
                }
            } catch (IOException closed) {
                // The test is over.
            }
        });
    }

    int port() {
        return socket.getLocalPort();
    }

    private static void serve(Socket connection, Pages pages) throws IOException {
        InputStream in = new BufferedInputStream(connection.getInputStream());
        String path = line(in).split(" ")[1];
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String[] parts = line.split(":", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        Answer answer = pages.answer(new Asked(path, headers, new String(body, StandardCharsets.UTF_8)));
        byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
        connection
                .getOutputStream()
                .write(("HTTP/1.1 " + answer.status + " X\r\nContent-Length: " + bytes.length
                                + "\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        connection.getOutputStream().write(bytes);
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
