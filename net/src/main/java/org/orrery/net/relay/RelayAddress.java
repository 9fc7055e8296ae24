// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import org.orrery.core.value.Endpoint;

/** Where a relay is, and how it is spoken to. */
public sealed interface RelayAddress {
    String host();

    int port();

    /**
     * Records that only look like TLS.
     *
     * @param endpoint of the relay
     */
    record Plain(Endpoint endpoint) implements RelayAddress {
        @Override
        public String host() {
            return endpoint.ip().toString();
        }

        @Override
        public int port() {
            return endpoint.port();
        }

        /** {@code tcp://IP:PORT}. */
        @Override
        public String toString() {
            return "tcp://" + hostAndPort(host(), port());
        }
    }

    /**
     * WebSocket inside TLS.
     *
     * @param path what is asked for, from the slash on
     * @param fingerprint of the relay's certificate, as {@link Fingerprint}; absent to ask the host's authorities
     */
    record Tls(String host, int port, String path, Optional<Fingerprint> fingerprint) implements RelayAddress {
        private static final int PORT = 443;

        /** Reads {@code wss://HOST[:PORT][/PATH]}. */
        public static Optional<Tls> parse(String text, Optional<Fingerprint> fingerprint) {
            try {
                var uri = new URI(text.strip());
                String host = uri.getHost();
                int port = uri.getPort() == -1 ? PORT : uri.getPort();
                boolean good =
                        String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT).equals("wss")
                                && host != null
                                && port > 0
                                && port <= 0xffff
                                && uri.getUserInfo() == null
                                && uri.getRawFragment() == null;
                if (!good || host == null) {
                    return Optional.empty();
                }
                String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
                String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
                return Optional.of(new Tls(withoutBrackets(host), port, path + query, fingerprint));
            } catch (URISyntaxException other) {
                return Optional.empty();
            }
        }

        /** As it was read. */
        @Override
        public String toString() {
            return "wss://" + hostAndPort(host, port) + path;
        }
    }

    /** With the brackets that an IPv6 address needs there. */
    static String hostAndPort(String host, int port) {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** The address in the host of a URI. */
    static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
