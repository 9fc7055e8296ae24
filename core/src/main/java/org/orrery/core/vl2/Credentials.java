// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.Acceptance;
import org.orrery.core.credential.Capability;
import org.orrery.core.credential.Credential;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.credential.OwnershipCertificate;
import org.orrery.core.credential.Revocation;
import org.orrery.core.credential.Tag;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.value.DropReason;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.verb.ErrorReply;
import org.orrery.core.verb.NetworkCredentials;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.Inbound;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.Upper;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Shows this node's credentials to members, files those of others, and passes revocations on. Whatever is signed by the
 * controller counts, whoever brings it; it is filed under its subject, never under its bringer. Control lane only.
 */
final class Credentials {
    /** Shown again for being asked, at most this often for each member. */
    private static final long ASKED_MILLIS = 1_000;

    /** A refusal is told at most this often for each member. */
    private static final long REFUSED_MILLIS = 1_000;

    /** Credentials that wait for the identity of a controller; the oldest gives way. */
    static final int WAITING_MAX = 64;

    private static final long WAITING_MILLIS = 5_000;

    /** Peers of protocol 12 throw away a second packet of credentials within a second: it is repeated after so long. */
    static final long SPACING_MILLIS = 1_100;

    /** Repetitions to one peer do not pile up further than this. */
    private static final long CROWDED_MILLIS = 4 * SPACING_MILLIS;

    /** Packets to be repeated; more are sent once. Those of one revocation share their bytes. */
    static final int REPEATED_MAX = 32_768;

    /** A member not heard of for longer sees changes with the next frame. */
    private static final long FELLOW_MILLIS = 600_000;

    /** Room for one packet to peers that take only four pieces, and to all others. */
    private static final int BYTES_MAX_OLD = 5_000;

    private static final int BYTES_MAX = 9_000;

    private final Ground ground;
    private final BiConsumer<Network, Member> allowed;
    private final List<Waiting> waiting = new ArrayList<>();
    private final @Nullable Packed[] packed = new @Nullable Packed[2];
    private final PriorityQueue<Repetition> repetitions =
            new PriorityQueue<>(Comparator.comparingLong((Repetition each) -> each.atMillis));

    private static final class Repetition {
        final long to;
        final byte[] payload;
        final long atMillis;

        Repetition(long to, byte[] payload, long atMillis) {
            this.to = to;
            this.payload = payload;
            this.atMillis = atMillis;
        }
    }

    private record Waiting(Credential credential, long signer, long bringer, long sinceMillis) {}

    /** @param allowed told when a member becomes allowed */
    Credentials(Ground ground, BiConsumer<Network, Member> allowed) {
        this.ground = ground;
        this.allowed = allowed;
    }

    // ---------------------------------------------------------------- theirs

    Upper.Outcome received(Peer from, WireReader body, long nowMillis) {
        if (!from.takeCredentials(nowMillis)) {
            return Upper.Outcome.dropped(DropReason.RATE_LIMITED);
        }
        NetworkCredentials credentials = NetworkCredentials.read(body);
        if (credentials == null) {
            return Upper.Outcome.dropped(body.fault());
        }
        List<Credential> all = new ArrayList<>(credentials.memberships());
        all.addAll(credentials.capabilities());
        all.addAll(credentials.tags());
        all.addAll(credentials.revocations());
        all.addAll(credentials.ownerships());
        boolean accepted = false;
        boolean invalid = false;
        for (Credential credential : all) {
            Acceptance answer = file(credential, from.address(), true, nowMillis);
            accepted |= answer != null && answer.accepted();
            invalid |= answer == Acceptance.Settled.INVALID;
        }
        if (invalid) {
            return accepted
                    ? Upper.Outcome.ignoredTrusted(DropReason.CREDENTIAL_INVALID)
                    : Upper.Outcome.ignored(DropReason.CREDENTIAL_INVALID);
        }
        return accepted ? Upper.Outcome.TRUSTED : Upper.Outcome.ACCEPTED;
    }

