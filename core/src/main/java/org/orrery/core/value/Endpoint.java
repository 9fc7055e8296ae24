// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.value;

import java.util.Optional;

/** A UDP endpoint: an IP address and a port. Written {@code ip/port}, as in every file and API of this system. */
public record Endpoint(Ip ip, int port) implements Comparable<Endpoint> {
    public Endpoint {
        if (port >>> 16 != 0) {
            throw new IllegalArgumentException("port wider than 16 bits: " + port);
        }
    }

    /** Reads {@code ip/port}. */
    public static Optional<Endpoint> parse(String text) {
        int slash = text.lastIndexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        Optional<Ip> ip = Ip.parse(text.substring(0, slash));
        String digits = text.substring(slash + 1);
        if (ip.isEmpty()
                || digits.isEmpty()
                || digits.length() > 5
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        int port = Integer.parseInt(digits);
        return port > 0xffff ? Optional.empty() : Optional.of(new Endpoint(ip.get(), port));
    }

    /** IPv4 before IPv6, then by port, then by address. */
    @Override
    public int compareTo(Endpoint other) {
        if (ip.v6() != other.ip.v6()) {
            return ip.v6() ? 1 : -1;
        }
        return port != other.port ? Integer.compare(port, other.port) : ip.compareTo(other.ip);
    }

    @Override
    public String toString() {
        return ip + "/" + port;
    }
}
