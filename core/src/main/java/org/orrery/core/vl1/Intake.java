// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.verb.ErrorReply;
import org.orrery.core.verb.Features;
import org.orrery.core.verb.OkBody;
import org.orrery.core.verb.OkEcho;
import org.orrery.core.verb.OkHello;
import org.orrery.core.verb.OkWhois;
import org.orrery.core.verb.PushDirectPaths;
import org.orrery.core.verb.Rendezvous;
import org.orrery.core.verb.UserMessage;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.Compression;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;

/** Opens packets for this node, gives each message to whom it concerns, and notes what its arrival proves. Control lane only. */
final class Intake {
    private final long self;
    private final Peers peers;
    private final Expectations expectations;
    private final Sender sender;
    private final Greeter greeter;
    private final Introducer introducer;
    private final Lookup lookup;
    private final PathLearner learner;
    private final Upper upper;
    private final Pinger pinger;
    private final PathMtu mtus;
    private final PortSearch search;
    private final Bonds bonds;
    private final Consumer<String> events;
    private final Relays relays;
    private final Relayed relayed;
    private final Doubtful doubtful = new Doubtful();
    private final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
    private final byte[] decompressed = new byte[PacketHeader.PACKET_BYTES_MAX];

    Intake(
            long self,
            Peers peers,
            Expectations expectations,
            Sender sender,
            Greeter greeter,
            Introducer introducer,
            Lookup lookup,
            PathLearner learner,
            Upper upper,
            Pinger pinger,
            Bonds bonds,
            PathMtu mtus,
            PortSearch search,
            Relays relays,
            Consumer<String> events,
            Relayed relayed) {
        this.self = self;
        this.peers = peers;
        this.expectations = expectations;
        this.sender = sender;
        this.greeter = greeter;
        this.introducer = introducer;
        this.lookup = lookup;
        this.learner = learner;
        this.upper = upper;
        this.pinger = pinger;
        this.mtus = mtus;
        this.search = search;
        this.bonds = bonds;
        this.events = events;
        this.relays = relays;
        this.relayed = relayed;
    }

    /** Is told of what came over a relay. */
    interface Relayed {
        /** An authentic packet of {@code peer}, no recording as far as can be known, came over somebody at {@code from}. */
        void heard(Peer peer, int socket, Endpoint from, long nowMillis);
    }

    /** What became of packets, each counted once or, where it had to wait, once more. */
    Map<DropReason, Long> drops() {
        return drops;
    }

    /** Packets that wait to be told from recordings. */
    int doubtful() {
        return doubtful.size();
    }

    /** A packet for this node, opened or not. What became of it is counted. */
    DropReason receive(Inbound packet, long nowMillis) {
        return count(accept(packet, nowMillis), 1);
    }

    DropReason count(DropReason reason, int times) {
        if (times > 0) {
            drops.merge(reason, (long) times, Long::sum);
        }
        return reason;
    }

    void tick(long nowMillis) {
        count(DropReason.REPLAYED, doubtful.expire(nowMillis));
    }

    private DropReason accept(Inbound in, long nowMillis) {
        if (in.peer() != null) {
            return in.placed() ? dispatch(in, in.peer(), nowMillis) : judge(in, in.peer(), nowMillis);
        }
        byte[] packet = in.packet();
        long source = PacketHeader.source(packet, 0);
        if (source == self) {
            return DropReason.OWN_SOURCE;
        }
        int suite = PacketHeader.suite(packet, 0);
        if (suite == 0 && PacketHeader.verb(packet, 0) == Verb.HELLO.id()) {
            if (excluded(in, source)) {
                return DropReason.BLACKLISTED;
            }
            return greeter.onHello(in, nowMillis);
        }
        if (suite == Unprotected.SUITE) {
            if (!Unprotected.trusted(peers.pathPolicy(), in.socket(), in.from().ip(), packet, 0)) {
                return DropReason.UNTRUSTED_PATH;
            }
        } else if (suite != 0 && suite != 1 && suite != 3) {
            return DropReason.BAD_CIPHER;
        }
        Peer peer = peers.find(source);
        if (peer == null) {
            return lookup.park(source, in, nowMillis);
        }
        return openAndDispatch(in, peer, nowMillis);
    }

