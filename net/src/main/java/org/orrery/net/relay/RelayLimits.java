// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.time.Duration;

/**
 * What a relay gives at most.
 *
 * @param connections at once; each has one UDP socket, two virtual threads and some 100 kB
 * @param connectionsPerSource of one IPv4 address or IPv6 network of 64 bits
 * @param bitsPerSecond that one source may send, and that it may be sent, each; a second's worth may come at once
 * @param idle without a message in either direction before a connection is closed
 * @param privateDestinations whether addresses that only a site knows may be sent to
 */
public record RelayLimits(
        int connections, int connectionsPerSource, long bitsPerSecond, Duration idle, boolean privateDestinations) {
    /** For a relay that anybody on the Internet may use. */
    public static final RelayLimits PUBLIC = new RelayLimits(1_024, 64, 50_000_000, Duration.ofMinutes(5), false);

    public RelayLimits {
        if (connections < 1 || connectionsPerSource < 1 || bitsPerSecond < 1 || !idle.isPositive()) {
            throw new IllegalArgumentException("a limit below one");
        }
    }
}