    /**
     * Files a certificate that came along with a message. One that is not held yet counts like a packet of credentials,
     * because to find out that it is forged costs as much.
     */
    void fileAttached(MembershipCertificate certificate, Peer bringer, long nowMillis) {
        Network network = ground.network(certificate.network().bits());
        if (network == null) {
            return; // asked as a root or a controller, which keep no certificates of other networks
        }
        Member member = network.member(certificate.subject().bits());
        boolean held = member != null && certificate.equals(member.credentials.membership());
        if (held || bringer.takeCredentials(nowMillis)) {
            file(certificate, bringer.address(), nowMillis);
        }
    }

    /** Files one credential under its subject. Answers whether it is genuine. */
    boolean file(Credential credential, long bringer, long nowMillis) {
        Acceptance answer = file(credential, bringer, true, nowMillis);
        return answer != null && answer.accepted();
    }

    /** Files a revocation of this node's own controller, which reaches the other members without being passed on. */
    void fileHere(Revocation revocation, long nowMillis) {
        file(revocation, ground.address, false, nowMillis);
    }

    /** Null if it is of no concern here: of a network that is not joined, or about this node. */
    private @Nullable Acceptance file(Credential credential, long bringer, boolean passesOn, long nowMillis) {
        Network network = ground.network(credential.network().bits());
        long subject = credential.subject().bits();
        if (network == null || subject == ground.address) {
            return null;
        }
        boolean known = network.member(subject) != null;
        Member member = ground.member(network, subject, nowMillis);
        if (member == null) {
            return null;
        }
        Acceptance answer = member.credentials.accept(credential, ground::identityOf);
        if (!known && answer == Acceptance.Settled.INVALID) {
            network.members().remove(subject); // a forger's invention
        }
        if (answer instanceof Acceptance.Waiting(var signer)) {
            if (waiting.size() == WAITING_MAX) {
                waiting.removeFirst();
            }
            waiting.add(new Waiting(credential, signer.bits(), bringer, nowMillis));
            ground.vl1.want(signer.bits(), nowMillis);
            return answer;
        }
        if (answer == Acceptance.Settled.NEW) {
            member.askAgainMillis = Member.ASK_MILLIS;
            publish(network, member);
            if (credential instanceof Revocation revocation) {
                ground.events.accept(
                        "member.revoked network=" + network.networkId() + " member=" + credential.subject());
                if (passesOn && revocation.fastPropagate()) {
                    spread(network, revocation, bringer, nowMillis);
                }
            }
        }
        return answer;
    }

    private void publish(Network network, Member member) {
        boolean before = member.allowed();
        ground.publish(network, member);
        if (!before && member.allowed()) {
            allowed.accept(network, member);
        }
    }

    /** Credentials that wait for the identity of their signer. */
    int waiting() {
        return waiting.size();
    }

    /** The identity of a signer became known. */
    void signerKnown(long signer, long nowMillis) {
        List<Waiting> due =
                waiting.stream().filter(each -> each.signer == signer).toList();
        waiting.removeIf(each -> each.signer == signer || nowMillis - each.sinceMillis >= WAITING_MILLIS);
        for (Waiting each : due) {
            if (nowMillis - each.sinceMillis < WAITING_MILLIS) {
                file(each.credential, each.bringer, nowMillis);
            }
        }
    }

    /** Passes an urgent revocation on to all other members known, so that it reaches those the controller does not. */
    private void spread(Network network, Revocation revocation, long bringer, long nowMillis) {
        byte[] payload =
                payload(new NetworkCredentials(List.of(), List.of(), List.of(), List.of(revocation), List.of()));
        long signer = revocation.signedBy().bits();
        network.members().forEach(member -> {
            if (member.address() != bringer && member.address() != signer) {
                send(member.address(), payload, true, nowMillis);
            }
        });
    }