    /**
     * Whether a question came directly from where no path may lead. It is not answered, so that the sender makes no path
     * of it, or gives up the one it has. What it sends over that until then is taken: it has no other way yet.
     */
    private boolean excluded(Inbound in, long source) {
        return PacketHeader.hops(in.packet(), 0) == 0
                && peers.pathPolicy().refuses(source, in.from().ip());
    }

    private DropReason openAndDispatch(Inbound in, Peer peer, long nowMillis) {
        byte[] packet = in.packet();
        boolean unprotected = PacketHeader.suite(packet, 0) == Unprotected.SUITE; // and was found trusted
        PacketCipher cipher = peer.cipher(Sender.CONTROL_LANE);
        if (!unprotected && !cipher.open(packet, 0, packet.length)) {
            return DropReason.BAD_MAC;
        }
        long nonce = cipher.nonce(packet, 0);
        if (PacketHeader.compressed(packet, 0)) {
            int length = Compression.decompress(packet, 0, packet.length, decompressed, 0);
            if (length < 0) {
                return DropReason.BAD_COMPRESSION;
            }
            packet = Arrays.copyOf(decompressed, length);
        }
        var opened = Inbound.opened(in.socket(), in.from(), packet, peer, in.arrivedMillis(), unprotected, nonce);
        return unprotected ? dispatch(opened, peer, nowMillis) : judge(opened, peer, nowMillis);
    }

    /** An opened packet that may have come before. If only its sender can tell it is asked, and the packet waits. */
    private DropReason judge(Inbound in, Peer peer, long nowMillis) {
        ReplayGuard.Place place = peer.guard().take(Sender.CONTROL_LANE, in.nonce());
        if (place == ReplayGuard.Place.NEW) {
            return dispatch(in, peer, nowMillis);
        }
        if (place == ReplayGuard.Place.OLD) {
            return DropReason.REPLAYED;
        }
        if (PacketHeader.verb(in.packet(), 0) == Verb.OK.id()) {
            return dispatch(in, peer, nowMillis); // it must fit a question of ours, and may be the very answer
        }
        greeter.askSession(peer, in, nowMillis);
        if (!peer.guard().guards()) {
            return DropReason.REPLAYED; // what it sent before it answers counts as come
        }
        count(DropReason.REPLAYED, doubtful.hold(in, nowMillis));
        return DropReason.WAITING_FOR_SENDER;
    }

    private DropReason dispatch(Inbound in, Peer peer, long nowMillis) {
        byte[] packet = in.packet();
        int id = PacketHeader.verb(packet, 0);
        Verb verb = Verb.of(id);
        var body = new WireReader(packet, PacketHeader.BYTES, packet.length - PacketHeader.BYTES);
        if (verb == null) {
            received(peer, in, Verb.NOP, false, nowMillis);
            return DropReason.UNKNOWN_VERB;
        }
        if ((verb == Verb.HELLO || verb == Verb.ECHO) && excluded(in, peer.address())) {
            return DropReason.BLACKLISTED;
        }
        Upper.Outcome outcome =
                switch (verb) {
                    case HELLO -> {
                        DropReason reason = greeter.greeted(peer, in, true, nowMillis);
                        yield Upper.Outcome.dropped(reason); // it does its own receipt
                    }
                    case OK -> onOk(in, peer, body, nowMillis);
                    case ERROR -> onError(peer, body, nowMillis);
                    case WHOIS -> lookup.onQuestion(in, peer, body, nowMillis);
                    case RENDEZVOUS -> onRendezvous(in, peer, body, nowMillis);
                    case ECHO -> onEcho(in, peer, body, nowMillis);
                    case PUSH_DIRECT_PATHS -> onPush(peer, body, nowMillis);
                    case FRAME,
                            EXT_FRAME,
                            MULTICAST_LIKE,
                            NETWORK_CREDENTIALS,
                            NETWORK_CONFIG_REQUEST,
                            NETWORK_CONFIG,
                            MULTICAST_GATHER,
                            MULTICAST_FRAME -> upper.message(in, peer, verb, body, nowMillis);
                    case QOS_MEASUREMENT -> bonds.onReport(in, peer, body, nowMillis);
                    case PATH_NEGOTIATION_REQUEST -> bonds.onNegotiation(peer, body, nowMillis);
                    case ACK -> Upper.Outcome.dropped(DropReason.UNKNOWN_VERB);
                    case USER_MESSAGE -> onUserMessage(peer, body, nowMillis);
                    case NOP, CIRCUIT_TEST, REMOTE_TRACE -> Upper.Outcome.ACCEPTED;
                };
        if (outcome.post()) {
            received(peer, in, verb, outcome.trust(), nowMillis);
        }
        return outcome.reason();
    }

