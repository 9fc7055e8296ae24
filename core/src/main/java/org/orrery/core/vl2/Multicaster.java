// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.rules.Verdict;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.verb.MulticastGather;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.Path;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.Vl1;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireWriter;

/**
 * Sends multicasts to the members of a group, one copy each, and looks for more members while too few are known. Control
 * lane only.
 */
final class Multicaster {
    private static final int FLAG_GATHER = 0x02;
    private static final int FLAG_SOURCE_MAC = 0x04;
    private static final int FLAG_REPLICATE = 0x08;
    private static final long GATHER_MILLIS = 60_000;
    private static final int GATHER_LOW_BANDWIDTH_FACTOR = 3;

    /**
     * Pauses between gathers while fewer are known than may be sent to. Close together at first: those who subscribe at
     * the same time as somebody begins to send have told their root only a moment later.
     */
    private static final long[] GATHER_PAUSES_MILLIS = {0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, GATHER_MILLIS};

    /** Pauses between gathers while nobody is known: the one we look for may just be telling its root. */
    private static final long[] GATHER_EAGER_MILLIS = {0, 250, 500, 1_000, 2_000};

    /** Gathers that follow the first within a minute because there are said to be more members than were named. */
    private static final int GATHERS_FOR_MORE_MAX = 5;

    private static final long PATIENCE_MILLIS = 5_000;
    private static final int QUEUE_PER_GROUP_MAX = 32;

    /** Groups with multicasts waiting; a group more waits in vain. 1,024 x 32 frames of the network's MTU:
     * 92 MB of 2,800 bytes at worst. */
    static final int QUEUED_GROUPS_MAX = 1_024;

    private static final int GATHER_RECIPIENTS_MAX = 16;

    /** One multicast on its way: who got it, and how many more may. */
    private static final class Pending {
        final Outgoing frame;
        final Set<Long> served = new HashSet<>();
        final long sinceMillis;
        boolean cut;

        Pending(Outgoing frame, long sinceMillis) {
            this.frame = frame;
            this.sinceMillis = sinceMillis;
        }
    }

    /** A frame to a group. The payload is owned. */
    static final class Outgoing {
        final Network network;
        final MulticastGroup group;
        final long sourceMac;
        final int etherType;
        final byte[] payload;
        final long origin;

        /** @param origin who sent it and must not get it back */
        Outgoing(Network network, MulticastGroup group, long sourceMac, int etherType, byte[] payload, long origin) {
            this.network = network;
            this.group = group;
            this.sourceMac = sourceMac;
            this.etherType = etherType;
            this.payload = payload;
            this.origin = origin;
        }
    }

    private record Key(long network, MulticastGroup group) {}

    private static final class Waiting {
        final Deque<Pending> queue = new ArrayDeque<>();
        long gatheredMillis = Long.MIN_VALUE / 2;
        int gathers;
        int gathersInVain;
        int gathersForMore;

        boolean due(boolean lowBandwidth, long nowMillis) {
            long usual = GATHER_PAUSES_MILLIS[Math.min(gathers, GATHER_PAUSES_MILLIS.length - 1)];
            long pause = lowBandwidth ? usual * GATHER_LOW_BANDWIDTH_FACTOR : usual;
            return nowMillis - gatheredMillis >= pause;
        }

        boolean eagerDue(int gathers, long nowMillis) {
            long pause = GATHER_EAGER_MILLIS[Math.min(gathers, GATHER_EAGER_MILLIS.length - 1)];
            return nowMillis - gatheredMillis >= pause;
        }
    }

    /** What it needs of the networks. */
    interface Recipients {
        @Nullable
        Member member(Network network, long address, long nowMillis);

        void pushIfDue(View view, Member member, long nowMillis);
    }

    private final long self;
    private final Vl1 vl1;
    private final GroupTable groups;
    private final Judge judge;
    private final RandomGenerator random;
    private final Recipients recipients;
    private final Map<Key, Waiting> waiting = new LinkedHashMap<>();
    private long searchingMillis = Long.MIN_VALUE / 2; // when a multicast last found nobody, or not all

    /** Told of the first multicast that the limit cut, and of the next after ten minutes without. */
    private final Consumer<String> events;

    Multicaster(
            long self,
            Vl1 vl1,
            GroupTable groups,
            Judge judge,
            RandomGenerator random,
            Recipients recipients,
            Consumer<String> events) {
        this.events = events;
        this.self = self;
        this.vl1 = vl1;
        this.groups = groups;
        this.judge = judge;
        this.random = random;
        this.recipients = recipients;
    }