    /**
     * Sends a packet of credentials, and once more if the recipient may not have looked at it.
     *
     * @param urgent whether it is to be repeated in any case, for nobody would ask for it if it were lost
     */
    void send(long to, byte[] payload, boolean urgent, long nowMillis) {
        ground.vl1.sender().send(to, Verb.NETWORK_CREDENTIALS, payload, nowMillis);
        Peer peer = ground.vl1.peers().find(to);
        long free = peer == null ? nowMillis : peer.credentialsFreeMillis();
        boolean soon = nowMillis - free < 0;
        boolean crowded = free - nowMillis > CROWDED_MILLIS || repetitions.size() == REPEATED_MAX;
        if ((soon || urgent) && !crowded) {
            long at = soon ? free : nowMillis + SPACING_MILLIS;
            repetitions.add(new Repetition(to, payload, at));
            free = at;
        } else if (!soon) {
            free = nowMillis;
        } else {
            return;
        }
        if (peer != null) {
            peer.credentialsFreeAt(free + SPACING_MILLIS);
        }
    }

    /** Repeats what is due. */
    void tick(long nowMillis) {
        for (Repetition next = repetitions.peek();
                next != null && nowMillis - next.atMillis >= 0;
                next = repetitions.peek()) {
            repetitions.remove();
            ground.vl1.sender().send(next.to, Verb.NETWORK_CREDENTIALS, next.payload, nowMillis);
        }
    }

    /** Whether {@link #tick} will have something to do. */
    boolean repeating() {
        return !repetitions.isEmpty();
    }

    /** Packets that wait to be repeated. */
    int repetitions() {
        return repetitions.size();
    }

    // ---------------------------------------------------------------- ours

    /** Shows a member our credentials if it has not seen the current ones, or may have forgotten them. */
    void pushIfDue(View view, Member member, long nowMillis) {
        if (member.pushDue(nowMillis)) {
            push(view, member, nowMillis);
        }
    }

    /** Whether rules see the same in what two configurations certify: only times and signatures differ. */
    static boolean sameMeaning(NetworkConfig one, NetworkConfig other) {
        return meaning(one.tags(), tag -> List.of(tag.id(), tag.value()))
                        .equals(meaning(other.tags(), tag -> List.of(tag.id(), tag.value())))
                && meaning(one.capabilities(), capability -> List.of(capability.id(), capability.rules()))
                        .equals(meaning(
                                other.capabilities(), capability -> List.of(capability.id(), capability.rules())))
                && meaning(one.ownerships(), ownership -> List.of(ownership.id(), ownership.things()))
                        .equals(meaning(other.ownerships(), ownership -> List.of(ownership.id(), ownership.things())));
    }

    private static <T> List<Object> meaning(List<T> credentials, Function<T, Object> part) {
        return credentials.stream().map(part).toList();
    }

    /**
     * Shows the members we exchange frames with what changed, without waiting for the next frame to them: they may be
     * waiting for nothing else to send us one.
     */
    void pushToFellows(Network network, View view, long nowMillis) {
        network.members().forEach(member -> {
            if (member.allowed() && nowMillis - member.lastUsedMillis < FELLOW_MILLIS) {
                pushIfDue(view, member, nowMillis);
            }
        });
    }

    private void push(View view, Member member, long nowMillis) {
        member.pushed(nowMillis);
        Peer peer = ground.vl1.peers().find(member.address());
        int room = peer == null || peer.protocol() <= 9 ? BYTES_MAX_OLD : BYTES_MAX;
        for (byte[] packet : packed(view.config(), room)) {
            send(member.address(), packet, false, nowMillis);
        }
    }

    /** The packets of a configuration, made once for all members: those that wait for their repetition share them. */
    private List<byte[]> packed(NetworkConfig config, int room) {
        int which = room == BYTES_MAX_OLD ? 0 : 1;
        Packed last = packed[which];
        if (last == null || !last.of(config)) {
            last = new Packed(
                    config,
                    pack(config, room).stream().map(Credentials::payload).toList());
            packed[which] = last;
        }
        return last.packets;
    }

