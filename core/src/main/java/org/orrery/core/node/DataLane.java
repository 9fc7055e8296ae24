// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.rules.Verdict;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.Inbound;
import org.orrery.core.vl1.LongTable;
import org.orrery.core.vl1.Path;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.Peers;
import org.orrery.core.vl1.ReplayGuard;
import org.orrery.core.vl1.Unprotected;
import org.orrery.core.vl1.bond.Duplicates;
import org.orrery.core.vl2.Judge;
import org.orrery.core.vl2.Member;
import org.orrery.core.vl2.Network;
import org.orrery.core.vl2.View;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.wire.Compression;
import org.orrery.core.wire.DatagramKind;
import org.orrery.core.wire.Fragments;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.Reassembler;

/**
 * Moves frames. One thread owns it: it opens packets, judges frames between known members and seals them, using only what
 * the control lane published; everything else it hands over. Frames are handled in place: the packet header is written
 * over the Ethernet header and the room in front of it, and back.
 *
 * <p>Steady traffic allocates nothing here.
 */
public final class DataLane {
    /** Free bytes that a frame needs in front of it, so that its packet can be built where it lies. */
    public static final int HEADROOM_BYTES = 24;

    private static final int ETHERNET_BYTES = 14;
    private static final int HOPS_MAX = 3;

    // FRAME: network u64, ether type u16, payload.
    static final int FRAME_NETWORK = 28;
    static final int FRAME_ETHER_TYPE = 36;
    static final int FRAME_PAYLOAD = 38;

    // EXT_FRAME without attached certificate: network u64, flags u8, destination u48, source u48, ether type u16,
    // payload.
    private static final int EXT_FLAGS = 36;
    private static final int EXT_DESTINATION = 37;
    private static final int EXT_PAYLOAD = 51;
    private static final int EXT_CERTIFICATE = 0x01;
    private static final int EXT_ACKNOWLEDGE = 0x10;
    private static final int EXT_KIND = 0x0e;

    private final int lane;
    private final long self;
    private final Peers peers;
    private final LongTable<Network> networks;
    private final java.util.function.BooleanSupplier upstream;
    private final LaneOutput output;
    private final ControlLink control;
    private final Judge judge;
    private final DropLog drops;
    private final Reassembler reassembler = new Reassembler();
    private final Gate gate;
    private final byte[] decompressed = new byte[PacketHeader.PACKET_BYTES_MAX];
    private final long[] counts = new long[DropReason.IDS_MAX];
    private final RecentlyTold told = new RecentlyTold();
    private final FrameSender frames;

    /**
     * @param lane its number among the node's lanes, 1 or higher; 0 is the control lane
     * @param upstream whether this node relays for anyone; read for each relay request
     * @param random for rules that look at chance
     */
    public DataLane(
            int lane,
            long self,
            Peers peers,
            LongTable<Network> networks,
            java.util.function.BooleanSupplier upstream,
            RandomGenerator random,
            LaneOutput output,
            ControlLink control) {
        this.lane = lane;
        this.self = self;
        this.peers = peers;
        this.networks = networks;
        this.upstream = upstream;
        this.output = output;
        this.control = control;
        this.judge = new Judge(lane, random);
        this.gate = new Gate(random);
        this.drops = new DropLog(lane);
        this.frames = new FrameSender(lane, self, peers, output, control, judge, drops, told);
    }

    /** Any thread: how often each reason was the end, {@link DropReason#NONE} for accepted; indexed by id. */
    public long count(DropReason reason) {
        return counts[reason.id()];
    }

    /** Any thread may read what was dropped last. */
    public DropLog drops() {
        return drops;
    }

    // ---------------------------------------------------------------- from the wire

    /** Takes one datagram; it may be changed in place. Counts and answers what became of it. */
    public DropReason datagram(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMillis) {
        DropReason reason = classify(socket, from, bytes, offset, length, nowMillis);
        counts[reason.id()]++;
        if (reason.lost() && reason != DropReason.RULES_INBOUND) {
            drops.packet(nowMillis, reason, from, bytes, offset, length);
        }
        return reason;
    }

