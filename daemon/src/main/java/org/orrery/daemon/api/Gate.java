// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;

/** Who may use the API: first by where a request comes from, then by what it knows. Any thread. */
final class Gate {
    private final byte[] token;
    private volatile List<Prefix> networks;

    Gate(String token, List<Prefix> networks) {
        if (token.isEmpty()) {
            throw new IllegalArgumentException("an empty token would let everybody in");
        }
        this.token = token.getBytes(StandardCharsets.UTF_8);
        this.networks = List.copyOf(networks);
    }

    void allowFrom(List<Prefix> allowed) {
        networks = List.copyOf(allowed);
    }

    /** This host itself, and the networks allowed. */
    boolean admits(InetAddress source) {
        if (source.isLoopbackAddress()) {
            return true;
        }
        byte[] bytes = source.getAddress();
        Ip ip = Ip.of(bytes, 0, bytes.length == 16);
        return networks.stream().anyMatch(network -> network.contains(ip));
    }

    /**
     * Whether the first place where a token may stand holds the right one: the header {@code X-ZT1-Auth}, the query
     * argument {@code auth}, the header {@code Authorization: Bearer}. A later place does not make up for a wrong
     * earlier one.
     */
    boolean knowsToken(@Nullable String header, Map<String, String> query, @Nullable String authorization) {
        if (header != null) {
            return right(header);
        }
        String argument = query.get("auth");
        if (argument != null) {
            return right(argument);
        }
        return bearer(authorization).map(this::right).orElse(false);
    }

    private static Optional<String> bearer(@Nullable String authorization) {
        if (authorization == null) {
            return Optional.empty();
        }
        String[] words = authorization.strip().split("\\s+");
        return words.length == 2 && words[0].equalsIgnoreCase("bearer") ? Optional.of(words[1]) : Optional.empty();
    }

    /** Takes as long for a nearly right token as for a wrong one. */
    private boolean right(String claimed) {
        return MessageDigest.isEqual(token, claimed.getBytes(StandardCharsets.UTF_8));
    }
}
