// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import java.util.List;
import java.util.Optional;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.vl1.Role;
import org.orrery.core.vl1.bond.BondReport;

/**
 * A peer at one moment.
 *
 * @param protocol its protocol version, 0 if not known yet
 * @param version its software version; null until it said HELLO
 * @param latencyMillis round trip over the preferred path, -1 if not measured
 * @param paths confirmed direct paths, the preferred one marked; empty means relayed
 * @param relayedBecause a sentence for a person on why there is no direct path; empty if there is one
 * @param bond how its paths are used together; empty if each is used by itself
 */
public record PeerStatus(
        Address address,
        int protocol,
        @org.jspecify.annotations.Nullable Version version,
        int latencyMillis,
        Role role,
        List<PathStatus> paths,
        String relayedBecause,
        Optional<BondReport> bond) {
    public PeerStatus {
        paths = List.copyOf(paths);
    }

    /** One that is not bonded. */
    public PeerStatus(
            Address address,
            int protocol,
            @org.jspecify.annotations.Nullable Version version,
            int latencyMillis,
            Role role,
            List<PathStatus> paths,
            String relayedBecause) {
        this(address, protocol, version, latencyMillis, role, paths, relayedBecause, Optional.empty());
    }

    /**
     * A confirmed path.
     *
     * @param socket the local socket's id
     * @param lastSendMillis wall clock, 0 for never
     * @param lastReceiveMillis wall clock, 0 for never
     * @param trustedPathId 0 unless packets travel unprotected over a configured trusted network
     */
    public record PathStatus(
            Endpoint remote,
            int socket,
            long lastSendMillis,
            long lastReceiveMillis,
            boolean alive,
            boolean preferred,
            long trustedPathId) {}
}
