// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.GatheredMembers;
import org.orrery.core.verb.MulticastGather;
import org.orrery.core.verb.MulticastLike;
import org.orrery.core.verb.NetworkCredentials;
import org.orrery.core.verb.Ok;
import org.orrery.core.verb.OkMulticastFrame;
import org.orrery.core.verb.OkMulticastGather;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.Inbound;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.Upper;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Who wants which multicasts: announces this node's groups, hears those of others, and answers who is in a group. Control
 * lane only.
 */
final class Likes implements Frames.Answers {
    private static final long ANNOUNCE_MILLIS = 60_000;

    /** A peer that introduces itself again and again is reminded at most this often, and once more after the last time. */
    private static final long REMIND_MILLIS = 1_000;

    /** Announced per packet: 60 x 18 bytes fit one datagram. */
    private static final int PER_PACKET_MAX = 60;

    /** Addresses in one answer: more would not fit one datagram with every peer. */
    private static final int GATHERED_MAX = 250;

    /** A member whose configuration came from the controller in this node may announce and gather for so long. */
    private static final long AUTHORIZED_MILLIS = 180_000;

    /** Members of networks of the controller in this node; the oldest gives way. */
    static final int AUTHORIZED_MAX = 65_536;

    private record Authorized(long network, long member) {}