    private DropReason classify(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMillis) {
        return switch (DatagramKind.of(bytes, offset, length)) {
            case IGNORED, BEACON -> DropReason.TOO_SHORT;
            case OVERSIZED -> DropReason.TOO_LONG;
            case FRAGMENT -> fragment(socket, from, bytes, offset, length, nowMillis);
            case PACKET -> head(socket, from, bytes, offset, length, nowMillis);
        };
    }

    private DropReason fragment(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMillis) {
        if (Fragments.destination(bytes, offset) != self) {
            return relay(socket, from, bytes, offset, length, true, nowMillis);
        }
        DropReason held = reassembler.fragment(nowMillis, bytes, offset, length, origin(from));
        return held == DropReason.NONE ? joined(socket, from, nowMillis) : held;
    }

    private DropReason head(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMillis) {
        if (PacketHeader.source(bytes, offset) == self) {
            return DropReason.OWN_SOURCE;
        }
        if (PacketHeader.destination(bytes, offset) != self) {
            return relay(socket, from, bytes, offset, length, false, nowMillis);
        }
        boolean untrusted = PacketHeader.suite(bytes, offset) == Unprotected.SUITE
                && !Unprotected.trusted(peers.pathPolicy(), socket, from.ip(), bytes, offset);
        if (untrusted) {
            return DropReason.UNTRUSTED_PATH;
        }
        if (PacketHeader.fragmented(bytes, offset)) {
            DropReason held = reassembler.head(nowMillis, bytes, offset, length, origin(from));
            return held == DropReason.NONE ? joined(socket, from, nowMillis) : held;
        }
        return packet(socket, from, bytes, offset, length, nowMillis);
    }

    private DropReason joined(int socket, Endpoint from, long nowMillis) {
        return packet(
                socket, from, reassembler.packet(), reassembler.packetOffset(), reassembler.packetBytes(), nowMillis);
    }

    private static long origin(Endpoint from) {
        Ip ip = from.ip();
        return ip.high() ^ ip.low();
    }

    private DropReason packet(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMillis) {
        int suite = PacketHeader.suite(bytes, offset);
        Peer peer = peers.find(PacketHeader.source(bytes, offset));
        boolean hello = suite == 0 && PacketHeader.verb(bytes, offset) == Verb.HELLO.id();
        if (peer == null || hello) {
            return unopened(socket, from, peer, bytes, offset, length, nowMillis);
        }
        if (suite == Unprotected.SUITE) {
            // The last piece may have come from elsewhere than the head.
            if (!Unprotected.trusted(peers.pathPolicy(), socket, from.ip(), bytes, offset)) {
                return DropReason.UNTRUSTED_PATH;
            }
        } else if (suite != 1 && suite != 3 && suite != 0) {
            return DropReason.BAD_CIPHER;
        } else {
            PacketCipher cipher = peer.cipher(lane);
            if (!cipher.open(bytes, offset, length)) {
                return DropReason.BAD_MAC;
            }
            ReplayGuard.Place place = peer.guard().take(lane, cipher.nonce(bytes, offset));
            if (place != ReplayGuard.Place.NEW) {
                return place == ReplayGuard.Place.OLD
                        ? old(socket, from, peer, bytes, offset, nowMillis)
                        : unplaced(socket, from, bytes, offset, length, peer, cipher.nonce(bytes, offset), nowMillis);
            }
        }
        if (PacketHeader.compressed(bytes, offset)) {
            int longer = Compression.decompress(bytes, offset, length, decompressed, 0);
            if (longer < 0) {
                return DropReason.BAD_COMPRESSION;
            }
            return opened(socket, from, peer, decompressed, 0, longer, nowMillis);
        }
        return opened(socket, from, peer, bytes, offset, length, nowMillis);
    }