    /** An authentic packet was accepted: what that says about the peer and the way it came. */
    void received(Peer peer, Inbound in, Verb verb, boolean trust, long nowMillis) {
        peer.noteReceived(nowMillis);
        if (nontrivial(verb)) {
            peer.noteActive(nowMillis);
        }
        if (trust) {
            peer.noteTrusted(nowMillis);
        }
        boolean direct = PacketHeader.hops(in.packet(), 0) == 0;
        if (direct) {
            learner.heard(peer, in.socket(), in.from(), verb == Verb.OK, nowMillis);
            Path path = peer.bond() == null ? null : peer.pathOf(in.socket(), in.from());
            if (path != null) {
                path.noteIn(PacketHeader.id(in.packet(), 0), nowMillis);
            }
        }
        if (!direct) {
            relayed.heard(peer, in.socket(), in.from(), nowMillis);
        }
        if (peer.trusted(nowMillis)) {
            introducer.maybePush(peer, in, direct, nowMillis);
        }
    }

    /** Frames and configurations: a peer that exchanges these is worth keeping the ways open to. */
    private static boolean nontrivial(Verb verb) {
        return switch (verb) {
            case FRAME, EXT_FRAME, MULTICAST_FRAME, NETWORK_CONFIG_REQUEST, NETWORK_CONFIG -> true;
            default -> false;
        };
    }

    private Upper.Outcome onOk(Inbound in, Peer peer, WireReader body, long nowMillis) {
        Verb answered = Verb.of(body.u8());
        long answeredId = body.u64();
        if (!body.intact()) {
            return Upper.Outcome.dropped(body.fault());
        }
        Expectations.Expectation asked =
                answered == null ? null : expectations.find(answeredId, peer.address(), answered, nowMillis);
        if (answered == null || asked == null) {
            return Upper.Outcome.dropped(DropReason.UNEXPECTED_OK);
        }
        OkBody ok = OkBody.read(answered.id(), body);
        if (ok == null) {
            return Upper.Outcome.dropped(body.fault());
        }
        relays.answered(peer, asked, nowMillis);
        long waited = asked.age(nowMillis);
        return switch (ok) {
            case OkHello hello -> onOkHello(in, peer, hello, waited, nowMillis);
            case OkWhois whois -> lookup.onAnswer(peer, whois, nowMillis);
            case OkEcho echo -> {
                measured(in, peer, waited, nowMillis);
                pinger.answered(in, peer, echo);
                mtus.answered(peer, echo, nowMillis);
                yield Upper.Outcome.ACCEPTED;
            }
            default -> upper.ok(in, peer, ok, nowMillis);
        };
    }

