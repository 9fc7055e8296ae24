// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.CheapIdentity;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Address;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.PushDirectPaths;
import org.orrery.core.verb.Rendezvous;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;

class IntroducerTest {
    private static final SecretIdentity SELF = CheapIdentity.of(0x1010101010L);
    private static final SecretIdentity ADA = CheapIdentity.of(0x2020202020L);
    private static final SecretIdentity BOB = CheapIdentity.of(0x3030303030L);
    private static final Endpoint ADA_GLOBAL = new Endpoint(Ip.v4(60, 0, 0, 1), 1_000);
    private static final Endpoint BOB_GLOBAL = new Endpoint(Ip.v4(61, 0, 0, 1), 2_000);
    private static final Endpoint ADA_GLOBAL6 = endpoint6("2001:db8::1");
    private static final Endpoint BOB_GLOBAL6 = endpoint6("2001:db8::2");
    private static final Endpoint ADA_HOME = new Endpoint(Ip.v4(192, 168, 1, 1), 9993);
    private static final Endpoint BOB_HOME = new Endpoint(Ip.v4(192, 168, 1, 2), 9993);
    private static final int SOCKET4 = 1;
    private static final int SOCKET6 = 2;

    private final List<Sent> sent = new ArrayList<>();
    private final List<Probed> probed = new ArrayList<>();
    private final List<Endpoint> own = new ArrayList<>();
    private final Transmitter transmitter = new Recorder();
    private final Peers peers = new Peers(SELF, 1, new SplittableRandom(1));
    private final Random random = new Random(3);
    private final Sender sender = new Sender(
            SELF.identity().address().bits(), peers, new Expectations(), new WaitingRoom(), transmitter, (_, _) -> {});
    private final Introducer introducer =
            new Introducer(peers, sender, transmitter, sockets(), random, new FakeProber());
    private final Peer ada = requireNonNull(peers.add(ADA.identity(), 0));
    private final Peer bob = requireNonNull(peers.add(BOB.identity(), 0));
    private boolean usable = true;

    private record Sent(int socket, Endpoint to, Bytes bytes, int ttl) {}

    private record Probed(Peer peer, int socket, Endpoint to) {}

    private final class Recorder implements Transmitter {
        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {
            sent.add(new Sent(socket, to, Bytes.copyOf(Arrays.copyOfRange(bytes, offset, offset + length)), 0));
        }