    private record Packed(NetworkConfig config, List<byte[]> packets) {
        @SuppressWarnings(
                "ReferenceEquality") // the very configuration: comparing contents would cost as much as packing
        boolean of(NetworkConfig other) {
            return config == other;
        }
    }

    /** The credentials of a configuration in as few packets of at most {@code room} bytes as possible, certificate first. */
    private static List<NetworkCredentials> pack(NetworkConfig config, int room) {
        List<Credential> all = new ArrayList<>();
        if (config.membership() != null) {
            all.add(config.membership());
        }
        all.addAll(config.capabilities());
        all.addAll(config.tags());
        all.addAll(config.ownerships());
        List<NetworkCredentials> packets = new ArrayList<>();
        List<Credential> part = new ArrayList<>();
        int bytes = 0;
        for (Credential credential : all) {
            var written = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
            credential.write(written);
            if (bytes + written.length() > room && !part.isEmpty()) {
                packets.add(sorted(part));
                part.clear();
                bytes = 0;
            }
            part.add(credential);
            bytes += written.length();
        }
        if (!part.isEmpty()) {
            packets.add(sorted(part));
        }
        return packets;
    }

    private static NetworkCredentials sorted(List<Credential> mixed) {
        return new NetworkCredentials(
                only(mixed, MembershipCertificate.class),
                only(mixed, Capability.class),
                only(mixed, Tag.class),
                List.of(),
                only(mixed, OwnershipCertificate.class));
    }

    private static <T> List<T> only(List<Credential> mixed, Class<T> kind) {
        return mixed.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    static byte[] payload(NetworkCredentials credentials) {
        var body = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
        credentials.write(body);
        return body.toByteArray();
    }

    /** A peer says that it cannot let us in for want of our certificate. */
    void asked(Peer peer, Network network, long nowMillis) {
        View view = network.view();
        if (view == null || view.certificate() == null) {
            return;
        }
        Member member = ground.member(network, peer.address(), nowMillis);
        if (member != null && nowMillis - member.pushedMillis() >= ASKED_MILLIS) {
            push(view, member, nowMillis);
        }
    }

    /**
     * Asks a member for its current credentials, because by those we know it may not get what we have for it. It shows
     * them by itself only before it sends something, which it may be waiting to be asked for.
     */
    void askFor(Network network, Member member, long nowMillis) {
        if (nowMillis - member.askedForMillis < member.askAgainMillis) {
            return;
        }
        member.askedForMillis = nowMillis;
        member.askAgainMillis = Math.min(2 * member.askAgainMillis, Member.ASK_MILLIS_MAX);
        var body = new WireWriter(64);
        ErrorReply.of(Verb.FRAME.id(), 0, ErrorCode.NEED_MEMBERSHIP_CERTIFICATE, network.networkId())
                .write(body);
        ground.vl1.sender().send(member.address(), Verb.ERROR, body.toByteArray(), nowMillis);
    }

    /** Tells a peer that its packet was refused because it is not known as a member. */
    void refuse(Inbound in, Peer peer, Verb verb, Network network, long nowMillis) {
        Member member = ground.member(network, peer.address(), nowMillis);
        if (member == null || nowMillis - member.refusedMillis < REFUSED_MILLIS) {
            return;
        }
        member.refusedMillis = nowMillis;
        var body = new WireWriter(64);
        ErrorReply.of(
                        verb.id(),
                        PacketHeader.id(in.packet(), 0),
                        ErrorCode.NEED_MEMBERSHIP_CERTIFICATE,
                        network.networkId())
                .write(body);
        ground.vl1.sender().sendTo(peer, in.socket(), in.from(), Verb.ERROR, body.toByteArray(), nowMillis);
    }
}
