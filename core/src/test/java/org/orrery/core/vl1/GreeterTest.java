// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.CheapIdentity;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.verb.ErrorReply;
import org.orrery.core.verb.Ok;
import org.orrery.core.verb.OkHello;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.wire.Compression;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;

class GreeterTest {
    private static final SecretIdentity SELF = CheapIdentity.of(0x1010101010L);
    private static final SecretIdentity ADA = CheapIdentity.of(0x2020202020L);
    private static final SignatureKeyPair PLANET_KEY = SignatureKeyPair.generate(new Random(1));
    private static final PeerVersion VERSION = new PeerVersion(12, 1, 14, 2);
    private static final Endpoint OURS = new Endpoint(Ip.v4(60, 0, 0, 1), 9993);
    private static final Endpoint HERS = new Endpoint(Ip.v4(61, 0, 0, 1), 5_000);
    private static final World OLD = planet(7, 1_000);
    private static final World NEW = planet(7, 2_000);

    private final Deque<Consumer<Boolean>> checks = new ArrayDeque<>();
    private final Side us = new Side(SELF, OLD, VERSION);

    /** One node, as far as greetings go. */
    private final class Side implements Transmitter, Greeter.Listener {
        final SecretIdentity secret;
        final Peers peers;
        final Greeter greeter;
        final List<byte[]> sent = new ArrayList<>();
        final List<Endpoint> sentTo = new ArrayList<>();
        final List<Peer> met = new ArrayList<>();
        final List<Peer> heard = new ArrayList<>();

        Side(SecretIdentity secret, World planet, PeerVersion version) {
            this.secret = secret;
            this.peers = new Peers(secret, 1, new SplittableRandom(1));
            var sender = new Sender(
                    secret.identity().address().bits(),
                    peers,
                    new Expectations(),
                    new WaitingRoom(),
                    this,
                    (_, _) -> {});
            this.greeter = new Greeter(
                    secret,
                    version,
                    peers,
                    new Topology(secret.identity(), planet),
                    new Surfaces(),
                    sender,
                    (identity, valid) -> checks.addLast(valid),
                    this);
        }

        /** A HELLO to {@link #us}, as it looks on the wire. */
        byte[] hello() {
            Peer peer = requireNonNull(peers.add(SELF.identity(), 0));
            greeter.hello(peer, 1, OURS, OURS, 500);
            return sent.removeLast();
        }

        /** An answer of {@link #us}, opened and after its header. */
        WireReader opened(byte[] datagram, Verb verb) {
            byte[] packet = datagram.clone();
            assertThat(new PacketCipher(requireNonNull(secret.agree(SELF.identity()))).open(packet, 0, packet.length))
                    .isTrue();
            assertThat(PacketHeader.verb(packet, 0)).isEqualTo(verb.id());
            if (PacketHeader.compressed(packet, 0)) {
                byte[] longer = new byte[PacketHeader.PACKET_BYTES_MAX];
                int length = Compression.decompress(packet, 0, packet.length, longer, 0);
                packet = Arrays.copyOf(longer, length);
            }
            return new WireReader(packet, PacketHeader.BYTES, packet.length - PacketHeader.BYTES);
        }

        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {
            sent.add(Arrays.copyOfRange(bytes, offset, offset + length));
            sentTo.add(to);
        }

        @Override
        public void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
            throw new AssertionError("greetings need no opening");
        }

        @Override
        public void met(Peer peer, long nowMillis) {
            met.add(peer);
        }

        @Override
        public void movedNetwork(Endpoint seen, long nowMillis) {}

        @Override
        public void planetChanged(long nowMillis) {}

        @Override
        public void moonChanged(World moon, long nowMillis) {}