    /** Sends a frame that the rules let out to as many members of the group as the network's limit allows. */
    void send(Outgoing frame, View view, long nowMillis) {
        if (leftToReplicator(frame, view, nowMillis)) {
            return;
        }
        int limit = view.multicastLimit();
        List<Long> known = groups.members(frame.network.id(), frame.group, random, nowMillis);
        var order = new LinkedHashSet<Long>();
        order.addAll(view.bridges());
        order.addAll(known);
        order.remove(self);
        order.remove(frame.origin);
        int members = Math.max(order.size(), frame.network.multicasts.size(frame.group));
        var pending = new Pending(frame, nowMillis);
        noteIfCut(pending, members, limit, nowMillis);
        int missing = Math.max(0, limit - known.size());
        int gatherLimit = missing == 0 ? 1 : missing + 1;
        for (long member : order) {
            if (pending.served.size() >= limit) {
                break;
            }
            copy(pending, view, member, gatherLimit, nowMillis);
        }
        if (pending.served.size() < limit) {
            var key = new Key(frame.network.id(), frame.group);
            Waiting line = waiting.get(key);
            if (line == null) {
                if (waiting.size() == QUEUED_GROUPS_MAX) {
                    return;
                }
                line = new Waiting();
                waiting.put(key, line);
            }
            boolean due = known.isEmpty()
                    ? line.eagerDue(line.gathersInVain, nowMillis)
                    : line.due(vl1.pathPolicy().lowBandwidth(), nowMillis);
            if (due) {
                line.gathers += known.isEmpty() ? 0 : 1;
                line.gathersInVain = known.isEmpty() ? line.gathersInVain + 1 : 0;
                line.gathersForMore = 0;
                line.gatheredMillis = nowMillis;
                gather(frame.network, view, frame.group, gatherLimit, line.gathersInVain > 1, nowMillis);
            }
            if (line.queue.size() == QUEUE_PER_GROUP_MAX) {
                line.queue.removeFirst();
            }
            line.queue.addLast(pending);
            searchingMillis = nowMillis;
        }
    }

    /** Gives a multicast to the nearest replicator of the network, if there is one within reach and this is none itself. */
    private boolean leftToReplicator(Outgoing frame, View view, long nowMillis) {
        List<Long> replicators = view.replicators();
        if (replicators.isEmpty() || replicators.contains(self) || view.bridges(self)) {
            return false;
        }
        Peer nearest = null;
        int least = Integer.MAX_VALUE;
        for (long replicator : replicators) {
            Peer peer = vl1.peers().find(replicator);
            Path path = peer == null ? null : peer.best();
            if (path != null && path.latencyMillis() < least) {
                nearest = peer;
                least = path.latencyMillis();
            }
        }
        Member member = nearest == null ? null : recipients.member(frame.network, nearest.address(), nowMillis);
        if (nearest == null || member == null) {
            return false;
        }
        recipients.pushIfDue(view, member, nowMillis);
        var body = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
        body.u64(frame.network.id());
        body.u8(FLAG_SOURCE_MAC | FLAG_REPLICATE);
        body.u48(frame.sourceMac);
        body.u48(frame.group.mac().bits())
                .u32(frame.group.adi())
                .u16(frame.etherType)
                .bytes(frame.payload);
        if (!body.overflowed()) {
            vl1.sender().send(nearest, Verb.MULTICAST_FRAME, body.toByteArray(), nowMillis);
        }
        return true;
    }

    private void noteIfCut(Pending pending, int members, int limit, long nowMillis) {
        if (pending.cut || members <= limit) {
            return;
        }
        pending.cut = true;
        Network network = pending.frame.network;
        if (network.multicasts.cut(members, limit, nowMillis)) {
            events.accept("multicast.cut network=" + network.networkId() + " limit=" + limit + " members=" + members);
        }
    }

    private void copy(Pending pending, View view, long to, int gatherLimit, long nowMillis) {
        Outgoing frame = pending.frame;
        pending.served.add(to);
        Member member = recipients.member(frame.network, to, nowMillis);
        long destinationMac = frame.group.mac().bits();
        Verdict verdict = judge.outbound(
                view,
                member,
                to,
                frame.sourceMac,
                destinationMac,
                frame.etherType,
                frame.payload,
                0,
                frame.payload.length,
                true);
        if (!verdict.passes()) {
            return;
        }
        if (member != null) {
            recipients.pushIfDue(view, member, nowMillis);
        }
        boolean own = frame.sourceMac == frame.network.mac();
        var body = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
        body.u64(frame.network.id());
        body.u8(FLAG_GATHER | (own ? 0 : FLAG_SOURCE_MAC));
        body.u32(gatherLimit);
        if (!own) {
            body.u48(frame.sourceMac);
        }
        body.u48(destinationMac).u32(frame.group.adi()).u16(frame.etherType).bytes(frame.payload);
        if (!body.overflowed()) {
            vl1.sender().send(to, Verb.MULTICAST_FRAME, body.toByteArray(), nowMillis);
        }
    }

