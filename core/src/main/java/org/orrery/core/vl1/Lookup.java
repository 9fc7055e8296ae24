// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.verb.OkWhois;
import org.orrery.core.verb.Verb;
import org.orrery.core.verb.Whois;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** Asks roots for identities that packets wait for, and answers others who ask. Control lane only. */
final class Lookup {
    /** Longest answer to WHOIS: as many identities as fit one datagram. */
    private static final int ANSWERS_MAX = 16;

    /** WHOIS sent on behalf of strangers' packets and requests. */
    private final TokenBucket foreign = new TokenBucket(64, 10);

    private final SecretIdentity self;
    private final Peers peers;
    private final Topology topology;
    private final Sender sender;
    private final WaitingRoom waiting;
    private final RandomGenerator random;
    private final Listener listener;

    /** What lookups lead to. */
    interface Listener {
        /** A {@code root} told the identity of {@code peer}, which was not known. */
        void told(Peer peer, Peer root, long nowMillis);

        /** A peer's identity became known. */
        void known(Peer peer, long nowMillis);

        /** A packet that waited for its sender's identity may be tried again. */
        void again(Inbound packet, long nowMillis);
    }

    Lookup(
            SecretIdentity self,
            Peers peers,
            Topology topology,
            Sender sender,
            WaitingRoom waiting,
            RandomGenerator random,
            Listener listener) {
        this.self = self;
        this.peers = peers;
        this.topology = topology;
        this.sender = sender;
        this.waiting = waiting;
        this.random = random;
        this.listener = listener;
    }

    /** Holds a packet of an unknown source until its identity is known. */
    DropReason park(long source, Inbound in, long nowMillis) {
        if (Address.reserved(source)) {
            return DropReason.BAD_FIELD;
        }
        if (!waiting.waitsFor(source) && !foreign.take(nowMillis)) {
            return DropReason.WHOIS_LIMIT;
        }
        if (!waiting.hold(source, in, nowMillis)) {
            return DropReason.WAITING_ROOM_FULL;
        }
        if (waiting.askNow(source, nowMillis)) {
            ask(source, nowMillis);
        }
        return DropReason.WAITING_FOR_SENDER;
    }

    /** Looks up an address that something above needs. */
    void want(long address, long nowMillis) {
        if (peers.find(address) == null && !Address.reserved(address)) {
            sender.send(address, Verb.NOP, new byte[0], nowMillis);
            if (waiting.askNow(address, nowMillis)) {
                ask(address, nowMillis);
            }
        }
    }

    /** A root came into reach: asks for everything again. */
    void hurry(long nowMillis) {
        waiting.hurry();
        tick(nowMillis);
    }

    /** Repeats questions that are due, and gives up what waited too long. */
    void tick(long nowMillis) {
        waiting.tick(nowMillis, address -> ask(address, nowMillis));
    }

    private void ask(long address, long nowMillis) {
        Peer root = peers.relay();
        List<Peer> roots = peers.upstreams();
        if (root == null) {
            root = roots.stream()
                    .filter(peer -> peer.paths().length > 0)
                    .findFirst()
                    .orElse(null);
        }
        if (roots.size() > 1 && waiting.timesAsked(address) % 2 == 0) {
            root = roots.get(random.nextInt(roots.size()));
        }
        if (root == null || root.paths().length == 0) {
            return;
        }
        var body = new WireWriter(8);
        new Whois(List.of(new Address(address))).write(body);
        sender.send(root, Verb.WHOIS, body.toByteArray(), nowMillis);
    }

    /** A peer is known now: what waited for it goes on. */
    void met(Peer peer, long nowMillis) {
        listener.known(peer, nowMillis);
        released(peer, nowMillis);
    }

    /** What waited for {@code peer} or for a way to it goes on. */
    void released(Peer peer, long nowMillis) {
        if (!waiting.waitsFor(peer.address())) {
            return;
        }
        WaitingRoom.Released released = waiting.release(peer.address());
        released.outgoing().forEach(message -> message.send(peer, nowMillis));
        for (Inbound in : released.incoming()) {
            listener.again(in, nowMillis);
        }
    }

    /** An expected OK(WHOIS). */
    Upper.Outcome onAnswer(Peer peer, OkWhois whois, long nowMillis) {
        if (!peer.upstream()) {
            return Upper.Outcome.ignored(DropReason.NOT_FROM_ROOT);
        }
        for (Identity identity : whois.identities()) {
            boolean stranger = peers.find(identity.address().bits()) == null;
            Peer known = peers.add(identity, nowMillis);
            if (known != null) {
                if (stranger) {
                    listener.told(known, peer, nowMillis);
                }
                met(known, nowMillis);
            }
        }
        return Upper.Outcome.ACCEPTED;
    }

    /** Somebody asks for identities. */
    Upper.Outcome onQuestion(Inbound in, Peer peer, WireReader body, long nowMillis) {
        if (!topology.upstream() && !peer.whoisIntake.take(nowMillis)) {
            return Upper.Outcome.dropped(DropReason.RATE_LIMITED);
        }
        Whois whois = Whois.read(body);
        if (whois == null) {
            return Upper.Outcome.dropped(body.fault());
        }
        List<Identity> found = new ArrayList<>();
        for (Address wanted : whois.wanted()) {
            if (found.size() == ANSWERS_MAX) {
                break;
            }
            Identity identity = identityOf(wanted.bits());
            if (identity != null) {
                found.add(identity);
            } else if (!Address.reserved(wanted.bits())
                    && peer.unknownIntake.take(nowMillis)
                    && foreign.take(nowMillis)) {
                ask(wanted.bits(), nowMillis);
            }
        }
        if (!found.isEmpty()) {
            sender.answer(peer, in, new OkWhois(found), nowMillis);
        }
        return Upper.Outcome.ACCEPTED;
    }

    /** The identity of a known address, our own included. */
    @Nullable
    Identity identityOf(long address) {
        if (address == self.identity().address().bits()) {
            return self.identity();
        }
        Peer peer = peers.find(address);
        return peer == null ? null : peer.identity();
    }
}
