// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

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
    private final Peers peers;
    private final Transmitter transmitter;

    FellowRelay(Peers peers, Transmitter transmitter) {
        this.peers = peers;
        this.transmitter = transmitter;
    }

    DropReason relay(int socket, Endpoint from, byte[] datagram, long nowMillis) {
        boolean[] trusted = new boolean[1];
        peers.forEach(peer -> trusted[0] |= peer.trusted(nowMillis) && peer.pathOf(socket, from) != null);
        if (!trusted[0]) {
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
}
