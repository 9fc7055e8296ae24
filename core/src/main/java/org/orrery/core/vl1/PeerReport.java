// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
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

    /** What there is to tell about {@code peer} now. Control lane only. */
    static PeerReport of(Peer peer, long nowMillis) {
        Path best = peer.best();
        List<PathReport> paths = new ArrayList<>();
        for (Path path : peer.paths()) {
            if (!path.expired(nowMillis)) {
                paths.add(new PathReport(
                        path.remote(),
                        path.socket(),
                        Math.max(0, path.lastOutMillis()),
                        Math.max(0, path.lastInMillis()),
                        path.alive(nowMillis),
                        path == best,
                        path.trustedPathId()));
            }
        }
        return new PeerReport(
                new Address(peer.address()),
                peer.version(),
                peer.latencyMillis(),
                peer.role,
                paths,
                best != null ? "" : relayedBecause(peer));
    }

    private static String relayedBecause(Peer peer) {
        if (peer.paths().length > 0) {
            return "its known paths have been silent for more than " + Path.ALIVE_MILLIS / 1_000 + " s";
        }
        if (peer.candidatesTried > 0) {
            return peer.candidatesTried + " addresses were tried, none has answered";
        }
        return "no address of it is known yet: neither a root nor the peer has named one";
    }

    /** A confirmed path; times are 0 for never. */
    public record PathReport(
            Endpoint remote,
            int socket,
            long lastSendMillis,
            long lastReceiveMillis,
            boolean alive,
            boolean preferred,
            long trustedPathId) {}
}
