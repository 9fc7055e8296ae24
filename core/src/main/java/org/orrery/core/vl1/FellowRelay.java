// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.LinkedHashMap;
import java.util.Map;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.wire.DatagramKind;
import org.orrery.core.wire.Fragments;
import org.orrery.core.wire.PacketHeader;

/**
 * Passes datagrams on at a node that is no root: only for fellow members, over paths that carried a proof of membership
 * lately. Control lane only.
 */
final class FellowRelay {
    /** Paths by which a sender is recognized, some 100 bytes each; the one learned longest ago gives way. */
    static final int PATHS_MAX = 8_192;

    private record Way(int socket, Endpoint remote) {}

    private final Peers peers;
    private final Transmitter transmitter;
    private final Map<Way, Peer> byPath = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Way, Peer> eldest) {
            return size() > PATHS_MAX;
        }
    };

    FellowRelay(Peers peers, Transmitter transmitter) {
        this.peers = peers;
        this.transmitter = transmitter;
    }

    /** A path of {@code peer} was confirmed. */
    void learned(Peer peer, int socket, Endpoint remote) {
        var way = new Way(socket, remote);
        byPath.remove(way);
        byPath.put(way, peer);
    }

    DropReason relay(int socket, Endpoint from, byte[] datagram, long nowMillis) {
        if (!trusted(socket, from, nowMillis)) {
            return DropReason.NOT_A_RELAY;
        }
        Peer peer = peers.find(PacketHeader.destination(datagram, 0));
        Path path = peer == null ? null : peer.best();
        if (path == null) {
            return DropReason.NO_WAY_TO_RELAY;
        }
        boolean fragment = DatagramKind.of(datagram, 0, datagram.length) == DatagramKind.FRAGMENT;
        if (fragment) {
            Fragments.setHops(datagram, 0, Fragments.hops(datagram, 0) + 1);
        } else {
            PacketHeader.setHops(datagram, 0, PacketHeader.hops(datagram, 0) + 1);
        }
        transmitter.send(path.socket(), path.remote(), datagram, 0, datagram.length);
        path.noteOut(nowMillis);
        return DropReason.RELAYED;
    }

    private boolean trusted(int socket, Endpoint from, long nowMillis) {
        var way = new Way(socket, from);
        Peer sender = byPath.get(way);
        if (sender == null) {
            return false;
        }
        if (peers.find(sender.address()) != sender || sender.pathOf(socket, from) == null) {
            byPath.remove(way);
            return false;
        }
        return sender.trusted(nowMillis);
    }

    /** Paths by which senders are recognized. */
    int paths() {
        return byPath.size();
    }
}
