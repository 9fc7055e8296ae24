// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.rules.FilterDecision;
import org.orrery.core.rules.Verdict;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.Inbound;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.Upper;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Frames that data lanes do not handle alone: first ones between members, multicast, bridged, copied and redirected ones.
 * Control lane only.
 */
final class Frames {
    private static final int ETHERNET_BYTES = 14;
    private static final int IPV6 = 0x86dd;
    private static final int EXT_CERTIFICATE = 0x01;
    private static final int EXT_ACKNOWLEDGE = 0x10;

    /** What kind of copy or redirection a frame is; 0 for none. */
    private static final int EXT_KIND = 0x0e;

    private static final int MULTICAST_GATHER = 0x02;
    private static final int MULTICAST_SOURCE = 0x04;
    private static final int MULTICAST_REPLICATE = 0x08;

    /** Refused packets kept for the moment when their sender's credentials arrive; the oldest gives way. */
    static final int REFUSED_MAX = 64;

    private static final long REFUSED_MILLIS = 5_000;

    /** Bridges that a frame for an unknown foreign MAC is sent to at most. */
    private static final int FLOOD_MAX = 32;

    private final Ground ground;
    private final Credentials credentials;
    private final Multicaster multicaster;
    private final Answers answers;
    private final List<Refused> refused = new ArrayList<>();

    private record Refused(long network, Peer peer, Inbound packet, Verb verb, long sinceMillis) {}

    /** What multicasts lead to besides frames. */
    interface Answers {
        /** Tells others that a device behind this node wants a group. */
        void announce(Network network, View view, List<MulticastGroup> groups, long nowMillis);

        /** Sends OK(MULTICAST_FRAME) with up to {@code limit} members of the group, if there are any. */
        void gathered(Inbound in, Peer peer, Network network, MulticastGroup group, long limit, long nowMillis);

        /** Something that a member did, or has, cannot be by our configuration, which may be out of date. */
        void configurationDoubted(Network network, long nowMillis);
    }

    Frames(Ground ground, Credentials credentials, Multicaster multicaster, Answers answers) {
        this.ground = ground;
        this.credentials = credentials;
        this.multicaster = multicaster;
        this.answers = answers;
    }

    // ---------------------------------------------------------------- from members

    Upper.Outcome received(Inbound in, Peer peer, Verb verb, WireReader body, long nowMillis) {
        Network network = ground.network(body.u64());
        if (!body.intact()) {
            return Upper.Outcome.dropped(body.fault());
        }
        View view = network == null ? null : network.view();
        if (network == null || view == null) {
            return Upper.Outcome.ignored(DropReason.NOT_JOINED);
        }
        int flags = verb == Verb.FRAME ? 0 : body.u8();
        boolean certified = verb != Verb.FRAME && (flags & EXT_CERTIFICATE) != 0;
        if (certified) {
            MembershipCertificate certificate = MembershipCertificate.read(body);
            if (certificate == null) {
                return Upper.Outcome.dropped(body.fault());
            }
            credentials.fileAttached(certificate, peer, nowMillis);
        }
        Member member = ground.member(network, peer.address(), nowMillis);
        if (member == null || !member.allowed()) {
            if (member != null && newer(member, view)) {
                answers.configurationDoubted(network, nowMillis);
            }
            credentials.refuse(in, peer, verb, network, nowMillis);
            park(network, peer, in, verb, nowMillis);
            return Upper.Outcome.dropped(DropReason.NOT_A_MEMBER);
        }
        return switch (verb) {
            case FRAME -> frame(peer, network, view, member, body, nowMillis);
            case EXT_FRAME -> extFrame(in, peer, network, view, member, flags, body, nowMillis);
            default -> multicast(in, peer, network, view, member, flags, body, nowMillis);
        };
    }

    /** Whether the controller certified the member later than us: too far apart, the two certificates do not agree. */
    private static boolean newer(Member member, View view) {
        MembershipCertificate theirs = member.credentials.membership();
        MembershipCertificate ours = view.certificate();
        return theirs != null && ours != null && theirs.timestamp() - ours.timestamp() > 0;
    }