    /**
     * Asks a root, the controller and the network's anchors who else is in the group.
     *
     * @param everyRoot whether all roots are asked: what members told may have reached some of them only
     */
    private void gather(
            Network network, View view, MulticastGroup group, int limit, boolean everyRoot, long nowMillis) {
        MembershipCertificate certificate = view.certificate();
        var body = new WireWriter(1024);
        new MulticastGather(network.networkId(), group, limit, certificate).write(body);
        byte[] payload = body.toByteArray();
        var asked = new LinkedHashSet<Long>();
        Peer relay = vl1.peers().relay();
        if (relay != null) {
            asked.add(relay.address());
        }
        if (!network.networkId().adHoc()) {
            asked.add(network.networkId().controller().bits());
        }
        asked.addAll(view.anchors());
        if (everyRoot) {
            vl1.peers().upstreams().forEach(root -> asked.add(root.address()));
        }
        asked.remove(self);
        asked.stream()
                .limit(GATHER_RECIPIENTS_MAX)
                .forEach(to -> vl1.sender().send(to, Verb.MULTICAST_GATHER, payload, nowMillis));
    }

    /** A member of a group became known: it gets what waits for the group. */
    void learned(Network network, MulticastGroup group, long member, long nowMillis) {
        Waiting line = waiting.get(new Key(network.id(), group));
        View view = network.view();
        if (line != null) {
            line.gathersInVain = 0;
        }
        if (line == null || view == null || member == self) {
            return;
        }
        int limit = view.multicastLimit();
        for (Pending pending : new ArrayList<>(line.queue)) {
            boolean fresh = nowMillis - pending.sinceMillis < PATIENCE_MILLIS;
            boolean wanting = member != pending.frame.origin && !pending.served.contains(member);
            if (fresh && wanting && pending.served.size() < limit) {
                copy(pending, view, member, 1, nowMillis);
                if (pending.served.size() == limit) {
                    noteIfCut(pending, network.multicasts.size(group), limit, nowMillis);
                }
            }
        }
        line.queue.removeIf(
                pending -> pending.served.size() >= limit || nowMillis - pending.sinceMillis >= PATIENCE_MILLIS);
    }

    /** Asks again for groups in which something waits and nobody is known, or fewer than there are said to be. */
    void tick(long nowMillis) {
        if (nowMillis - searchingMillis >= PATIENCE_MILLIS) {
            return;
        }
        for (Waiting line : waiting.values()) {
            Pending last = searching(line, nowMillis);
            View view = last == null ? null : last.frame.network.view();
            if (last == null || view == null) {
                continue;
            }
            boolean nobody = last.served.isEmpty();
            if (line.eagerDue(nobody ? line.gathersInVain : line.gathersForMore + 1, nowMillis)) {
                line.gathersInVain += nobody ? 1 : 0;
                line.gathersForMore += nobody ? 0 : 1;
                line.gatheredMillis = nowMillis;
                int limit = view.multicastLimit() + 1;
                gather(last.frame.network, view, last.frame.group, limit, line.gathersInVain > 1, nowMillis);
            }
        }
    }

    /** Groups with multicasts waiting. */
    int groups() {
        return waiting.size();
    }

    /** Whether {@link #tick} may soon have something to do. */
    boolean searching(long nowMillis) {
        return nowMillis - searchingMillis < PATIENCE_MILLIS
                && waiting.values().stream().anyMatch(line -> searching(line, nowMillis) != null);
    }

    /** The newest multicast of a group if it is fresh and asking again may find it more recipients. */
    private static @Nullable Pending searching(Waiting line, long nowMillis) {
        Pending last = line.queue.peekLast();
        if (last == null || nowMillis - last.sinceMillis >= PATIENCE_MILLIS) {
            return null;
        }
        boolean nobody = last.served.isEmpty();
        boolean more = line.gathersForMore < GATHERS_FOR_MORE_MAX
                && last.served.size() < last.frame.network.multicasts.size(last.frame.group);
        return nobody || more ? last : null;
    }

    void expire(long nowMillis) {
        waiting.values().removeIf(line -> {
            line.queue.removeIf(pending -> nowMillis - pending.sinceMillis >= PATIENCE_MILLIS);
            return line.queue.isEmpty() && nowMillis - line.gatheredMillis >= GATHER_MILLIS;
        });
    }

    void forget(long network) {
        waiting.keySet().removeIf(key -> key.network == network);
    }

    /**
     * The group that a frame of the local interface goes to; null if the network does not carry it. ARP requests have a
     * group for each address asked for, so that only its owner is disturbed.
     */
    static @Nullable MulticastGroup groupOf(
            View view, long destinationMac, int etherType, byte[] payload, int offset, int length) {
        if (destinationMac != Mac.BROADCAST.bits()) {
            return new MulticastGroup(new Mac(destinationMac), 0);
        }
        boolean arpRequest = etherType == 0x0806
                && length >= 28
                && payload[offset + 2] == 0x08
                && payload[offset + 3] == 0x00
                && payload[offset + 4] == 6
                && payload[offset + 5] == 4
                && payload[offset + 7] == 1;
        if (arpRequest) {
            int target = (payload[offset + 24] & 0xff) << 24
                    | (payload[offset + 25] & 0xff) << 16
                    | (payload[offset + 26] & 0xff) << 8
                    | payload[offset + 27] & 0xff;
            return MulticastGroup.arp(target);
        }
        return view.config().broadcast() ? new MulticastGroup(Mac.BROADCAST, 0) : null;
    }
}
