// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.value;

import java.util.Optional;

/**
 * An IP address with a prefix length. The host bits are kept: the same value serves as an interface address
 * ({@code 10.1.2.3/16}) and as the network it lies in.
 */
public record Prefix(Ip ip, int bits) implements Comparable<Prefix> {
    public Prefix {
        if (bits < 0 || bits > ip.width()) {
            throw new IllegalArgumentException("prefix length " + bits + " of " + ip);
        }
    }

    /** Reads {@code ip/bits}; without {@code /bits} the full width. */
    public static Optional<Prefix> parse(String text) {
        int slash = text.indexOf('/');
        Optional<Ip> ip = Ip.parse(slash < 0 ? text : text.substring(0, slash));
        if (ip.isEmpty() || slash < 0) {
            return ip.map(address -> new Prefix(address, address.width()));
        }
        String digits = text.substring(slash + 1);
        if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        int bits = Integer.parseInt(digits);
        return bits > ip.get().width() ? Optional.empty() : Optional.of(new Prefix(ip.get(), bits));
    }

    /** Whether {@code other} lies in the network of this prefix; both sides are masked. */
    public boolean contains(Ip other) {
        return ip.v6() == other.v6() && ip.masked(bits).equals(other.masked(bits));
    }

    /** This prefix with its host bits cleared. */
    public Prefix network() {
        return new Prefix(ip.masked(bits), bits);
    }

    /**
     * Whether this names a network and no host in it: all host bits are zero and there is at least one of them and one
     * network bit.
     */
    public boolean namesNetwork() {
        return bits > 0 && bits < ip.width() && ip.masked(bits).equals(ip);
    }

    /** Whether this is the route to everywhere: {@code 0.0.0.0/0} or {@code ::/0}. */
    public boolean defaultRoute() {
        return bits == 0 && ip.high() == 0 && ip.low() == 0;
    }

    @Override
    public int compareTo(Prefix other) {
        int byIp = ip.compareTo(other.ip);
        return byIp != 0 ? byIp : Integer.compare(bits, other.bits);
    }

    @Override
    public String toString() {
        return ip + "/" + bits;
    }
}