    private void park(Network network, Peer peer, Inbound in, Verb verb, long nowMillis) {
        if (refused.size() == REFUSED_MAX) {
            refused.removeFirst();
        }
        refused.add(new Refused(network.id(), peer, in, verb, nowMillis));
    }

    /** Refused packets kept. */
    int refusedPackets() {
        return refused.size();
    }

    /** Processes what was refused from a member that has just become allowed. */
    void allowed(Network network, long address, long nowMillis) {
        List<Refused> due = new ArrayList<>();
        for (Iterator<Refused> it = refused.iterator(); it.hasNext(); ) {
            Refused each = it.next();
            boolean expired = nowMillis - each.sinceMillis >= REFUSED_MILLIS;
            boolean wanted = each.network == network.id() && each.peer.address() == address;
            if (expired || wanted) {
                it.remove();
            }
            if (wanted && !expired) {
                due.add(each);
            }
        }
        for (Refused each : due) {
            byte[] packet = each.packet.packet();
            var body = new WireReader(packet, PacketHeader.BYTES, packet.length - PacketHeader.BYTES);
            received(each.packet, each.peer, each.verb, body, nowMillis);
        }
    }

    private Upper.Outcome frame(Peer peer, Network network, View view, Member member, WireReader body, long nowMillis) {
        int etherType = body.u16();
        if (!body.intact()) {
            return Upper.Outcome.dropped(body.fault());
        }
        if (body.remaining() == 0) {
            return Upper.Outcome.TRUSTED;
        }
        long source = Mac.derive(peer.address(), network.id());
        Verdict verdict = judgeInbound(network, view, member, source, network.mac(), etherType, body, nowMillis);
        if (!verdict.passes()) {
            return Upper.Outcome.ignoredTrusted(DropReason.RULES_INBOUND);
        }
        deliver(network, view, source, network.mac(), etherType, body);
        return Upper.Outcome.TRUSTED;
    }

    private Upper.Outcome extFrame(
            Inbound in,
            Peer peer,
            Network network,
            View view,
            Member member,
            int flags,
            WireReader body,
            long nowMillis) {
        Upper.Outcome outcome = Upper.Outcome.TRUSTED;
        if (body.remaining() > 14) {
            long destination = body.u48();
            long source = body.u48();
            int etherType = body.u16();
            if (source == 0 || source == network.mac()) {
                return Upper.Outcome.ignoredTrusted(DropReason.BAD_SOURCE_MAC);
            }
            Verdict verdict = judgeInbound(network, view, member, source, destination, etherType, body, nowMillis);
            if (verdict == Verdict.ACCEPT) {
                DropReason bridging = bridged(peer, network, view, source, destination, nowMillis);
                if (bridging != DropReason.NONE) {
                    return Upper.Outcome.ignoredTrusted(bridging);
                }
            }
            if (verdict.passes()) {
                deliver(network, view, source, destination, etherType, body);
                if ((flags & EXT_KIND) != 0) {
                    ground.frames.observed(
                            network.id(),
                            peer.address(),
                            flags,
                            source,
                            destination,
                            etherType,
                            body.array(),
                            body.position(),
                            body.remaining());
                }
            } else {
                outcome = Upper.Outcome.ignoredTrusted(DropReason.RULES_INBOUND);
            }
        }
        if ((flags & EXT_ACKNOWLEDGE) != 0) {
            var ok = new WireWriter(32);
            ok.u8(Verb.EXT_FRAME.id()).u64(PacketHeader.id(in.packet(), 0)).u64(network.id());
            ground.vl1.sender().sendTo(peer, in.socket(), in.from(), Verb.OK, ok.toByteArray(), nowMillis);
        }
        return outcome;
    }

