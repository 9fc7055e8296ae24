// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.vl1.bond.BondReport;

/**
 * A peer at one moment.
 *
 * @param version null until it said HELLO
 * @param latencyMillis over the chosen path, -1 if not measured
 * @param relayedBecause why there is no direct path, a sentence; empty if there is one
 * @param bond how its paths are used together; null if they are not
 */
public record PeerReport(
        Address address,
        @Nullable PeerVersion version,
        int latencyMillis,
        Role role,
        List<PathReport> paths,
        String relayedBecause,
        @Nullable BondReport bond) {
    public PeerReport {
        paths = List.copyOf(paths);
    }

    /**
     * What there is to tell about {@code peer} now. Control lane only.
     *
     * @param because why there is no direct path
     */
    static PeerReport of(Peer peer, String because, long nowMillis) {
        Path best = peer.best();
        PeerBond bond = peer.bond();
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
                because,
                bond == null ? null : bond.bond().report(nowMillis));
    }

    static String relayedBecause(Peer peer, List<NatMapping> nat, boolean directOnly, long nowMillis) {
        String because = RelayedBecause.text(
                peer.upstream(),
                RelayedBecause.Paths.of(peer.paths()),
                peer.active(nowMillis),
                Candidates.listOf(peer.candidates),
                nat);
        return directOnly ? because + "; frames wait for a direct path, for local.conf lets no root relay" : because;
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