    private final Ground ground;
    private final Credentials credentials;
    private final Multicaster multicaster;
    private final Consumer<Network> doubt;
    private final Map<Authorized, Long> authorized = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Authorized, Long> eldest) {
            return size() > AUTHORIZED_MAX;
        }
    };

    /** @param doubt called when a configuration seems to be out of date */
    Likes(Ground ground, Credentials credentials, Multicaster multicaster, Consumer<Network> doubt) {
        this.doubt = doubt;
        this.ground = ground;
        this.credentials = credentials;
        this.multicaster = multicaster;
    }

    /** Members that the controller in this node configured. */
    int authorizations() {
        return authorized.size();
    }

    /** The controller in this node sent {@code member} a configuration of {@code network}. */
    void authorize(long network, long member, long nowMillis) {
        var key = new Authorized(network, member);
        authorized.remove(key);
        authorized.put(key, nowMillis);
    }

    // ---------------------------------------------------------------- ours

    /** The local interface is subscribed to exactly {@code groups} now; new ones are announced at once. */
    void subscribe(Network network, Collection<MulticastGroup> groups, long nowMillis) {
        Set<MulticastGroup> wanted = new TreeSet<>();
        groups.stream().limit(Network.SUBSCRIPTIONS_MAX).forEach(wanted::add);
        List<MulticastGroup> added = new ArrayList<>();
        for (MulticastGroup group : wanted) {
            if (!network.subscriptions.contains(group)) {
                added.add(group);
            }
        }
        network.subscriptions.clear();
        network.subscriptions.addAll(wanted);
        View view = network.view();
        if (!added.isEmpty() && view != null) {
            announce(network, view, added, nowMillis);
        }
    }

    /** Announces all groups when the last time is long ago. */
    void announceIfDue(Network network, View view, long nowMillis) {
        if (nowMillis - network.announcedMillis >= ANNOUNCE_MILLIS) {
            announceAll(network, view, nowMillis);
        }
    }

    void announceAll(Network network, View view, long nowMillis) {
        network.announcedMillis = nowMillis;
        announce(network, view, all(network, view), nowMillis);
    }

    private static List<MulticastGroup> all(Network network, View view) {
        Set<MulticastGroup> all = new TreeSet<>(network.subscriptions);
        all.addAll(network.groupsBehind.keySet());
        if (view.config().broadcast()) {
            all.add(new MulticastGroup(Mac.BROADCAST, 0));
        }
        return new ArrayList<>(all);
    }

    @Override
    public void announce(Network network, View view, List<MulticastGroup> groups, long nowMillis) {
        List<byte[]> packets = packets(network, groups);
        Set<Long> told = new LinkedHashSet<>();
        for (Peer root : ground.vl1.peers().upstreams()) {
            showTo(root.address(), view, nowMillis);
            told.add(root.address());
        }
        if (!network.networkId().adHoc()) {
            long controller = network.networkId().controller().bits();
            if (told.add(controller)) {
                showTo(controller, view, nowMillis);
            }
        }
        told.addAll(view.anchors());
        network.members().forEach(member -> {
            if (member.allowed() && ground.vl1.peers().find(member.address()) != null) {
                member.likedMillis = nowMillis;
                credentials.pushIfDue(view, member, nowMillis);
                told.add(member.address());
            }
        });
        told.remove(ground.address);
        for (long to : told) {
            packets.forEach(packet -> ground.vl1.sender().send(to, Verb.MULTICAST_LIKE, packet, nowMillis));
        }
    }

    /** Peers of protocol 9 record an announcement only from those whose certificate they have seen. */
    private void showTo(long address, View view, long nowMillis) {
        MembershipCertificate certificate = view.certificate();
        Peer peer = ground.vl1.peers().find(address);
        if (certificate == null || address == ground.address || peer != null && peer.protocol() > 9) {
            return;
        }
        var shown = new NetworkCredentials(List.of(certificate), List.of(), List.of(), List.of(), List.of());
        credentials.send(address, Credentials.payload(shown), false, nowMillis);
    }

    private static List<byte[]> packets(Network network, List<MulticastGroup> groups) {
        List<byte[]> packets = new ArrayList<>();
        for (int from = 0; from < groups.size(); from += PER_PACKET_MAX) {
            List<MulticastLike.Subscription> part =
                    groups.subList(from, Math.min(groups.size(), from + PER_PACKET_MAX)).stream()
                            .map(group -> new MulticastLike.Subscription(network.networkId(), group))
                            .toList();
            var body = new WireWriter(PER_PACKET_MAX * MulticastLike.Subscription.BYTES);
            new MulticastLike(part).write(body);
            packets.add(body.toByteArray());
        }
        return packets;
    }

    /** A member was let in: it gets our groups if it has not heard them for long. */
    void greet(Network network, View view, Member member, long nowMillis) {
        if (nowMillis - member.likedMillis < ANNOUNCE_MILLIS) {
            return;
        }
        member.likedMillis = nowMillis;
        credentials.pushIfDue(view, member, nowMillis);
        packets(network, all(network, view))
                .forEach(packet -> ground.vl1.sender().send(member.address(), Verb.MULTICAST_LIKE, packet, nowMillis));
    }

    /** Tells a peer that may have forgotten them our groups, and a member our credentials. */
    void remind(Network network, View view, Peer peer, long nowMillis) {
        long address = peer.address();
        Member member = network.member(address);
        boolean keeper = ground.vl1.peers().upstreams().contains(peer)
                || network.networkId().controller().bits() == address;
        boolean fellow = member != null && member.allowed();
        if (!keeper && !fellow) {
            return;
        }
        Long reminded = network.remindedMillis.get(address);
        if (reminded != null && nowMillis - reminded < REMIND_MILLIS) {
            network.remindLater.add(address); // It may have been started anew since.
            return;
        }
        network.remindLater.remove(address);
        network.remindedMillis.remove(address); // so that it is the youngest
        network.remindedMillis.put(address, nowMillis);
        if (member != null && fellow) {
            member.forgetPush();
            member.likedMillis = nowMillis;
            credentials.pushIfDue(view, member, nowMillis);
        } else {
            showTo(address, view, nowMillis);
        }
        packets(network, all(network, view))
                .forEach(packet -> ground.vl1.sender().send(address, Verb.MULTICAST_LIKE, packet, nowMillis));
    }

    /** Reminds those whose turn has come meanwhile. */
    void remindLater(Network network, View view, long nowMillis) {
        for (long address : List.copyOf(network.remindLater)) {
            Peer peer = ground.vl1.peers().find(address);
            Long reminded = network.remindedMillis.get(address);
            if (peer == null) {
                network.remindLater.remove(address);
            } else if (reminded == null || nowMillis - reminded >= REMIND_MILLIS) {
                network.remindLater.remove(address);
                remind(network, view, peer, nowMillis);
            }
        }
    }

    // ---------------------------------------------------------------- theirs

    Upper.Outcome liked(Peer peer, WireReader body, long nowMillis) {
        MulticastLike like = MulticastLike.read(body);
        if (like == null) {
            return Upper.Outcome.dropped(body.fault());
        }
        DropReason reason = DropReason.NONE;
        for (MulticastLike.Subscription subscription : like.subscriptions()) {
            long network = subscription.network().bits();
            if (mayAsk(network, peer, nowMillis)) {
                learn(network, subscription.group(), peer.address(), nowMillis);
            } else {
                reason = DropReason.NOT_A_MEMBER;
            }
        }
        return reason == DropReason.NONE ? Upper.Outcome.ACCEPTED : Upper.Outcome.ignored(reason);
    }

    private void learn(long networkId, MulticastGroup group, long member, long nowMillis) {
        if (member == ground.address || Address.reserved(member)) {
            return;
        }
        boolean fresh = ground.groups.add(networkId, group, member, nowMillis);
        Network network = ground.network(networkId);
        if (fresh && network != null) {
            multicaster.learned(network, group, member, nowMillis);
        }
    }

    /** Fellow members, everybody at a root, and those whom the controller in this node has just configured. */
    private boolean mayAsk(long networkId, Peer peer, long nowMillis) {
        Network network = ground.network(networkId);
        if (network != null && network.view() != null) {
            Member member = ground.member(network, peer.address(), nowMillis);
            if (member != null && member.allowed()) {
                return true;
            }
        }
        Long configured = authorized.get(new Authorized(networkId, peer.address()));
        return ground.vl1.upstream() || configured != null && nowMillis - configured < AUTHORIZED_MILLIS;
    }

    Upper.Outcome gather(Inbound in, Peer peer, WireReader body, long nowMillis) {
        if (!peer.takeGather(nowMillis)) {
            return Upper.Outcome.dropped(DropReason.RATE_LIMITED);
        }
        MulticastGather gather = MulticastGather.read(body);
        if (gather == null) {
            return Upper.Outcome.dropped(body.fault());
        }
        MembershipCertificate certificate = gather.membership();
        if (certificate != null) {
            credentials.fileAttached(certificate, peer, nowMillis);
        }
        long networkId = gather.network().bits();
        if (!mayAsk(networkId, peer, nowMillis)) {
            return Upper.Outcome.ignored(DropReason.NOT_A_MEMBER);
        }
        GatheredMembers found = find(networkId, gather.group(), peer.address(), gather.limit(), nowMillis);
        if (!found.members().isEmpty()) {
            var ok = Ok.to(
                    PacketHeader.id(in.packet(), 0), new OkMulticastGather(gather.network(), gather.group(), found));
            answer(in, peer, ok, nowMillis);
        }
        Network network = ground.network(networkId);
        Member member = network == null ? null : network.member(peer.address());
        return member != null && member.allowed() ? Upper.Outcome.TRUSTED : Upper.Outcome.ACCEPTED;
    }

    /** Answers the gather that a multicast frame carries along. */
    @Override
    public void gathered(Inbound in, Peer peer, Network network, MulticastGroup group, long limit, long nowMillis) {
        if (!peer.takeGather(nowMillis)) {
            return;
        }
        GatheredMembers found = find(network.id(), group, peer.address(), limit, nowMillis);
        if (!found.members().isEmpty()) {
            var ok = Ok.to(
                    PacketHeader.id(in.packet(), 0), new OkMulticastFrame(network.networkId(), group, null, found));
            answer(in, peer, ok, nowMillis);
        }
    }

    @Override
    public void configurationDoubted(Network network, long nowMillis) {
        doubt.accept(network);
    }

    private void answer(Inbound in, Peer peer, Ok ok, long nowMillis) {
        var body = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
        ok.write(body);
        ground.vl1.sender().sendTo(peer, in.socket(), in.from(), Verb.OK, body.toByteArray(), nowMillis);
    }

    private GatheredMembers find(long networkId, MulticastGroup group, long asker, long limit, long nowMillis) {
        List<Long> known = ground.groups.members(networkId, group, ground.random, nowMillis);
        Network network = ground.network(networkId);
        boolean us = network != null && network.subscribed(group);
        int total = known.size() + (us ? 1 : 0);
        int room = Math.clamp(limit, 0, GATHERED_MAX);
        List<Address> listed = new ArrayList<>();
        if (us && room > 0) {
            listed.add(new Address(ground.address));
        }
        for (long member : known) {
            if (listed.size() >= room) {
                break;
            }
            if (member != asker) {
                listed.add(new Address(member));
            }
        }
        return new GatheredMembers(total, listed);
    }

    /** Others told us members of a group. */
    Upper.Outcome found(NetworkId network, MulticastGroup group, GatheredMembers found, long nowMillis) {
        Network joined = ground.network(network.bits());
        if (joined == null) {
            return Upper.Outcome.ignored(DropReason.NOT_JOINED);
        }
        boolean us = joined.subscribed(group);
        joined.multicasts.told(group, found.totalKnown() - (us ? 1 : 0), nowMillis);
        for (Address address : found.members()) {
            learn(network.bits(), group, address.bits(), nowMillis);
        }
        return Upper.Outcome.ACCEPTED;
    }

    /** A member does not want what we send to a group. */
    void unwanted(long network, MulticastGroup group, long member) {
        ground.groups.remove(network, group, member);
    }
}