    /** May {@code peer} send this frame to us? Learns who is behind whom on the way. */
    private DropReason bridged(Peer peer, Network network, View view, long source, long destination, long nowMillis) {
        if (source != Mac.derive(peer.address(), network.id())) {
            if (!view.bridges(peer.address())) {
                answers.configurationDoubted(network, nowMillis);
                return DropReason.NOT_A_BRIDGE;
            }
            network.bridges.learn(source, peer.address(), nowMillis);
            return DropReason.NONE;
        }
        if (destination == network.mac()) {
            return DropReason.NONE;
        }
        if (Mac.multicast(destination)) {
            return view.multicastLimit() == 0 ? DropReason.MULTICAST_DISABLED : DropReason.NONE;
        }
        return view.bridges(ground.address) ? DropReason.NONE : DropReason.NOT_A_BRIDGE;
    }

    private Upper.Outcome multicast(
            Inbound in,
            Peer peer,
            Network network,
            View view,
            Member member,
            int flags,
            WireReader body,
            long nowMillis) {
        if (view.multicastLimit() == 0) {
            return Upper.Outcome.ignored(DropReason.MULTICAST_DISABLED);
        }
        long gatherLimit = (flags & MULTICAST_GATHER) != 0 ? body.u32() : 0;
        long derived = Mac.derive(peer.address(), network.id());
        long source = (flags & MULTICAST_SOURCE) != 0 ? body.u48() : derived;
        long destination = body.u48();
        int adi = body.i32();
        int etherType = body.u16();
        if (!body.intact()) {
            return Upper.Outcome.dropped(body.fault());
        }
        Upper.Outcome outcome = Upper.Outcome.TRUSTED;
        if (body.remaining() > 0) {
            if (!Mac.multicast(destination)) {
                return Upper.Outcome.ignoredTrusted(DropReason.BAD_FIELD);
            }
            if (source == 0 || Mac.multicast(source) || source == network.mac()) {
                return Upper.Outcome.ignoredTrusted(DropReason.BAD_SOURCE_MAC);
            }
            if (source != derived) {
                if (!view.bridges(peer.address()) && !view.replicates(peer.address())) {
                    answers.configurationDoubted(network, nowMillis);
                    return Upper.Outcome.ignoredTrusted(DropReason.NOT_A_BRIDGE);
                }
                if (view.bridges(peer.address())) {
                    network.bridges.learn(source, peer.address(), nowMillis);
                }
            }
            if ((flags & MULTICAST_REPLICATE) != 0
                    && view.replicates(ground.address)
                    && body.remaining() <= view.mtu()) {
                byte[] payload = Arrays.copyOfRange(body.array(), body.position(), body.position() + body.remaining());
                var group = new MulticastGroup(new Mac(destination), adi);
                multicaster.send(
                        new Multicaster.Outgoing(network, group, source, etherType, payload, peer.address()),
                        view,
                        nowMillis);
            }
            Verdict verdict = judgeInbound(network, view, member, source, destination, etherType, body, nowMillis);
            if (verdict.passes()) {
                deliver(network, view, source, destination, etherType, body);
            } else {
                outcome = Upper.Outcome.ignoredTrusted(DropReason.RULES_INBOUND);
            }
        }
        if (gatherLimit > 0) {
            var group = new MulticastGroup(new Mac(destination), adi);
            answers.gathered(in, peer, network, group, gatherLimit, nowMillis);
        }
        return outcome;
    }

    private Verdict judgeInbound(
            Network network,
            View view,
            Member member,
            long source,
            long destination,
            int etherType,
            WireReader body,
            long nowMillis) {
        byte[] bytes = body.array();
        int offset = body.position();
        int length = body.remaining();
        Verdict verdict = ground.judge.inbound(
                view, member, member.address(), source, destination, etherType, bytes, offset, length);
        if (ground.judge.sideEffects()) {
            sendCopies(network, source, destination, etherType, bytes, offset, length, nowMillis);
        }
        return verdict;
    }

    private void deliver(Network network, View view, long source, long destination, int etherType, WireReader body) {
        if (body.remaining() <= view.mtu()) {
            ground.frames.deliver(
                    network.id(), source, destination, etherType, body.array(), body.position(), body.remaining());
        }
    }

    // ---------------------------------------------------------------- from the local interface