        @Override
        public void received(Peer peer, Inbound packet, Verb verb, boolean trust, long nowMillis) {
            heard.add(peer);
        }
    }

    private static World planet(long id, long timestamp) {
        return World.create(WorldType.PLANET, id, timestamp, List.of(), PLANET_KEY.publicKey(), PLANET_KEY);
    }

    private DropReason receive(byte[] hello, Endpoint from, long nowMillis) {
        return us.greeter.onHello(new Inbound(1, from, hello.clone(), null, nowMillis), nowMillis);
    }

    private DropReason receive(byte[] hello) {
        return receive(hello, HERS, 0);
    }

    private Side side(SecretIdentity secret) {
        return new Side(secret, OLD, VERSION);
    }

    @Test
    void meetsAStrangerWhoseIdentityIsValidAndAnswersEachCopy() {
        Side ada = side(ADA);
        byte[] hello = ada.hello();
        byte[] again = ada.hello();
        assertThat(receive(hello)).isEqualTo(DropReason.NONE);
        var elsewhere = new Endpoint(HERS.ip(), 6_000);
        assertThat(receive(again, elsewhere, 0)).isEqualTo(DropReason.NONE);
        assertThat(checks).as("one check for all copies").hasSize(1);
        assertThat(us.sent).as("nothing before the check").isEmpty();
        assertThat(us.peers.find(ADA.identity().address().bits())).isNull();

        checks.removeFirst().accept(true);
        Peer peer = requireNonNull(us.peers.find(ADA.identity().address().bits()));
        assertThat(us.met).containsExactly(peer);
        assertThat(us.heard).containsExactly(peer, peer);
        assertThat(peer.version()).isEqualTo(VERSION);
        assertThat(us.sentTo)
                .as("an answer, a question under which session she numbers her packets, an answer")
                .containsExactly(HERS, HERS, elsewhere);
        Ok ok = requireNonNull(Ok.read(ada.opened(us.sent.getFirst(), Verb.OK)));
        assertThat(ok.answeredPacketId()).isEqualTo(PacketHeader.id(hello, 0));
        assertThat(ok.body()).isInstanceOfSatisfying(OkHello.class, body -> {
            assertThat(body.timestampMillis()).isEqualTo(500);
            assertThat(body.seenAt()).isEqualTo(HERS);
            assertThat(body.worlds().isEmpty()).isTrue();
        });
        assertThat(us.greeter.checking()).isZero();
    }

    @Test
    void hasNothingToDoWithAnIdentityThatIsNotValid() {
        receive(side(ADA).hello());
        checks.removeFirst().accept(false);
        assertThat(us.sent).isEmpty();
        assertThat(us.met).isEmpty();
        assertThat(us.peers.size()).isZero();
        assertThat(us.greeter.checking()).isZero();
    }

    @Test
    void checksNobodyWhoCannotProveItsKey() {
        byte[] hello = side(ADA).hello();
        for (int i = PacketHeader.BYTES + 5; i < hello.length; i += 17) {
            byte[] damaged = hello.clone();
            damaged[i] ^= 1;
            assertThat(receive(damaged, new Endpoint(Ip.v4(70, 0, i, 1), 1), 0))
                    .as("byte %d", i)
                    .isNotEqualTo(DropReason.NONE);
        }
        assertThat(checks).isEmpty();
        for (int length = PacketHeader.BYTES; length < hello.length; length++) {
            assertThat(receive(Arrays.copyOf(hello, length), new Endpoint(Ip.v4(71, 0, length, 1), 1), 0))
                    .as("%d bytes", length)
                    .isNotEqualTo(DropReason.NONE);
        }
        assertThat(checks).isEmpty();
    }

    @Test
    void refusesWhatIsTooOldOrSpeaksForAnotherAddress() {
        byte[] tooOld = new Side(ADA, OLD, new PeerVersion(3, 1, 0, 0)).hello();
        assertThat(receive(tooOld)).isEqualTo(DropReason.PROTOCOL_TOO_OLD);
        byte[] other = side(ADA).hello();
        other[PacketHeader.BYTES - 15]++; // the last byte of the source
        assertThat(receive(other)).isEqualTo(DropReason.HELLO_ADDRESS_MISMATCH);
        assertThat(checks).isEmpty();
    }

    @Test
    void checksSixteenStrangersOfOneRangeAtOnceThenOneInTwoSeconds() {
        int checked = 0;
        for (int i = 0; i < 40; i++) {
            var from = new Endpoint(Ip.v4(80, 1, 2, i), 9993);
            DropReason reason =
                    receive(side(CheapIdentity.of(0x4000000000L + i)).hello(), from, 0);
            assertThat(reason).isIn(DropReason.NONE, DropReason.IDENTITY_CHECK_LIMIT);
            checked += reason == DropReason.NONE ? 1 : 0;
        }
        assertThat(checked).isEqualTo(16);
        byte[] late = side(CheapIdentity.of(0x5000000000L)).hello();
        assertThat(receive(late, new Endpoint(Ip.v4(80, 1, 3, 1), 9993), 0))
                .as("another range")
                .isEqualTo(DropReason.NONE);
        byte[] later = side(CheapIdentity.of(0x5000000001L)).hello();
        var again = new Endpoint(Ip.v4(80, 1, 2, 99), 9993);
        assertThat(receive(later, again, 1_999)).isEqualTo(DropReason.IDENTITY_CHECK_LIMIT);
        assertThat(receive(later, again, 2_000)).isEqualTo(DropReason.NONE);
    }

    @Test
    void checksSoManyAtOnceAndNoMore() {
        for (int i = 0; i < Greeter.CHECKS_MAX + 5; i++) {
            var from = new Endpoint(Ip.v4(90, 1, i, 1), 9993);
            assertThat(receive(side(CheapIdentity.of(0x4000000000L + i)).hello(), from, 0))
                    .isEqualTo(i < Greeter.CHECKS_MAX ? DropReason.NONE : DropReason.IDENTITY_CHECK_BUSY);
        }
        assertThat(us.greeter.checking()).isEqualTo(Greeter.CHECKS_MAX);
    }

    @Test
    void theHolderOfAnAddressStaysAndTheClaimantIsTold() {
        receive(side(ADA).hello());
        checks.removeFirst().accept(true);
        us.sent.clear();
        Peer holder = requireNonNull(us.peers.find(ADA.identity().address().bits()));

        Side claimant = side(CheapIdentity.of(ADA.identity().address().bits(), 2));
        byte[] hello = claimant.hello();
        assertThat(receive(hello)).isEqualTo(DropReason.IDENTITY_COLLISION);
        assertThat(us.peers.find(holder.address())).isSameAs(holder);
        assertThat(checks).isEmpty();
        ErrorReply error = requireNonNull(ErrorReply.read(claimant.opened(us.sent.getFirst(), Verb.ERROR)));
        assertThat(error.errorCode()).isEqualTo(ErrorCode.IDENTITY_COLLISION);
        assertThat(error.failedPacketId()).isEqualTo(PacketHeader.id(hello, 0));

        byte[] damaged = claimant.hello();
        damaged[damaged.length - 1] ^= 1;
        us.sent.clear();
        assertThat(receive(damaged)).isEqualTo(DropReason.BAD_MAC);
        assertThat(us.sent).isEmpty();
    }

    @Test
    void offersItsPlanetToThoseWhoHaveAnOlderOneOfTheSameId() {
        assertThat(worldsFor(NEW, OLD)).isEqualTo(NEW.bytes());
        assertThat(worldsFor(NEW, NEW)).as("the same").isEmpty();
        assertThat(worldsFor(OLD, NEW)).as("a newer one").isEmpty();
        assertThat(worldsFor(NEW, planet(8, 1_000))).as("another planet").isEmpty();
        assertThat(worldsFor(NEW, planet(0, 0))).as("none").isEmpty();
    }

    private byte[] worldsFor(World ours, World hers) {
        Side answering = new Side(SELF, ours, VERSION);
        Side ada = new Side(ADA, hers, VERSION);
        answering.greeter.onHello(new Inbound(1, HERS, ada.hello(), null, 0), 0);
        checks.removeFirst().accept(true);
        byte[] answer = answering.sent.getFirst();
        assertThat(PacketHeader.fragmented(answer, 0)).isFalse();
        Ok ok = requireNonNull(Ok.read(decompressed(ada, answer)));
        return ((OkHello) ok.body()).worlds().toByteArray();
    }

    private static WireReader decompressed(Side reader, byte[] datagram) {
        byte[] packet = datagram.clone();
        var cipher = new PacketCipher(requireNonNull(reader.secret.agree(SELF.identity())));
        assertThat(cipher.open(packet, 0, packet.length)).isTrue();
        if (PacketHeader.compressed(packet, 0)) {
            byte[] longer = new byte[PacketHeader.PACKET_BYTES_MAX];
            int length = org.orrery.core.wire.Compression.decompress(packet, 0, packet.length, longer, 0);
            packet = Arrays.copyOf(longer, length);
        }
        return new WireReader(packet, PacketHeader.BYTES, packet.length - PacketHeader.BYTES);
    }

    /** Forged ones of ever other addresses and sources: after some hundred only a hundred a second cost a key agreement. */
    @Test
    void agreesFewKeysWithForgedStrangers() {
        int agreed = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] forged = side(ADA).hello();
            long address = 0x6000000000L + i;
            BigEndian.setU40(forged, 13, address);
            BigEndian.setU40(forged, 41, address);
            var from = new Endpoint(Ip.v4(i >> 8, i & 0xff, 0, 1), 9993);
            agreed += receive(forged, from, i / 2) == DropReason.BAD_MAC ? 1 : 0; // 2,000 in a second
        }
        assertThat(agreed).isBetween(590, 610);
    }
}