    /**
     * A packet that only the control lane can open, or a greeting, which that answers. It waits for a place in the crowd
     * unless it is a greeting of somebody known, which the MAC shows.
     */
    private DropReason unopened(
            int socket, Endpoint from, @Nullable Peer peer, byte[] bytes, int offset, int length, long nowMillis) {
        if (peer != null && peer.cipher(lane).open(bytes, offset, length)) { // which only checks what is in clear
            if (!gate.greeting(peer.address(), from.ip(), nowMillis)) {
                return DropReason.RATE_LIMITED;
            }
        } else {
            DropReason refused = gate.stranger(from.ip(), nowMillis);
            if (refused != DropReason.NONE) {
                return refused;
            }
        }
        return handOver(socket, from, bytes, offset, length, null, nowMillis);
    }

    /** A recording, or, of a peer that sends all over several paths, a copy, which proves the path that it came over. */
    private DropReason old(int socket, Endpoint from, Peer peer, byte[] bytes, int offset, long nowMillis) {
        Duplicates copies = peer.duplicates();
        if (copies == null || !copies.recent(PacketHeader.id(bytes, offset))) {
            return DropReason.REPLAYED;
        }
        came(socket, from, peer, bytes, offset, nowMillis);
        return DropReason.COPY;
    }

    /** The control lane asks the peer, and keeps the packet meanwhile. */
    private DropReason unplaced(
            int socket, Endpoint from, byte[] bytes, int offset, int length, Peer peer, long nonce, long nowMillis) {
        // Frames of a flow come by the thousand until the peer has answered, and its answer is among them.
        boolean answer = PacketHeader.verb(bytes, offset) == Verb.OK.id();
        if (!gate.doubtful(peer.address(), from.ip(), answer, nowMillis)) {
            return DropReason.RATE_LIMITED;
        }
        byte[] owned = Arrays.copyOfRange(bytes, offset, offset + length);
        if (PacketHeader.compressed(bytes, offset)) {
            int longer = Compression.decompress(bytes, offset, length, decompressed, 0);
            if (longer < 0) {
                return DropReason.BAD_COMPRESSION;
            }
            owned = Arrays.copyOf(decompressed, longer);
        }
        return control.packet(Inbound.opened(socket, from, owned, peer, nowMillis, false, nonce))
                ? DropReason.HANDED_OVER
                : DropReason.CONTROL_BUSY;
    }

    private DropReason opened(
            int socket, Endpoint from, Peer peer, byte[] bytes, int offset, int length, long nowMillis) {
        int verb = PacketHeader.verb(bytes, offset);
        Duplicates copies = peer.duplicates();
        if (copies != null
                && (verb == Verb.FRAME.id() || verb == Verb.EXT_FRAME.id())
                && copies.again(PacketHeader.id(bytes, offset))) {
            came(socket, from, peer, bytes, offset, nowMillis);
            return DropReason.COPY;
        }
        boolean frame = verb == Verb.FRAME.id() && length > FRAME_PAYLOAD;
        boolean extended = verb == Verb.EXT_FRAME.id() && length > EXT_PAYLOAD;
        boolean multicast = verb == Verb.MULTICAST_FRAME.id() && length > FRAME_ETHER_TYPE;
        if (frame || extended || multicast) {
            Network network = networks.find(BigEndian.i64(bytes, offset + FRAME_NETWORK));
            View view = network == null ? null : network.view();
            Member member = network == null ? null : network.member(peer.address());
            if (network != null && view != null && member != null && member.allowed()) {
                if (frame) {
                    return frame(socket, from, peer, network, view, member, bytes, offset, length, nowMillis);
                }
                if (extended && ordinary(peer, network, bytes, offset)) {
                    return extFrame(socket, from, peer, network, view, member, bytes, offset, length, nowMillis);
                }
                return handOver(socket, from, bytes, offset, length, peer, nowMillis);
            }
        }
        return gate.message(peer.address(), nowMillis)
                ? handOver(socket, from, bytes, offset, length, peer, nowMillis)
                : DropReason.RATE_LIMITED;
    }

