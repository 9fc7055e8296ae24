// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.verb.PeerVersion;

/**
 * A peer at one moment.
 *
 * @param version null until it said HELLO
 * @param latencyMillis over the chosen path, -1 if not measured
 * @param relayedBecause why there is no direct path, a sentence; empty if there is one
 */
public record PeerReport(
        Address address,
        @Nullable PeerVersion version,
        int latencyMillis,
        Role role,
        List<PathReport> paths,
        String relayedBecause) {
    public PeerReport {
        paths = List.copyOf(paths);
    }

    /** A confirmed path; times are 0 for never. */
    public record PathReport(
            Endpoint remote,
            int socket,
            long lastSendMillis,
            long lastReceiveMillis,
            boolean alive,
            boolean preferred) {}
}