        @Override
        public void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
            sent.add(new Sent(socket, to, Bytes.copyOf(Arrays.copyOfRange(bytes, offset, offset + length)), ttl));
        }
    }

    private final class FakeProber implements Introducer.Prober {
        @Override
        public void probe(Peer peer, int socket, Endpoint to, long nowMillis) {
            probed.add(new Probed(peer, socket, to));
        }

        @Override
        public String refusal(Peer peer, Endpoint to) {
            return usable ? "" : "not to be used";
        }

        @Override
        public List<Endpoint> ownEndpoints(long nowMillis) {
            return own;
        }
    }

    private static OpenSockets sockets() {
        var sockets = new OpenSockets();
        sockets.replace(List.of(
                new LocalSocket(SOCKET4, new Endpoint(Ip.v4(62, 0, 0, 1), 9993)),
                new LocalSocket(SOCKET6, endpoint6("2001:db8::9"))));
        return sockets;
    }

    private static Endpoint endpoint6(String ip) {
        return new Endpoint(Ip.parse(ip).orElseThrow(), 9993);
    }

    private static Inbound packet(int socket) {
        return new Inbound(socket, new Endpoint(Ip.v4(50, 0, 0, 1), 9993), new byte[28], null, 0);
    }

    private List<Sent> relayed(long nowMillis) {
        sent.clear();
        introducer.relayed(ada.address(), bob.address(), nowMillis);
        return List.copyOf(sent);
    }

    /** What the receiver reads. */
    private static Rendezvous read(SecretIdentity receiver, Sent sent) {
        byte[] packet = sent.bytes.toByteArray();
        var cipher = new PacketCipher(requireNonNull(receiver.agree(SELF.identity())));
        assertThat(cipher.open(packet, 0, packet.length)).isTrue();
        assertThat(PacketHeader.verb(packet, 0)).isEqualTo(Verb.RENDEZVOUS.id());
        return requireNonNull(
                Rendezvous.read(new WireReader(packet, PacketHeader.BYTES, packet.length - PacketHeader.BYTES)));
    }

    private void assertIntroduced(Endpoint adaAt, Endpoint bobAt, long nowMillis) {
        List<Sent> both = relayed(nowMillis);
        assertThat(both).extracting(Sent::to).containsExactlyInAnyOrder(adaAt, bobAt);
        for (Sent each : both) {
            boolean toAda = each.to.equals(adaAt);
            assertThat(read(toAda ? ADA : BOB, each))
                    .isEqualTo(
                            toAda
                                    ? new Rendezvous(new Address(bob.address()), bobAt)
                                    : new Rendezvous(new Address(ada.address()), adaAt));
        }
    }

    // ---------------------------------------------------------------- as a relay

    @Test
    void tellsEachEndWhereTheOtherIs() {
        ada.learn(SOCKET4, ADA_GLOBAL, 0);
        bob.learn(SOCKET4, BOB_GLOBAL, 0);
        assertIntroduced(ADA_GLOBAL, BOB_GLOBAL, 10);
    }

    @Test
    void prefersTheScopeThatIsNearestAndThenIpv6() {
        ada.learn(SOCKET4, ADA_GLOBAL, 0);
        bob.learn(SOCKET4, BOB_GLOBAL, 0);
        ada.learn(SOCKET6, ADA_GLOBAL6, 0);
        bob.learn(SOCKET6, BOB_GLOBAL6, 0);
        assertIntroduced(ADA_GLOBAL6, BOB_GLOBAL6, 10);
        ada.learn(SOCKET4, ADA_HOME, 0);
        assertIntroduced(ADA_GLOBAL6, BOB_GLOBAL6, 1_010);
        bob.learn(SOCKET4, BOB_HOME, 0);
        assertIntroduced(ADA_HOME, BOB_HOME, 2_010);
    }

    @Test
    void saysNothingOfEndsThatCannotMeet() {
        ada.learn(SOCKET4, ADA_GLOBAL, 0);
        bob.learn(SOCKET6, BOB_GLOBAL6, 0);
        assertThat(relayed(10)).as("different families").isEmpty();
        bob.learn(SOCKET4, BOB_HOME, 0);
        assertThat(relayed(1_010)).as("different scopes").isEmpty();
        requireNonNull(bob.learn(SOCKET4, BOB_GLOBAL, 0)).noteIn(0);
        assertThat(relayed(Path.ALIVE_MILLIS)).as("silent paths").isEmpty();
    }

    @Test
    void repeatsSoonAgainOnceAnEndMoved() {
        ada.learn(SOCKET4, ADA_GLOBAL, 0);
        Path bobPath = requireNonNull(bob.learn(SOCKET4, BOB_GLOBAL, 0));
        bobPath.measured(50);
        assertThat(introductions(0, 40)).containsExactly(0L, 1_000L, 2_000L, 3_000L, 33_000L);

        var moved = new Endpoint(Ip.v4(61, 0, 0, 9), 2_000);
        requireNonNull(bob.learn(SOCKET4, moved, 41_000)).measured(5);
        assertThat(introductions(41, 60)).containsExactly(41_000L, 42_000L, 43_000L, 44_000L);
        assertThat(sent).extracting(Sent::to).doesNotContain(BOB_GLOBAL);
    }

    @Test
    void repeatsSoonAgainForEachEndThatMovedButNotForOneThatMovesAllTheTime() {
        Path adaPath = requireNonNull(ada.learn(SOCKET4, ADA_GLOBAL, 0));
        requireNonNull(bob.learn(SOCKET4, BOB_GLOBAL, 0)).measured(50);
        adaPath.measured(50);
        assertThat(introductions(0, 30)).hasSize(4);
        int latency = 40;
        requireNonNull(bob.learn(SOCKET4, endpoint(1), 31_000)).measured(latency--);
        assertThat(introductions(31, 32)).containsExactly(31_000L, 32_000L);
        requireNonNull(ada.learn(SOCKET4, endpoint(2), 33_000)).measured(latency--);
        assertThat(introductions(33, 50)).containsExactly(33_000L, 34_000L, 35_000L, 36_000L);
        int told = 0;
        for (int i = 0; i < 30; i++) {
            requireNonNull(bob.learn(SOCKET4, endpoint(3 + i % 15), 51_000 + i * 1_000L))
                    .measured(latency--);
            told += introductions(51 + i, 51 + i).size();
        }
        assertThat(told).isLessThanOrEqualTo(8);
    }

    private static Endpoint endpoint(int number) {
        return new Endpoint(Ip.v4(61, 0, 0, 100 + number), 2_000);
    }

    /** When both ends are told, with a packet passed on every second. */
    private List<Long> introductions(long fromSeconds, long toSeconds) {
        List<Long> at = new ArrayList<>();
        for (long now = fromSeconds * 1_000; now <= toSeconds * 1_000; now += 1_000) {
            for (Peer each : List.of(ada, bob)) {
                for (Path path : each.paths()) {
                    path.noteIn(now);
                }
            }
            if (!relayed(now).isEmpty()) {
                at.add(now);
            }
        }
        return at;
    }

    @Test
    void repeatsSoonAtFirstThenEveryHalfMinute() {
        Path adaPath = requireNonNull(ada.learn(SOCKET4, ADA_GLOBAL, 0));
        Path bobPath = requireNonNull(bob.learn(SOCKET4, BOB_GLOBAL, 0));
        List<Long> introducedAt = new ArrayList<>();
        for (long now = 0; now <= 70_000; now += 500) {
            adaPath.noteIn(now);
            bobPath.noteIn(now);
            if (!relayed(now).isEmpty()) {
                introducedAt.add(now);
            }
        }
        assertThat(introducedAt).containsExactly(0L, 1_000L, 2_000L, 3_000L, 33_000L, 63_000L);
    }

    // ---------------------------------------------------------------- as an end

    @Test
    void opensTheNatThenProbesUntilThePeerAnswers() {
        introducer.onRendezvous(packet(SOCKET4), new Rendezvous(new Address(ada.address()), ADA_GLOBAL), 0);
        assertThat(sent).hasSize(1);
        assertThat(sent.getFirst().bytes.length()).isEqualTo(4);
        assertThat(sent.getFirst().ttl).isEqualTo(2);
        var probe = new Probed(ada, SOCKET4, ADA_GLOBAL);
        assertThat(probed).containsExactly(probe);
        assertThat(introducer.nextDueMillis()).isEqualTo(700);
        introducer.tick(699);
        assertThat(probed).hasSize(1);
        introducer.tick(700);
        assertThat(probed).containsExactly(probe, probe);
        assertThat(introducer.nextDueMillis()).isEqualTo(2_500);
        introducer.tick(2_500);
        assertThat(probed).hasSize(3);
        assertThat(introducer.nextDueMillis()).isEqualTo(Long.MAX_VALUE);
        introducer.tick(60_000);
        assertThat(probed).hasSize(3);
    }

    @Test
    void probesNoFurtherOnceThePathIsThere() {
        introducer.onRendezvous(packet(SOCKET4), new Rendezvous(new Address(ada.address()), ADA_GLOBAL), 0);
        ada.learn(SOCKET4, ADA_GLOBAL, 100);
        introducer.tick(700);
        introducer.tick(2_500);
        assertThat(probed).hasSize(1);
        assertThat(introducer.probing()).isZero();
    }

    @Test
    void takesASocketOfTheRightFamily() {
        introducer.onRendezvous(packet(SOCKET4), new Rendezvous(new Address(ada.address()), ADA_GLOBAL6), 0);
        assertThat(probed).containsExactly(new Probed(ada, SOCKET6, ADA_GLOBAL6));
        assertThat(sent).as("no opening for IPv6").isEmpty();
    }

    @Test
    void ignoresWhatIsOfNoUse() {
        introducer.onRendezvous(packet(SOCKET4), new Rendezvous(new Address(0x4040404040L), ADA_GLOBAL), 0);
        introducer.onRendezvous(packet(SOCKET4), new Rendezvous(new Address(ada.address()), null), 0);
        usable = false;
        introducer.onRendezvous(packet(SOCKET4), new Rendezvous(new Address(ada.address()), ADA_GLOBAL), 0);
        introducer.onPush(ada, push(0, ADA_GLOBAL), 0);
        assertThat(probed).isEmpty();
        assertThat(sent).isEmpty();
        assertThat(ada.searches.isAt(ADA_GLOBAL.ip(), 0))
                .as("no search leads there either")
                .isFalse();
        usable = true;
        introducer.onRendezvous(packet(SOCKET4), new Rendezvous(new Address(ada.address()), ADA_GLOBAL), 0);
        assertThat(ada.searches.isAt(ADA_GLOBAL.ip(), 0)).isTrue();
    }

    private static PushDirectPaths push(int flags, Endpoint... endpoints) {
        return new PushDirectPaths(Arrays.stream(endpoints)
                .map(each -> new PushDirectPaths.Candidate(flags, each))
                .toList());
    }

    private static Endpoint[] many(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Endpoint(Ip.v4(63, 0, 0, i), 9993))
                .toArray(Endpoint[]::new);
    }

    @Test
    void triesEightPushedAddressesOfEachKindButNoneThatIsInUseOrToBeForgotten() {
        ada.learn(SOCKET4, ADA_GLOBAL, 0);
        introducer.onPush(ada, push(0, ADA_GLOBAL), 0);
        introducer.onPush(ada, push(PushDirectPaths.FLAG_FORGET, ADA_HOME), 0);
        assertThat(probed).isEmpty();
        List<Endpoint> mixed = new ArrayList<>(List.of(many(20)));
        mixed.add(ADA_HOME);
        mixed.add(ADA_GLOBAL6);
        introducer.onPush(ada, push(0, mixed.toArray(Endpoint[]::new)), 0);
        assertThat(probed).hasSize(10);
        assertThat(probed.subList(8, 10))
                .containsExactly(new Probed(ada, SOCKET4, ADA_HOME), new Probed(ada, SOCKET6, ADA_GLOBAL6));
    }

    @Test
    void hearsEightPushesOfAPeerAtOnceAndOneMoreEverySevenSeconds() {
        for (int i = 0; i < 20; i++) {
            introducer.onPush(ada, push(0, many(20)[i]), 0);
        }
        assertThat(probed).hasSize(8);
        introducer.onPush(bob, push(0, BOB_HOME), 0);
        assertThat(probed).as("others are not concerned").hasSize(9);
        introducer.onPush(ada, push(0, ADA_HOME), 7_500);
        assertThat(probed).hasSize(10);
    }

    @Test
    void neverKeepsMoreProbesThanItsBound() {
        for (int i = 0; i < 200; i++) {
            Peer peer =
                    requireNonNull(peers.add(CheapIdentity.of(0x5000000000L + i).identity(), 0));
            introducer.onPush(peer, push(0, many(8)), 0);
        }
        assertThat(probed).hasSize(1_600);
        assertThat(introducer.probing()).isEqualTo(Introducer.PROBES_MAX);
    }

    @Test
    void redirectsToTheOneAddressWhereThePeerSawUs() {
        assertThat(introducer.redirect(ada, SOCKET4, ADA_GLOBAL, BOB_HOME, 0)).isTrue();
        assertThat(sent).hasSize(1);
        assertThat(sent.getFirst().to).isEqualTo(ADA_GLOBAL);
        byte[] packet = sent.getFirst().bytes.toByteArray();
        assertThat(new PacketCipher(requireNonNull(ADA.agree(SELF.identity()))).open(packet, 0, packet.length))
                .isTrue();
        assertThat(PacketHeader.verb(packet, 0)).isEqualTo(Verb.PUSH_DIRECT_PATHS.id());
        assertThat(PushDirectPaths.read(new WireReader(packet, PacketHeader.BYTES, packet.length - PacketHeader.BYTES)))
                .isEqualTo(push(PushDirectPaths.FLAG_REDIRECT, BOB_HOME));
    }

    @Test
    void pushesFourTimesWhileRelayedThenSeldom() {
        own.add(BOB_GLOBAL);
        List<Long> pushedAt = new ArrayList<>();
        for (long now = 0; now <= 300_000; now += 5_000) {
            sent.clear();
            introducer.maybePush(ada, packet(SOCKET4), false, now);
            if (!sent.isEmpty()) {
                pushedAt.add(now);
            }
        }
        assertThat(pushedAt).containsExactly(0L, 15_000L, 30_000L, 45_000L, 165_000L, 285_000L);
    }

    @Test
    void neverPushesToOldPeersMoreOftenThanTheyListen() {
        own.add(BOB_GLOBAL);
        List<Long> pushedAt = new ArrayList<>();
        for (long now = 0; now <= 200_000; now += 5_000) {
            if (now <= 60_000) {
                introducer.pushNow(bob, now);
            } else {
                introducer.maybePush(bob, packet(SOCKET4), true, now);
            }
            if (bob.lastPushMillis == now) {
                pushedAt.add(now);
            }
        }
        assertThat(pushedAt)
                .as("the last change is told when it listens again")
                .containsExactly(0L, 5_000L, 10_000L, 15_000L, 80_000L, 200_000L);
    }

    @Test
    void splitsAListThatIsTooLongForOneDatagram() {
        own.addAll(Collections.nCopies(100, BOB_GLOBAL));
        introducer.maybePush(ada, packet(SOCKET4), true, 0);
        assertThat(sent.size()).isGreaterThan(1);
        assertThat(sent).allSatisfy(each -> assertThat(each.bytes.length()).isLessThanOrEqualTo(1_400));
    }
}