    /** Whether an EXT_FRAME is one from the peer itself to this node itself, with nothing to be done beside. */
    private static boolean ordinary(Peer peer, Network network, byte[] bytes, int offset) {
        long destination = BigEndian.u48(bytes, offset + EXT_DESTINATION);
        long source = BigEndian.u48(bytes, offset + EXT_DESTINATION + Mac.BYTES);
        return (bytes[offset + EXT_FLAGS] & (EXT_CERTIFICATE | EXT_KIND | EXT_ACKNOWLEDGE)) == 0
                && destination == network.mac()
                && source == Mac.derive(peer.address(), network.id());
    }

    private DropReason frame(
            int socket,
            Endpoint from,
            Peer peer,
            Network network,
            View view,
            Member member,
            byte[] bytes,
            int offset,
            int length,
            long nowMillis) {
        long source = Mac.derive(peer.address(), network.id());
        int etherType = BigEndian.u16(bytes, offset + FRAME_ETHER_TYPE);
        int payload = offset + FRAME_PAYLOAD;
        int payloadBytes = length - FRAME_PAYLOAD;
        Verdict verdict = judge.inbound(
                view, member, peer.address(), source, network.mac(), etherType, bytes, payload, payloadBytes);
        if (judge.sideEffects()) {
            return handOver(socket, from, bytes, offset, length, peer, nowMillis);
        }
        received(socket, from, peer, bytes, offset, nowMillis);
        if (!verdict.passes()) {
            return dropped(DropReason.RULES_INBOUND, nowMillis);
        }
        if (payloadBytes > view.mtu()) {
            return DropReason.FRAME_TOO_LONG;
        }
        int start = payload - ETHERNET_BYTES;
        BigEndian.setU48(bytes, start, network.mac());
        BigEndian.setU48(bytes, start + Mac.BYTES, source);
        output.deliver(network.id(), bytes, start, ETHERNET_BYTES + payloadBytes);
        return DropReason.NONE;
    }

    private DropReason extFrame(
            int socket,
            Endpoint from,
            Peer peer,
            Network network,
            View view,
            Member member,
            byte[] bytes,
            int offset,
            int length,
            long nowMillis) {
        long source = Mac.derive(peer.address(), network.id());
        int etherType = BigEndian.u16(bytes, offset + EXT_PAYLOAD - 2);
        int payload = offset + EXT_PAYLOAD;
        int payloadBytes = length - EXT_PAYLOAD;
        Verdict verdict = judge.inbound(
                view, member, peer.address(), source, network.mac(), etherType, bytes, payload, payloadBytes);
        if (judge.sideEffects()) {
            return handOver(socket, from, bytes, offset, length, peer, nowMillis);
        }
        received(socket, from, peer, bytes, offset, nowMillis);
        if (!verdict.passes()) {
            return dropped(DropReason.RULES_INBOUND, nowMillis);
        }
        if (payloadBytes > view.mtu()) {
            return DropReason.FRAME_TOO_LONG;
        }
        output.deliver(network.id(), bytes, offset + EXT_DESTINATION, ETHERNET_BYTES + payloadBytes);
        return DropReason.NONE;
    }

    /** A frame of an allowed member arrived: it is alive, active and one of us. */
    private void received(int socket, Endpoint from, Peer peer, byte[] bytes, int offset, long nowMillis) {
        peer.noteReceived(nowMillis);
        peer.noteActive(nowMillis);
        peer.noteTrusted(nowMillis);
        came(socket, from, peer, bytes, offset, nowMillis);
    }

    private void came(int socket, Endpoint from, Peer peer, byte[] bytes, int offset, long nowMillis) {
        if (PacketHeader.hops(bytes, offset) != 0) {
            Peer root = peer.best() == null ? peers.relayFor(peer) : null;
            boolean usual = root != null && root.pathOf(socket, from) != null;
            if (!usual && told.due(~(peer.address() ^ (long) from.hashCode() << 32), nowMillis)) {
                control.heardRelayed(peer, socket, from);
            }
            return;
        }
        Path path = peer.pathOf(socket, from);
        if (path != null && peer.best() != null) {
            path.noteIn(PacketHeader.id(bytes, offset), nowMillis);
        } else if (told.due(peer.address() ^ (long) from.hashCode() << 32, nowMillis)) {
            control.heardElsewhere(peer, socket, from);
        }
    }

