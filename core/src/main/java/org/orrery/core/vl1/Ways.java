// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;

/** Tells how peers are reached, and why not otherwise. Control lane only. */
final class Ways {
    private final Peers peers;
    private final Surfaces surfaces;
    private final OpenSockets sockets;
    private final PortSearch search;
    private final Consumer<String> events;

    Ways(Peers peers, Surfaces surfaces, OpenSockets sockets, PortSearch search, Consumer<String> events) {
        this.peers = peers;
        this.surfaces = surfaces;
        this.sockets = sockets;
        this.search = search;
        this.events = events;
    }

    /** All peers, in order of address. */
    List<PeerReport> reports(long nowMillis) {
        List<NatMapping> nat = natMappings(nowMillis);
        return peers.sorted().stream()
                .map(peer -> PeerReport.of(peer, peer.best() == null ? because(peer, nat, nowMillis) : "", nowMillis))
                .toList();
    }

    /** How the way out treats our sockets, as far as others told. */
    List<NatMapping> natMappings(long nowMillis) {
        return NatMappings.of(surfaces.observations(), sockets.ordinary(), nowMillis);
    }

    /** How a peer is reached and why not otherwise; null if it is not known. */
    @Nullable
    PeerReach reach(long address, long nowMillis) {
        Peer peer = peers.find(address);
        if (peer == null) {
            return null;
        }
        boolean direct = peer.best() != null;
        List<NatMapping> nat = natMappings(nowMillis);
        return new PeerReach(
                direct,
                peer.wayMillis(),
                direct ? Optional.empty() : relayFor(peer, nowMillis),
                direct ? "" : because(peer, nat, nowMillis),
                datagramBytes(peer),
                datagramBytesFull(peer),
                peer.suite(),
                peer.guard().guards(),
                Candidates.listOf(peer.candidates),
                nat);
    }

    /** Why there is no direct path, a sentence. */
    private String because(Peer peer, List<NatMapping> nat, long nowMillis) {
        return PeerReport.relayedBecause(peer, nat, peers.framesOnlyDirect(), nowMillis) + search.says(peer, nowMillis);
    }

    private static int datagramBytes(Peer peer) {
        Path path = peer.best();
        MtuSearch relayed = peer.relayedMtu;
        int found = path != null ? path.mtuBytes() : relayed != null ? relayed.bytes() : MtuSearch.UNLIMITED;
        return Math.min(datagramBytesFull(peer), found);
    }

    private static int datagramBytesFull(Peer peer) {
        Path path = peer.best();
        return path == null ? Sender.DATAGRAM_BYTES : path.fullBytes();
    }

    private Optional<Address> relayFor(Peer peer, long nowMillis) {
        Peer relay = peers.relayFor(peer);
        Path path = relay == null || peers.framesOnlyDirect() ? null : relay.best();
        return relay == null || path == null || !path.alive(nowMillis)
                ? Optional.empty()
                : Optional.of(new Address(relay.address()));
    }

    /** Tells a person once that a peer is reached directly now, or no more. */
    void tell(Peer peer, long nowMillis) {
        Path path = peer.best();
        boolean direct = path != null;
        if (direct == peer.toldDirect) {
            return;
        }
        peer.toldDirect = direct;
        if (path != null) {
            events.accept(
                    (path.tunnelled() ? "path.tunnelled" : "path.up") + " peer=" + peer + " via=" + path.remote());
        } else if (!peer.upstream() && !peer.active(nowMillis)) {
            events.accept("path.idle peer=" + peer);
        } else {
            String relay =
                    relayFor(peer, nowMillis).map(each -> " relay=" + each).orElse("");
            events.accept((relay.isEmpty() ? "path.lost" : "path.down") + " peer=" + peer + relay + " reason="
                    + PeerReport.relayedBecause(peer, natMappings(nowMillis), peers.framesOnlyDirect(), nowMillis));
        }
    }
}