    /** A whole Ethernet frame of the local interface. */
    DropReason sent(Network network, byte[] frame, long nowMillis) {
        View view = network.view();
        if (frame.length <= ETHERNET_BYTES) {
            return DropReason.FRAME_TOO_SHORT;
        }
        if (view == null) {
            return DropReason.NO_CONFIGURATION;
        }
        if (frame.length - ETHERNET_BYTES > view.mtu()) {
            return DropReason.FRAME_TOO_LONG;
        }
        long destination = BigEndian.u48(frame, 0);
        long source = BigEndian.u48(frame, Mac.BYTES);
        int etherType = BigEndian.u16(frame, 2 * Mac.BYTES);
        boolean bridged = source != network.mac();
        if (bridged && (!view.bridges(ground.address) || source == 0 || Mac.multicast(source))) {
            return DropReason.NOT_A_BRIDGE;
        }
        if (Mac.multicast(destination)) {
            return sentMulticast(network, view, frame, source, destination, etherType, nowMillis);
        }
        if (destination == network.mac()) {
            int payload = frame.length - ETHERNET_BYTES;
            ground.frames.deliver(network.id(), source, destination, etherType, frame, ETHERNET_BYTES, payload);
            return DropReason.NONE;
        }
        if (destination >>> 40 == Mac.firstOctet(network.id())) {
            long to = Mac.toAddress(destination, network.id());
            return sentTo(network, view, to, frame, source, destination, etherType, bridged, false, nowMillis);
        }
        return sentBehindBridge(network, view, frame, source, destination, etherType, nowMillis);
    }

    private DropReason sentTo(
            Network network,
            View view,
            long to,
            byte[] frame,
            long source,
            long destination,
            int etherType,
            boolean extended,
            boolean again,
            long nowMillis) {
        if (Address.reserved(to)) {
            return DropReason.BAD_FIELD;
        }
        Member member = ground.member(network, to, nowMillis);
        int length = frame.length - ETHERNET_BYTES;
        Verdict verdict = ground.judge.outbound(
                view, member, to, source, destination, etherType, frame, ETHERNET_BYTES, length, again);
        if (ground.judge.sideEffects()) {
            sendCopies(network, source, destination, etherType, frame, ETHERNET_BYTES, length, nowMillis);
        }
        if (!verdict.passes()) {
            if (member != null && view.rulesLookAtTags()) {
                credentials.askFor(network, member, nowMillis);
            }
            return DropReason.RULES_OUTBOUND;
        }
        if (member != null) {
            credentials.pushIfDue(view, member, nowMillis);
        }
        if (extended) {
            sendExtended(network, to, 0, source, destination, etherType, frame, ETHERNET_BYTES, length, nowMillis);
        } else {
            var body = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
            body.u64(network.id()).u16(etherType).bytes(frame, ETHERNET_BYTES, length);
            ground.vl1.sender().send(to, Verb.FRAME, body.toByteArray(), nowMillis);
        }
        Peer peer = ground.vl1.peers().find(to);
        if (peer != null) {
            peer.noteActive(nowMillis);
        }
        return DropReason.NONE;
    }

    private DropReason sentBehindBridge(
            Network network, View view, byte[] frame, long source, long destination, int etherType, long nowMillis) {
        int length = frame.length - ETHERNET_BYTES;
        Verdict verdict = ground.judge.outbound(
                view, null, 0, source, destination, etherType, frame, ETHERNET_BYTES, length, false);
        if (ground.judge.sideEffects()) {
            sendCopies(network, source, destination, etherType, frame, ETHERNET_BYTES, length, nowMillis);
        }
        if (!verdict.passes()) {
            return DropReason.RULES_OUTBOUND;
        }
        List<Long> bridges = bridgesFor(network, view, destination, nowMillis);
        if (bridges.isEmpty()) {
            return DropReason.NO_BRIDGE;
        }
        bridges.forEach(to -> sentTo(network, view, to, frame, source, destination, etherType, true, true, nowMillis));
        return DropReason.NONE;
    }