    private DropReason dropped(DropReason reason, long nowMillis) {
        drops.judged(nowMillis, reason, judge);
        return reason;
    }

    private DropReason handOver(
            int socket, Endpoint from, byte[] bytes, int offset, int length, @Nullable Peer peer, long nowMillis) {
        byte[] owned = Arrays.copyOfRange(bytes, offset, offset + length);
        Inbound packet = peer == null
                ? new Inbound(socket, from, owned, null, nowMillis)
                : Inbound.opened(
                        socket,
                        from,
                        owned,
                        peer,
                        nowMillis,
                        true,
                        peer.cipher(lane).nonce(bytes, offset));
        return control.packet(packet) ? DropReason.HANDED_OVER : DropReason.CONTROL_BUSY;
    }

    // ---------------------------------------------------------------- for others

    private DropReason relay(
            int socket, Endpoint from, byte[] bytes, int offset, int length, boolean fragment, long nowMillis) {
        int hops = fragment ? Fragments.hops(bytes, offset) : PacketHeader.hops(bytes, offset);
        if (hops >= HOPS_MAX) {
            return DropReason.TOO_MANY_HOPS;
        }
        if (!upstream.getAsBoolean()) {
            if (!gate.relayed(nowMillis)) {
                return DropReason.NOT_A_RELAY;
            }
            return control.relayRequest(socket, from, Arrays.copyOfRange(bytes, offset, offset + length))
                    ? DropReason.HANDED_OVER
                    : DropReason.CONTROL_BUSY;
        }
        return relayOn(socket, from, bytes, offset, length, fragment, nowMillis);
    }

    /**
     * Passes a datagram on: directly if there is a way, else to a root other than the one it came from. The caller has
     * decided that we may.
     */
    private DropReason relayOn(
            int socket, Endpoint from, byte[] bytes, int offset, int length, boolean fragment, long nowMillis) {
        long destination = PacketHeader.destination(bytes, offset);
        long source = fragment ? 0 : PacketHeader.source(bytes, offset);
        Peer peer = peers.find(destination);
        Path path = peer == null ? null : peer.best();
        boolean direct = path != null;
        if (path == null) {
            Peer relay = peer == null ? peers.relay() : peers.relayFor(peer);
            boolean back = relay != null && (relay.address() == source || relay.pathOf(socket, from) != null);
            path = relay == null || back ? null : relay.best();
        }
        if (path == null) {
            return DropReason.NO_WAY_TO_RELAY;
        }
        if (fragment) {
            Fragments.setHops(bytes, offset, Fragments.hops(bytes, offset) + 1);
        } else {
            PacketHeader.setHops(bytes, offset, PacketHeader.hops(bytes, offset) + 1);
        }
        output.send(path.socket(), path.remote(), bytes, offset, length);
        path.noteOut(nowMillis);
        if (direct && !fragment && told.due(source * 31 + destination, nowMillis)) {
            control.relayed(source, destination);
        }
        return DropReason.RELAYED;
    }

    // ---------------------------------------------------------------- from the local interface

    /**
     * Takes one Ethernet frame of the local interface of {@code network}. At least {@link #HEADROOM_BYTES} before {@code
     * offset} are free to be written over, as is the frame itself. Counts and answers what became of it.
     *
     * @param continues whether it is a further segment of what the host gave as one frame, and the segment before it was
     *     what the last call was about. Then all but its length, place in the stream, flags and checksums is the same,
     *     and what was decided of that one holds for this one, unless rules look at just these.
     */
    public DropReason frame(Network network, byte[] bytes, int offset, int length, boolean continues, long nowMillis) {
        DropReason reason = frames.frame(network, bytes, offset, length, continues, nowMillis);
        counts[reason.id()]++;
        return reason;
    }
}
