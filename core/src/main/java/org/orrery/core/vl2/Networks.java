// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.MemberRecord;
import org.orrery.core.credential.Revocation;
import org.orrery.core.crypto.Identity;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.netconf.RequestMetadata;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.verb.ConfigChunk;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.verb.ErrorReply;
import org.orrery.core.verb.NetworkConfigRequest;
import org.orrery.core.verb.OkBody;
import org.orrery.core.verb.OkMulticastFrame;
import org.orrery.core.verb.OkMulticastGather;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.Inbound;
import org.orrery.core.vl1.LongTable;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.TableUse;
import org.orrery.core.vl1.Upper;
import org.orrery.core.vl1.Vl1;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * The joined networks of a node: frames that lanes do not handle alone, and everything that keeps a network working.
 * Control lane only; lanes use {@link #table}.
 */
public final class Networks {
    /** Networks joined at once. */
    public static final int NETWORKS_MAX = 256;

    private static final long REMINDED_KEPT_MILLIS = 60_000;
    private static final long PASS_MILLIS = 1_000;
    private static final long HOUSEKEEPING_MILLIS = 30_000;

    private final Identity self;
    private final Listener listener;
    private final ConfigRequests controller;
    private final Ground ground;
    private final Credentials credentials;
    private final Multicaster multicaster;
    private final Likes likes;
    private final Frames frames;
    private final Joining joining;
    private long nextPassMillis = Long.MIN_VALUE / 2;
    private long nextHousekeepingMillis = Long.MIN_VALUE / 2;
    private long nowMillis;

    /** What happens to networks. */
    public interface Listener {
        /** Its configuration or state changed. */
        void changed(NetworkId network, long nowMillis);

        /** A new configuration is to be kept: its dictionary. */
        void keep(NetworkId network, byte[] dictionary);
    }

    public Networks(
            Identity self,
            RequestMetadata metadata,
            Vl1 vl1,
            ConfigRequests controller,
            RandomGenerator random,
            FrameSink sink,
            Listener listener,
            Consumer<String> events) {
        this.self = self;
        this.listener = listener;
        this.controller = controller;
        this.ground = new Ground(self, vl1, random, sink, events);
        this.credentials = new Credentials(ground, this::allowed);
        this.multicaster =
                new Multicaster(ground.address, vl1, ground.groups, ground.judge, random, new Recipients(), events);
        this.likes =
                new Likes(ground, credentials, multicaster, network -> joining().doubted(network, this.nowMillis));
        this.frames = new Frames(ground, credentials, multicaster, likes);
        this.joining = new Joining(
                ground,
                metadata,
                (network, dictionary, now) -> controller.request(self, network, dictionary, 0, null, now),
                new Joined());
    }

    private Joining joining() {
        return joining;
    }

    /** Any thread: the joined networks by number. */
    public LongTable<Network> table() {
        return ground.networks;
    }

    // ---------------------------------------------------------------- joining and leaving

    /**
     * Joins a network; nothing happens if it is joined already.
     *
     * @param kept the dictionary of an earlier configuration, null if there is none
     * @return false if there is no room for another network
     */
    public boolean join(NetworkId id, byte @Nullable [] kept, long nowMillis) {
        if (ground.network(id.bits()) != null) {
            return true;
        }
        var network = new Network(id, ground.address, nowMillis);
        if (!ground.networks.put(id.bits(), network)) {
            return false;
        }
        if (kept != null) {
            joining.restore(network, kept, nowMillis);
        }
        joining.requestIfDue(network, nowMillis);
        return true;
    }

    /** Leaves a network; answers whether it was joined. */
    public boolean leave(NetworkId id) {
        boolean joined = ground.network(id.bits()) != null;
        ground.networks.remove(id.bits());
        ground.groups.forget(id.bits());
        multicaster.forget(id.bits());
        return joined;
    }

    /** In order of their numbers. */
    public List<NetworkId> ids() {
        return ground.all().stream()
                .map(Network::networkId)
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    /** Asks for the configuration of a network now. */
    public void hurry(NetworkId id, long nowMillis) {
        Network network = ground.network(id.bits());
        if (network != null) {
            Joining.hurry(network);
            joining.requestIfDue(network, nowMillis);
        }
    }

    /** The local interface of a network is subscribed to exactly these groups. */
    public void subscribe(NetworkId id, Collection<MulticastGroup> groups, long nowMillis) {
        Network network = ground.network(id.bits());
        if (network != null) {
            likes.subscribe(network, groups, nowMillis);
        }
    }

    /** What is known of a network; null if it is not joined. */
    public @Nullable Facts facts(NetworkId id) {
        Network network = ground.network(id.bits());
        if (network == null) {
            return null;
        }
        View view = network.view();
        return new Facts(
                id,
                network.mac(),
                view == null ? null : view.config(),
                view != null && view.bridges(ground.address),
                network.failure,
                List.copyOf(network.subscriptions),
                network.lastEvent,
                network.lastEventMillis,
                network.requestedMillis,
                network.requestsUnanswered,
                network.multicasts.cut(view == null ? 0 : view.multicastLimit()));
    }

    /**
     * A joined network as the control lane sees it.
     *
     * @param failure what the controller refused
     * @param requestedMillis when the configuration was last asked for; far in the past for never
     * @param multicastCut multicasts that did not reach everybody
     */
    public record Facts(
            NetworkId id,
            long mac,
            @Nullable NetworkConfig config,
            boolean bridge,
            Network.Failure failure,
            List<MulticastGroup> subscriptions,
            String lastEvent,
            long lastEventMillis,
            long requestedMillis,
            int requestsUnanswered,
            MulticastCut multicastCut) {}

    // ---------------------------------------------------------------- messages

    /** A message of the networks' own verbs. */
    public Upper.Outcome message(Inbound in, Peer peer, Verb verb, WireReader body, long nowMillis) {
        this.nowMillis = nowMillis;
        return switch (verb) {
            case FRAME, EXT_FRAME, MULTICAST_FRAME -> frames.received(in, peer, verb, body, nowMillis);
            case MULTICAST_LIKE -> likes.liked(peer, body, nowMillis);
            case MULTICAST_GATHER -> likes.gather(in, peer, body, nowMillis);
            case NETWORK_CREDENTIALS -> credentials.received(peer, body, nowMillis);
            case NETWORK_CONFIG -> {
                ConfigChunk chunk = ConfigChunk.read(body);
                yield chunk == null
                        ? Upper.Outcome.dropped(body.fault())
                        : joining.chunk(in, peer, chunk, true, nowMillis);
            }
            case NETWORK_CONFIG_REQUEST -> request(in, peer, body, nowMillis);
            default -> throw new IllegalArgumentException("not a verb of networks: " + verb);
        };
    }

    private Upper.Outcome request(Inbound in, Peer peer, WireReader body, long nowMillis) {
        NetworkConfigRequest request = NetworkConfigRequest.read(body);
        if (request == null) {
            return Upper.Outcome.dropped(body.fault());
        }
        byte[] packet = in.packet();
        Endpoint origin = PacketHeader.hops(packet, 0) == 0 ? in.from() : null;
        long packetId = PacketHeader.id(packet, 0);
        if (!controller.request(peer.identity(), request.network(), request.metadata(), packetId, origin, nowMillis)) {
            var reply = new WireWriter(64);
            ErrorReply.of(
                            Verb.NETWORK_CONFIG_REQUEST.id(),
                            packetId,
                            ErrorCode.UNSUPPORTED_OPERATION,
                            request.network())
                    .write(reply);
            ground.vl1.sender().sendTo(peer, in.socket(), in.from(), Verb.ERROR, reply.toByteArray(), nowMillis);
        }
        return Upper.Outcome.ACCEPTED;
    }

    /** An OK that was expected. */
    public Upper.Outcome ok(Inbound in, Peer peer, OkBody ok, long nowMillis) {
        this.nowMillis = nowMillis;
        return switch (ok) {
            case ConfigChunk chunk -> joining.chunk(in, peer, chunk, false, nowMillis);
            case OkMulticastGather gather ->
                likes.found(gather.network(), gather.group(), gather.gathered(), nowMillis);
            case OkMulticastFrame frame -> {
                if (frame.membership() != null) {
                    credentials.fileAttached(frame.membership(), peer, nowMillis);
                }
                yield frame.gathered() == null
                        ? Upper.Outcome.ACCEPTED
                        : likes.found(frame.network(), frame.group(), frame.gathered(), nowMillis);
            }
            default -> Upper.Outcome.ACCEPTED;
        };
    }

    /** An ERROR that names a network. */
    public void error(Peer peer, ErrorReply error, long nowMillis) {
        this.nowMillis = nowMillis;
        NetworkId id = error.network();
        Network network = id == null ? null : ground.network(id.bits());
        ErrorCode code = error.errorCode();
        if (network == null || code == null) {
            return;
        }
        if (code == ErrorCode.NEED_MEMBERSHIP_CERTIFICATE) {
            credentials.asked(peer, network, nowMillis);
            return;
        }
        MulticastGroup group = error.group();
        if (code == ErrorCode.UNWANTED_MULTICAST && group != null) {
            likes.unwanted(network.id(), group, peer.address());
            return;
        }
        joining.refused(network, peer, error, nowMillis);
    }

    /** The controller inside this node made a configuration for this node. */
    public void configured(NetworkId id, byte[] dictionary, long nowMillis) {
        Network network = ground.network(id.bits());
        if (network != null) {
            joining.takeLocal(network, dictionary, nowMillis);
        }
    }

    /** The controller inside this node refuses this node. */
    public void refusedLocally(NetworkId id, boolean networkExists, long nowMillis) {
        Network network = ground.network(id.bits());
        if (network != null) {
            joining.refusedLocally(network, networkExists, nowMillis);
        }
    }

    /** Revocations of the controller inside this node, which tells the other members itself. */
    public void revoked(List<Revocation> revocations, long nowMillis) {
        this.nowMillis = nowMillis;
        revocations.forEach(revocation -> credentials.fileHere(revocation, nowMillis));
    }

    /** The controller inside this node sent {@code member} a configuration: it may announce and gather here. */
    public void authorized(NetworkId network, Address member, long nowMillis) {
        likes.authorize(network.bits(), member.bits(), nowMillis);
    }

    /** A peer's identity became known: credentials that wait for it are verified, requests to it go out. */
    public void peerKnown(Peer peer, long nowMillis) {
        this.nowMillis = nowMillis;
        credentials.signerKnown(peer.address(), nowMillis);
        for (Network network : ground.all()) {
            Member member = network.member(peer.address());
            if (member != null) {
                ground.publish(network, member);
            }
            boolean waits = network.view() == null && network.failure == Network.Failure.NONE;
            if (waits && network.networkId().controller().bits() == peer.address()) {
                network.note("controller found", nowMillis);
                Joining.hurry(network);
                joining.requestIfDue(network, nowMillis);
            }
        }
    }

    /** A peer introduced itself, as it does after a restart: tell it again what it should know of us. */
    public void greeted(Peer peer, long nowMillis) {
        this.nowMillis = nowMillis;
        for (Network network : ground.all()) {
            View view = network.view();
            if (view != null) {
                likes.remind(network, view, peer, nowMillis);
            }
        }
    }

    /** Whether {@code ip} lies in a network's own address range: the network must not travel inside itself. */
    public boolean inside(Ip ip) {
        for (Network network : ground.all()) {
            View view = network.view();
            if (view != null && view.addresses().stream().anyMatch(prefix -> covers(prefix, ip))) {
                return true;
            }
        }
        return false;
    }

    private static boolean covers(Prefix prefix, Ip ip) {
        return prefix.bits() > 0 && prefix.contains(ip);
    }

    /**
     * What rules see of a network: its configuration, and the credentials of those members that are asked for, as far as
     * they showed any.
     */
    public record Seen(NetworkConfig config, Map<Long, MemberRecord.Usable> members) {}

    /** What rules see of a joined network now; null without a configuration. */
    public @Nullable Seen seen(NetworkId id, Collection<Address> members) {
        Network network = ground.network(id.bits());
        View view = network == null ? null : network.view();
        if (network == null || view == null) {
            return null;
        }
        NetworkConfig config = view.config();
        Map<Long, MemberRecord.Usable> shown = new LinkedHashMap<>();
        for (Address address : members) {
            Member member = network.member(address.bits());
            if (member != null) {
                shown.put(
                        address.bits(),
                        member.credentials.usable(config.timestamp(), config.credentialTimeMaxDeltaMillis()));
            }
        }
        return new Seen(config, shown);
    }

    // ---------------------------------------------------------------- frames and time

    /** What judged the last frame of the control lane. */
    public Judge judge() {
        return ground.judge;
    }

    /** A frame of a local interface that its lane left to us. Bytes are owned. */
    public DropReason frame(long networkId, byte[] frame, long nowMillis) {
        this.nowMillis = nowMillis;
        Network network = ground.network(networkId);
        return network == null ? DropReason.NOT_JOINED : frames.sent(network, frame, nowMillis);
    }

    /** When {@link #tick} next has something to do. */
    public long nextDeadlineMillis(long nowMillis) {
        boolean hurry = multicaster.searching(nowMillis)
                || credentials.repeating()
                || ground.networks.any(network -> network.view() == null || !network.remindLater.isEmpty());
        return hurry ? Math.min(nextPassMillis, nowMillis + 100) : nextPassMillis;
    }

    /** Runs what is due; an early call does nothing. */
    public void tick(long nowMillis) {
        this.nowMillis = nowMillis;
        multicaster.tick(nowMillis);
        credentials.tick(nowMillis);
        boolean pass = nowMillis - nextPassMillis >= 0;
        for (Network network : ground.all()) {
            View view = network.view();
            if (pass || view == null) {
                joining.requestIfDue(network, nowMillis);
            }
            if (pass && view != null) {
                likes.announceIfDue(network, view, nowMillis);
            }
            if (view != null && !network.remindLater.isEmpty()) {
                likes.remindLater(network, view, nowMillis);
            }
        }
        if (pass) {
            nextPassMillis = nowMillis + PASS_MILLIS;
        }
        if (nowMillis - nextHousekeepingMillis >= 0) {
            nextHousekeepingMillis = nowMillis + HOUSEKEEPING_MILLIS;
            ground.groups.expire(nowMillis);
            multicaster.expire(nowMillis);
            ground.all().forEach(network -> expireMembers(network, nowMillis));
        }
    }

    /** Members not heard of for longer than any credential lives are forgotten, their revocations with them. */
    private static void expireMembers(Network network, long nowMillis) {
        network.remindedMillis.values().removeIf(at -> nowMillis - at >= REMINDED_KEPT_MILLIS);
        List<Long> idle = new ArrayList<>();
        network.members().forEach(member -> {
            if (nowMillis - member.lastUsedMillis > Member.FORGOTTEN_MILLIS) {
                idle.add(member.address());
            }
        });
        idle.forEach(network.members()::remove);
        network.bridges.expire(nowMillis);
        network.multicasts.expire(nowMillis);
        network.groupsBehind.values().removeIf(seen -> nowMillis - seen > Network.GROUP_BEHIND_MILLIS);
    }

    private void allowed(Network network, Member member) {
        View view = network.view();
        if (view != null) {
            frames.allowed(network, member.address(), nowMillis);
            likes.greet(network, view, member, nowMillis);
        }
    }

    /** How full the tables of networks, members and groups are. */
    public List<TableUse> tables() {
        int members = 0;
        int subscriptions = 0;
        int behind = 0;
        int bridged = 0;
        for (Network network : ground.all()) {
            members = Math.max(members, network.members().size());
            subscriptions = Math.max(subscriptions, network.subscriptions.size());
            behind = Math.max(behind, network.groupsBehind.size());
            bridged = Math.max(bridged, network.bridges.size());
        }
        return List.of(
                new TableUse("networks", ground.networks.size(), NETWORKS_MAX),
                new TableUse("members of one network", members, Network.MEMBERS_MAX),
                new TableUse("subscriptions of one network", subscriptions, Network.SUBSCRIPTIONS_MAX),
                new TableUse("groups behind this node", behind, Network.GROUPS_BEHIND_MAX),
                new TableUse("bridged addresses", bridged, BridgeTable.ROUTES_MAX),
                new TableUse("multicast groups", ground.groups.groups(), GroupTable.GROUPS_MAX),
                new TableUse("members of groups", ground.groups.memberships(), GroupTable.MEMBERS_MAX),
                new TableUse("groups with multicasts waiting", multicaster.groups(), Multicaster.QUEUED_GROUPS_MAX),
                new TableUse("refused packets", frames.refusedPackets(), Frames.REFUSED_MAX),
                new TableUse("credentials to be repeated", credentials.repetitions(), Credentials.REPEATED_MAX),
                new TableUse("credentials without signer", credentials.waiting(), Credentials.WAITING_MAX),
                new TableUse("authorized members", likes.authorizations(), Likes.AUTHORIZED_MAX));
    }

    private final class Recipients implements Multicaster.Recipients {
        @Override
        public @Nullable Member member(Network network, long address, long nowMillis) {
            return ground.member(network, address, nowMillis);
        }

        @Override
        public void pushIfDue(View view, Member member, long nowMillis) {
            credentials.pushIfDue(view, member, nowMillis);
        }
    }

    private final class Joined implements Joining.Outcome {
        @Override
        public void configured(
                Network network, View view, byte @Nullable [] keep, @Nullable View before, long nowMillis) {
            if (keep != null) {
                listener.keep(network.networkId(), keep);
            }
            listener.changed(network.networkId(), nowMillis);
            if (before == null || !before.addresses().equals(view.addresses())) {
                subscribeToOwnAddresses(network, view, nowMillis);
            }
            if (before == null) {
                ground.events.accept("network.configured network=" + network.networkId() + " revision="
                        + view.config().revision());
                likes.announceAll(network, view, nowMillis);
            } else if (!Credentials.sameMeaning(before.config(), view.config())) {
                credentials.pushToFellows(network, view, nowMillis);
            }
        }

        /** Others resolve our addresses from this moment on, not only once the interface has been looked at. */
        private void subscribeToOwnAddresses(Network network, View view, long nowMillis) {
            List<MulticastGroup> groups = new ArrayList<>(network.subscriptions);
            view.addresses().forEach(prefix -> groups.add(MulticastGroup.resolving(prefix.ip())));
            likes.subscribe(network, groups, nowMillis);
        }

        @Override
        public void failed(Network network, long nowMillis) {
            ground.events.accept("network.refused network=" + network.networkId() + " text=" + network.lastEvent);
            listener.changed(network.networkId(), nowMillis);
        }
    }

    /** Address of this node. */
    public Address self() {
        return self.address();
    }
}