    private Upper.Outcome onOkHello(Inbound in, Peer peer, OkHello hello, long waitedMillis, long nowMillis) {
        Features told = hello.features();
        if (peer.guard().outdated(told, nowMillis - waitedMillis)) {
            return Upper.Outcome.dropped(DropReason.UNEXPECTED_OK);
        }
        DropReason reason = greeter.onOk(peer, in, hello, nowMillis);
        if (reason != DropReason.NONE) {
            return Upper.Outcome.dropped(reason);
        }
        if (told != null && told.numbers()) {
            peer.numbers().peerLives(told.life(), true, nowMillis);
        }
        long life = peer.numbers().life();
        if (peer.guard().answered(told, life, nowMillis)) {
            peer.guard().take(Sender.CONTROL_LANE, in.nonce());
            for (Inbound held : doubtful.release(peer.address())) {
                again(held, peer, nowMillis);
            }
        }
        if (PacketHeader.hops(in.packet(), 0) == 0) {
            learner.heard(peer, in.socket(), in.from(), true, nowMillis);
            measured(in, peer, waitedMillis, nowMillis);
        }
        return Upper.Outcome.ACCEPTED;
    }

    /** The sender answered, and this waited for that. */
    private void again(Inbound held, Peer peer, long nowMillis) {
        boolean place = peer.guard().take(Sender.CONTROL_LANE, held.nonce()) == ReplayGuard.Place.NEW;
        count(place ? dispatch(held, peer, nowMillis) : DropReason.REPLAYED, 1);
    }

    /** An answer came {@code waitedMillis} after its question, some of that spent between the lane and here. */
    private static void measured(Inbound in, Peer peer, long waitedMillis, long nowMillis) {
        Path path = PacketHeader.hops(in.packet(), 0) == 0 ? peer.pathOf(in.socket(), in.from()) : null;
        if (path != null) {
            long queued = Math.clamp(nowMillis - in.arrivedMillis(), 0, waitedMillis);
            path.measured(waitedMillis - queued);
            peer.choose(nowMillis);
        }
    }

    private Upper.Outcome onError(Peer peer, WireReader body, long nowMillis) {
        ErrorReply error = ErrorReply.read(body);
        if (error == null) {
            return Upper.Outcome.dropped(body.fault());
        }
        if (error.errorCode() == ErrorCode.IDENTITY_COLLISION && peer.upstream()) {
            events.accept("identity.collision root=" + peer
                    + " text=another node uses this address with another key; make a new identity");
        }
        upper.error(peer, error, nowMillis);
        return Upper.Outcome.ACCEPTED;
    }

    private Upper.Outcome onRendezvous(Inbound in, Peer peer, WireReader body, long nowMillis) {
        if (!peer.upstream()) {
            return Upper.Outcome.ignored(DropReason.NOT_FROM_ROOT);
        }
        Rendezvous rendezvous = Rendezvous.read(body);
        if (rendezvous == null) {
            return Upper.Outcome.ignored(body.fault());
        }
        introducer.onRendezvous(in, rendezvous, nowMillis);
        return Upper.Outcome.ACCEPTED;
    }

    private Upper.Outcome onEcho(Inbound in, Peer peer, WireReader body, long nowMillis) {
        if (!peer.echoIntake.take(nowMillis)) {
            return Upper.Outcome.dropped(DropReason.RATE_LIMITED);
        }
        sender.answer(peer, in, new OkEcho(body.blob(body.remaining())), nowMillis);
        return Upper.Outcome.ACCEPTED;
    }

    /** Applications' messages to each other, of which one kind is ours. */
    private Upper.Outcome onUserMessage(Peer peer, WireReader body, long nowMillis) {
        UserMessage message = UserMessage.read(body);
        SearchMessage ours = message == null ? null : SearchMessage.of(message);
        if (ours != null) {
            search.onMessage(peer, ours, nowMillis);
        }
        return Upper.Outcome.ACCEPTED;
    }

    private Upper.Outcome onPush(Peer peer, WireReader body, long nowMillis) {
        PushDirectPaths push = PushDirectPaths.read(body);
        if (push == null) {
            return Upper.Outcome.dropped(body.fault());
        }
        introducer.onPush(peer, push, nowMillis);
        return Upper.Outcome.ACCEPTED;
    }
}
