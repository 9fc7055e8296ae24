// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.Verdict;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Mac;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.Path;
import org.orrery.core.vl1.PathPolicy;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.Peers;
import org.orrery.core.vl1.Unprotected;
import org.orrery.core.vl1.bond.FlowKey;
import org.orrery.core.vl1.bond.Spread;
import org.orrery.core.vl2.Judge;
import org.orrery.core.vl2.Member;
import org.orrery.core.vl2.Network;
import org.orrery.core.vl2.View;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.wire.Fragments;
import org.orrery.core.wire.PacketHeader;

/**
 * One lane's way from the local interface to the wire: frames are judged and made packets where they lie. Its lane's own
 * thread; steady traffic allocates nothing here.
 */
final class FrameSender {
    private static final int ETHERNET_BYTES = 14;
    private static final int ETHER_TYPE_OFFSET = 12;

    private final int lane;
    private final long self;
    private final Peers peers;
    private final LaneOutput output;
    private final ControlLink control;
    private final Judge judge;
    private final DropLog drops;
    private final RecentlyTold told;
    private final byte[] datagram = new byte[PathPolicy.MTU_MAX];

    /** What was decided of the frame before, for those that continue its flow; valid if the view is not null. */
    private @Nullable View flowView;

    private @Nullable Peer flowPeer;
    private @Nullable Path flowPath;
    private @Nullable Spread<Path> flowSpread;
    private boolean flowDirect;
    private boolean flowPasses;
    private int flowSlot;

    FrameSender(
            int lane,
            long self,
            Peers peers,
            LaneOutput output,
            ControlLink control,
            Judge judge,
            DropLog drops,
            RecentlyTold told) {
        this.lane = lane;
        this.self = self;
        this.peers = peers;
        this.output = output;
        this.control = control;
        this.judge = judge;
        this.drops = drops;
        this.told = told;
    }

    /** As {@link DataLane#frame}, uncounted. */
    DropReason frame(Network network, byte[] bytes, int offset, int length, boolean continues, long nowMillis) {
        DropReason reason = outbound(network, bytes, offset, length, continues, nowMillis);
        if (reason.lost()) {
            logDrop(reason, network, bytes, offset, length, nowMillis);
        }
        return reason;
    }

    private void logDrop(DropReason reason, Network network, byte[] bytes, int offset, int length, long nowMillis) {
        View view = reason == DropReason.RULES_OUTBOUND ? flowView : null;
        RuleTable table = view == null ? null : view.counters().base();
        int rule = view == null ? -1 : view.counters().baseRule(flowSlot);
        long peer = 0;
        if (reason == DropReason.TOO_MANY_PIECES && flowPeer != null) {
            peer = flowPeer.address(); // the packet header is over the MACs already
        } else if (length > ETHERNET_BYTES) {
            long destination = BigEndian.u48(bytes, offset);
            boolean derived = destination >>> 40 == Mac.firstOctet(network.id());
            peer = derived ? Mac.toAddress(destination, network.id()) : 0;
        }
        drops.frame(nowMillis, reason, network.id(), peer, bytes, offset, length, rule, table);
    }

    private DropReason outbound(
            Network network, byte[] bytes, int offset, int length, boolean continues, long nowMillis) {
        if (!continues) {
            flowView = null; // nothing is left of the flow before, however this frame ends
        }
        if (length <= ETHERNET_BYTES) {
            return DropReason.FRAME_TOO_SHORT;
        }
        View view = network.view();
        if (view == null) {
            return DropReason.NO_CONFIGURATION;
        }
        if (length - ETHERNET_BYTES > view.mtu()) {
            return DropReason.FRAME_TOO_LONG;
        }
        boolean decided = Objects.equals(flowView, view) && !view.filter().dependsOnEachPacket();
        if (decided) {
            judge.countAgain(view, flowSlot);
            Spread<Path> spread = flowSpread;
            if (spread != null && spread.byPacket()) {
                flowPath = spread.choose(0, nowMillis);
            }
        } else {
            DropReason other = decide(network, view, bytes, offset, length, nowMillis);
            if (other != DropReason.NONE) {
                return other;
            }
        }
        if (!flowPasses) {
            return DropReason.RULES_OUTBOUND;
        }
        return seal(
                network,
                Objects.requireNonNull(flowPeer),
                Objects.requireNonNull(flowPath),
                bytes,
                offset,
                length,
                nowMillis);
    }