    /** The bridge that a device is known to be behind, else all of them, or as many as may be flooded, picked at random. */
    private List<Long> bridgesFor(Network network, View view, long destination, long nowMillis) {
        long known = network.bridges.find(destination, nowMillis);
        if (known != 0 && known != ground.address && view.bridges(known)) {
            return List.of(known);
        }
        List<Long> bridges = new ArrayList<>(view.bridges());
        bridges.remove(ground.address);
        if (bridges.size() <= FLOOD_MAX) {
            return bridges;
        }
        Collections.shuffle(bridges, ground.random);
        return bridges.subList(0, FLOOD_MAX);
    }

    private DropReason sentMulticast(
            Network network, View view, byte[] frame, long source, long destination, int etherType, long nowMillis) {
        int length = frame.length - ETHERNET_BYTES;
        MulticastGroup group = Multicaster.groupOf(view, destination, etherType, frame, ETHERNET_BYTES, length);
        if (group == null) {
            return DropReason.BROADCAST_DISABLED;
        }
        if (etherType == IPV6 && view.config().ndpEmulation()) {
            NdpEmulation.Advertisement answer =
                    NdpEmulation.answer(frame, ETHERNET_BYTES, length, view.addresses(), ground.address, network.id());
            if (answer != null) {
                byte[] payload = answer.payload().toByteArray();
                ground.frames.deliver(network.id(), answer.source(), source, IPV6, payload, 0, payload.length);
                return DropReason.NONE;
            }
        }
        if (view.multicastLimit() == 0) {
            return DropReason.MULTICAST_DISABLED;
        }
        if (source != network.mac()) {
            noteBehind(network, view, group, nowMillis);
        }
        Verdict verdict = ground.judge.outbound(
                view, null, 0, source, destination, etherType, frame, ETHERNET_BYTES, length, false);
        if (ground.judge.sideEffects()) {
            sendCopies(network, source, destination, etherType, frame, ETHERNET_BYTES, length, nowMillis);
        }
        if (!verdict.passes()) {
            return DropReason.RULES_OUTBOUND;
        }
        byte[] payload = Arrays.copyOfRange(frame, ETHERNET_BYTES, frame.length);
        multicaster.send(
                new Multicaster.Outgoing(network, group, source, etherType, payload, ground.address), view, nowMillis);
        return DropReason.NONE;
    }

    private void noteBehind(Network network, View view, MulticastGroup group, long nowMillis) {
        boolean known = network.groupsBehind.containsKey(group);
        if (known || network.groupsBehind.size() < Network.GROUPS_BEHIND_MAX) {
            network.groupsBehind.put(group, nowMillis);
            if (!known) {
                answers.announce(network, view, List.of(group), nowMillis);
            }
        }
    }

    // ---------------------------------------------------------------- copies

    /** Sends what the last verdict asked for beside or instead of the frame itself. */
    private void sendCopies(
            Network network,
            long source,
            long destination,
            int etherType,
            byte[] bytes,
            int offset,
            int length,
            long nowMillis) {
        FilterDecision decision = ground.judge.decision();
        for (int i = 0; i < decision.copyCount(); i++) {
            sendExtended(
                    network,
                    decision.copyTo(i),
                    decision.copyFlags(i),
                    source,
                    destination,
                    etherType,
                    bytes,
                    offset,
                    Math.min(length, decision.copyLength(i)),
                    nowMillis);
        }
        if (decision.redirectTo() != 0) {
            sendExtended(
                    network,
                    decision.redirectTo(),
                    decision.redirectFlags(),
                    source,
                    destination,
                    etherType,
                    bytes,
                    offset,
                    length,
                    nowMillis);
        }
    }

    private void sendExtended(
            Network network,
            long to,
            int flags,
            long source,
            long destination,
            int etherType,
            byte[] bytes,
            int offset,
            int length,
            long nowMillis) {
        var body = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
        body.u64(network.id())
                .u8(flags)
                .u48(destination)
                .u48(source)
                .u16(etherType)
                .bytes(bytes, offset, length);
        if (!body.overflowed()) {
            ground.vl1.sender().send(to, Verb.EXT_FRAME, body.toByteArray(), nowMillis);
        }
    }
}
