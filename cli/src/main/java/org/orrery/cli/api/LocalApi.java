// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a node's local API. Uses the JDK's older HTTP client on purpose: it is up in a quarter of the time of the
 * newer one, which is most of what a short command takes.
 */
public record LocalApi(String host, int port, String token) {
    /** A longer answer is refused. */
    public static final int BODY_BYTES_MAX = 16 * 1024 * 1024;

    private static final int TIMEOUT_MILLIS = 60_000;

    static {
        // The old client would send a POST a second time when a connection breaks.
        System.setProperty("sun.net.http.retryPost", "false");
        // Nothing is gained from an open connection, and a laboratory's hosts all have the same local address.
        System.setProperty("http.keepAlive", "false");
    }

    /**
     * What came back.
     *
     * @param status of HTTP; 0 if there was no answer, then the body says why
     */
    public record Answer(int status, String body) {
        public boolean ok() {
            return status == 200;
        }
    }

    public Answer get(String path) {
        return call("GET", path, null);
    }

    public Answer post(String path, Json body) {
        return call("POST", path, body.compact());
    }

    public Answer delete(String path) {
        return call("DELETE", path, null);
    }

    /**
     * Asks for an answer without an end.
     *
     * @param patience how long the other side may be silent; then reading fails
     * @return what comes, to be closed; null with any status but 200, which {@code status} is told
     * @throws IOException if there is no answer
     */
    public @Nullable InputStream stream(String path, Duration patience, IntConsumer status) throws IOException {
        String authority = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        var connection = (HttpURLConnection)
                URI.create("http://" + authority + ":" + port + path).toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout((int) patience.toMillis());
        connection.setUseCaches(false);
        connection.setRequestProperty("X-ZT1-Auth", token);
        int code = connection.getResponseCode();
        status.accept(code);
        if (code != 200) {
            connection.disconnect();
            return null;
        }
        return connection.getInputStream();
    }

    private Answer call(String method, String path, @Nullable String body) {
        HttpURLConnection connection = null;
        try {
            String authority = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
            connection = (HttpURLConnection) URI.create("http://" + authority + ":" + port + path)
                    .toURL()
                    .openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setRequestMethod(method);
            connection.setRequestProperty("X-ZT1-Auth", token);
            // Kept for the next request, it may have been closed by then at the other end: a POST is not repeated.
            connection.setRequestProperty("Connection", "close");
            if (body != null) {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", "application/json");
                try (var out = connection.getOutputStream()) {
                    out.write(bytes);
                }
            }
            int status = connection.getResponseCode();
            if (status < 0) {
                return new Answer(0, "connection failed");
            }
            try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                byte[] bytes = in == null ? new byte[0] : in.readNBytes(BODY_BYTES_MAX + 1);
                return bytes.length > BODY_BYTES_MAX
                        ? new Answer(0, "request too large")
                        : new Answer(status, new String(bytes, StandardCharsets.UTF_8));
            }
        } catch (SocketTimeoutException timeout) {
            return new Answer(0, "timed out");
        } catch (ConnectException | NoRouteToHostException refused) {
            return new Answer(0, "connection failed (2)");
        } catch (IOException | IllegalArgumentException failure) {
            return new Answer(0, "connection failed");
        } finally {
            if (connection != null) {
                connection.disconnect();
            }
        }
    }
}