    /**
     * Finds out what becomes of a frame and keeps that for the ones that continue it. Anything but {@link
     * DropReason#NONE} is all that happens to this frame, and decides nothing about others.
     */
    private DropReason decide(Network network, View view, byte[] bytes, int offset, int length, long nowMillis) {
        flowView = null;
        long destinationMac = BigEndian.u48(bytes, offset);
        long sourceMac = BigEndian.u48(bytes, offset + Mac.BYTES);
        long firstOctet = destinationMac >>> 40;
        boolean ordinary = sourceMac == network.mac()
                && firstOctet == Mac.firstOctet(network.id())
                && destinationMac != network.mac();
        if (!ordinary) {
            return handOver(network, bytes, offset, length);
        }
        long to = Mac.toAddress(destinationMac, network.id());
        Peer peer = peers.find(to);
        Member member = network.member(to);
        if (peer == null || member == null || member.pushDue(nowMillis)) {
            return handOver(network, bytes, offset, length);
        }
        Path path = peer.best();
        boolean direct = path != null;
        if (path == null && peers.framesOnlyDirect()) {
            // The control lane sees to it that there will be one.
            return told.due(network.id() * 31 + to, nowMillis)
                    ? handOver(network, bytes, offset, length)
                    : DropReason.NO_DIRECT_PATH;
        }
        if (path == null) {
            Peer relay = peers.relayFor(peer);
            path = relay == null ? null : relay.best();
        }
        if (path == null) {
            return handOver(network, bytes, offset, length);
        }
        int etherType = BigEndian.u16(bytes, offset + ETHER_TYPE_OFFSET);
        Spread<Path> spread = peer.spread();
        if (spread != null) {
            path = shared(spread, etherType, bytes, offset, length, nowMillis);
            direct = true;
        }
        Verdict verdict = judge.outbound(
                view,
                member,
                to,
                sourceMac,
                destinationMac,
                etherType,
                bytes,
                offset + ETHERNET_BYTES,
                length - ETHERNET_BYTES,
                false);
        if (judge.sideEffects()) {
            return handOver(network, bytes, offset, length);
        }
        if (!verdict.passes() && view.rulesLookAtTags() && told.due(network.id() * 31 + to, nowMillis)) {
            judge.takeBack(view); // It is judged and counted again there.
            return handOver(network, bytes, offset, length); // what we know of the member may be out of date
        }
        flowView = view;
        flowPeer = peer;
        flowPath = path;
        flowSpread = spread;
        flowDirect = direct;
        flowPasses = verdict.passes();
        flowSlot = judge.slot();
        return DropReason.NONE;
    }

    private static Path shared(
            Spread<Path> spread, int etherType, byte[] bytes, int offset, int length, long nowMillis) {
        int flow = spread.byFlow() ? FlowKey.of(etherType, bytes, offset + ETHERNET_BYTES, length - ETHERNET_BYTES) : 0;
        return spread.choose(flow, nowMillis);
    }

    /** Makes a packet of a frame, where it lies, and sends it. */
    private DropReason seal(
            Network network, Peer peer, Path path, byte[] bytes, int offset, int length, long nowMillis) {
        // The ether type and payload stay where they are; network and header go in front, over the MACs.
        int start = offset + ETHER_TYPE_OFFSET - DataLane.FRAME_ETHER_TYPE;
        int packetBytes = length - ETHERNET_BYTES + DataLane.FRAME_PAYLOAD;
        PacketHeader.write(bytes, start, peer.nextPacketId(lane), peer.address(), self, Verb.FRAME.id());
        BigEndian.setI64(bytes, start + DataLane.FRAME_NETWORK, network.id());
        Spread<Path> everywhere = flowSpread != null && flowSpread.everywhere() ? flowSpread : null;
        int mtu = everywhere == null
                ? peer.cutBytes(path, flowDirect, packetBytes)
                : peer.cutBytes(everywhere, packetBytes);
        int pieces = Fragments.pieces(packetBytes, mtu);
        if (pieces > peer.piecesMax()) {
            return DropReason.TOO_MANY_PIECES;
        }
        PacketHeader.setFragmented(bytes, start, pieces > 1);
        // Only the peer itself trusts the network between us; a relay would pass on what nobody believes.
        long trustedPathId = flowDirect && everywhere == null ? path.trustedPathId() : 0;
        if (trustedPathId != 0) {
            Unprotected.mark(bytes, start, trustedPathId);
        } else {
            peer.cipher(lane).seal(peer.suite(), bytes, start, packetBytes);
        }
        if (everywhere == null) {
            transmit(path, bytes, start, packetBytes, pieces, mtu, nowMillis);
        } else {
            for (int i = 0; i < everywhere.paths().size(); i++) {
                transmit(everywhere.paths().get(i), bytes, start, packetBytes, pieces, mtu, nowMillis);
            }
        }
        if (!flowDirect) {
            peer.noteRelayed(nowMillis);
        }
        peer.noteActive(nowMillis);
        return DropReason.NONE;
    }

    private void transmit(Path path, byte[] bytes, int start, int packetBytes, int pieces, int mtu, long nowMillis) {
        if (pieces == 1) {
            output.send(path.socket(), path.remote(), bytes, start, packetBytes);
        } else {
            int size = Fragments.equalSize(packetBytes, mtu);
            for (int piece = 0; piece < pieces; piece++) {
                int pieceBytes = Fragments.write(piece, bytes, start, packetBytes, size, datagram, 0);
                output.send(path.socket(), path.remote(), datagram, 0, pieceBytes);
            }
        }
        path.noteOut(PacketHeader.id(bytes, start), nowMillis);
    }

    private DropReason handOver(Network network, byte[] bytes, int offset, int length) {
        return control.frame(network.id(), Arrays.copyOfRange(bytes, offset, offset + length))
                ? DropReason.HANDED_OVER
                : DropReason.CONTROL_BUSY;
    }
}
