// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * A proxy that TCP connections have to go through.
 *
 * @param user empty for none
 * @param password empty for none
 */
public record ProxyAddress(Kind kind, String host, int port, String user, String password) {
    /** What it speaks. */
    public enum Kind {
        /** The method CONNECT of HTTP/1.1, with the basic scheme for users. */
        HTTP,
        /** SOCKS version 5 (RFC 1928), with user and password by RFC 1929. */
        SOCKS5
    }

    private static final int TEXT_BYTES_MAX = 255;

    /** Reads {@code http://[USER[:PASSWORD]@]HOST:PORT} or the same with {@code socks5://}. */
    public static Optional<ProxyAddress> parse(String text) {
        try {
            var uri = new URI(text.strip());
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            boolean http = scheme.equals("http");
            String host = uri.getHost();
            boolean bare = uri.getPath() == null || uri.getPath().matches("/?");
            if (!http && !scheme.equals("socks5")
                    || host == null
                    || uri.getPort() < 1
                    || uri.getPort() > 0xffff
                    || !bare
                    || uri.getQuery() != null) {
                return Optional.empty();
            }
            String login = uri.getUserInfo() == null ? "" : uri.getUserInfo();
            int colon = login.indexOf(':');
            String user = colon < 0 ? login : login.substring(0, colon);
            String password = colon < 0 ? "" : login.substring(colon + 1);
            if (user.isEmpty() && !password.isEmpty() || tooLong(user) || tooLong(password) || tooLong(host)) {
                return Optional.empty();
            }
            return Optional.of(new ProxyAddress(
                    http ? Kind.HTTP : Kind.SOCKS5, RelayAddress.withoutBrackets(host), uri.getPort(), user, password));
        } catch (URISyntaxException other) {
            return Optional.empty();
        }
    }

    private static boolean tooLong(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length > TEXT_BYTES_MAX;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + "://" + (user.isEmpty() ? "" : user + "@")
                + RelayAddress.hostAndPort(host, port);
    }
}
