// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.CheapIdentity;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.Features;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.UserMessage;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;

class PortSearchTest {
    private static final SecretIdentity SELF = CheapIdentity.of(0x1010101010L);
    private static final SecretIdentity ADA = CheapIdentity.of(0x2020202020L);
    private static final SecretIdentity ROOT = CheapIdentity.of(0x3030303030L);
    private static final Endpoint ROOT_AT = new Endpoint(Ip.v4(50, 0, 0, 1), 9993);
    private static final Endpoint INSIDE = new Endpoint(Ip.v4(192, 168, 1, 2), 9993);
    private static final Endpoint OUTSIDE = new Endpoint(Ip.v4(62, 0, 0, 1), 40_000);
    private static final Endpoint ADA_AT = new Endpoint(Ip.v4(61, 0, 0, 1), 9993);
    private static final LocalSocket SOCKET = new LocalSocket(1, INSIDE);
    private static final long BEGIN = 10_000_000;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sent(int socket, Endpoint to, byte[] bytes) {}

    private final List<Sent> sent = new ArrayList<>();
    private final List<Sent> searched = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final List<Inbound> received = new ArrayList<>();
    private final Sockets sockets = new Sockets();
    private final OpenSockets local = new OpenSockets();
    private final Peers peers = new Peers(SELF, 1, new SplittableRandom(1));
    private final Peer root = requireNonNull(peers.add(ROOT.identity(), BEGIN));
    private final Peer ada = requireNonNull(peers.add(ADA.identity(), BEGIN));
    private final Transmitter transmitter = new Recorder();
    private final Sender sender = new Sender(
            SELF.identity().address().bits(), peers, new Expectations(), new WaitingRoom(), transmitter, (_, _) -> {});
    private final PortSearch search =
            new PortSearch(peers, sender, transmitter, local, new Random(3), new Outside(), events::add);
    private NatMapping.Kind kind = NatMapping.Kind.ENDPOINT_DEPENDENT;
    private boolean counting;
    private boolean introduced = true;
    private boolean mapped = true;
    private int openable = PortSearch.SOCKETS;

    private final class Recorder implements Transmitter {
        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {
            sent.add(new Sent(socket, to, Arrays.copyOfRange(bytes, offset, offset + length)));
        }

        @Override
        public void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
            throw new AssertionError();
        }

        @Override
        public SearchSockets searchSockets() {
            return sockets;
        }
    }

    private final class Sockets implements SearchSockets {
        boolean open;
        int kept;

        @Override
        public int open(LocalSocket beside, Ip peer, int count) {
            assertThat(beside).isEqualTo(SOCKET);
            assertThat(peer).isEqualTo(ADA_AT.ip());
            open = openable > 0;
            return Math.min(count, openable);
        }

        @Override
        public void send(int index, Endpoint to, byte[] datagram) {
            assertThat(open).isTrue();
            searched.add(new Sent(index, to, datagram.clone()));
        }

        @Override
        public @Nullable LocalSocket keep(int index) {
            open = false;
            return new LocalSocket(100 + kept++, new Endpoint(INSIDE.ip(), 20_000 + index));
        }

        @Override
        public void release(int socket) {}

        @Override
        public void close() {
            open = false;
        }
    }

    private final class Outside implements PortSearch.Reach {
        @Override
        public List<NatMapping> nat(long nowMillis) {
            return mapped ? List.of(new NatMapping(INSIDE, kind, List.of(OUTSIDE), 2)) : List.of();
        }

        @Override
        public boolean counting(long nowMillis) {
            return counting;
        }

        @Override
        public boolean usable(Peer peer, Endpoint at) {
            return true;
        }

        @Override
        public void receive(Inbound packet, long nowMillis) {
            received.add(packet);
        }
    }

    @BeforeEach
    void relayed() {
        local.replace(List.of(SOCKET));
        root.role = Role.PLANET;
        root.learn(SOCKET.id(), ROOT_AT, BEGIN);
        peers.upstreams(java.util.Map.of(ROOT.identity(), Role.PLANET), BEGIN);
        ada.introduced(new PeerVersion(12, 1, 14, 2), new Features(Features.SEARCHES_PORTS));
    }

    /** Frames flow, a root tells where Ada is, and time passes. */
    private long run(long fromMillis, long millis) {
        long now = fromMillis;
        for (; now < fromMillis + millis; now += 50) {
            if (introduced) {
                ada.searches.introduced(ADA_AT.ip(), now);
            }
            requireNonNull(root.pathOf(SOCKET.id(), ROOT_AT)).noteIn(now);
            ada.noteActive(now);
            ada.noteTrusted(now);
            search.tick(now);
        }
        return now;
    }

    /** What was told to Ada since the last call, over the root. */
    private List<SearchMessage> told() {
        List<SearchMessage> all = new ArrayList<>();
        for (Sent each : sent) {
            if (each.to.equals(ROOT_AT)) {
                byte[] packet = each.bytes.clone();
                assertThat(new PacketCipher(requireNonNull(ADA.agree(SELF.identity()))).open(packet, 0, packet.length))
                        .isTrue();
                assertThat(PacketHeader.verb(packet, 0)).isEqualTo(Verb.USER_MESSAGE.id());
                var in = new WireReader(packet, PacketHeader.BYTES, packet.length - PacketHeader.BYTES);
                all.add(requireNonNull(SearchMessage.of(requireNonNull(UserMessage.read(in)))));
            }
        }
        sent.clear();
        return all;
    }

    private void says(SearchMessage.Step step, Endpoint at, long nowMillis) {
        search.onMessage(ada, new SearchMessage(step, at), nowMillis);
    }

    private byte[] echoOfAda() {
        byte[] packet = new byte[PacketHeader.BYTES];
        PacketHeader.write(
                packet,
                0,
                7,
                SELF.identity().address().bits(),
                ADA.identity().address().bits(),
                Verb.ECHO.id());
        new PacketCipher(requireNonNull(ADA.agree(SELF.identity())))
                .seal(PacketCipher.SUITE_SALSA, packet, 0, packet.length);
        return packet;
    }

    @Test
    void offersSendsFromAllSocketsAndKeepsTheOneThatIsFound() {
        long now = run(BEGIN, 3_900);
        assertThat(told()).as("other ways are tried first").isEmpty();
        now = run(now, 1_200);
        assertThat(told()).containsExactly(new SearchMessage(SearchMessage.Step.OFFER, OUTSIDE));
        says(SearchMessage.Step.ACCEPT, ADA_AT, now);
        now = run(now, 900);
        assertThat(searched.size()).as("not all at once").isBetween(150, PortSearch.SOCKETS - 1);
        now = run(now, 500);
        assertThat(searched).hasSize(PortSearch.SOCKETS).allMatch(each -> each.to.equals(ADA_AT));
        assertThat(told()).extracting(SearchMessage::step).containsExactly(SearchMessage.Step.READY);

        search.arrived(9, new Endpoint(Ip.v4(66, 0, 0, 1), 1), echoOfAda(), now);
        byte[] forged = echoOfAda();
        forged[forged.length - 1] ^= 1;
        search.arrived(9, ADA_AT, forged, now);
        assertThat(received).as("from elsewhere, or not Ada's").isEmpty();
        search.arrived(9, ADA_AT, echoOfAda(), now);
        assertThat(received).hasSize(1).allMatch(packet -> packet.socket() == 100);
        assertThat(local.all()).contains(new LocalSocket(100, new Endpoint(INSIDE.ip(), 20_009)));
        assertThat(sockets.open).isFalse();
        assertThat(search.kept()).isEqualTo(1);
    }

    @Test
    void givesUpAndWaitsLongerEachTime() {
        long now = run(BEGIN, 5_000);
        says(SearchMessage.Step.ACCEPT, ADA_AT, now);
        now = run(now, 11_000);
        assertThat(events).last().asString().startsWith("search.failed");
        assertThat(sockets.open).isFalse();
        assertThat(search.says(ada, now)).contains("found none");
        told();
        now = run(now, 580_000);
        assertThat(told()).isEmpty();
        for (int i = 0; i < 300 && sent.isEmpty(); i++) {
            now = run(now, 100);
        }
        assertThat(told()).hasSize(1);
        says(SearchMessage.Step.ACCEPT, ADA_AT, now);
        now = run(now, 11_000);
        assertThat(events).last().asString().startsWith("search.failed");
        told();
        run(now, 1_150_000);
        assertThat(told()).isEmpty();
    }

    @Test
    void isNotForNatsThatCountNorForPeersThatDoNotSearch() {
        counting = true;
        long now = run(BEGIN, 20_000);
        counting = false;
        ada.introduced(new PeerVersion(12, 1, 14, 2), new Features(0));
        now = run(now, 60_000);
        ada.introduced(new PeerVersion(12, 1, 14, 2), new Features(Features.SEARCHES_PORTS));
        search.want(false);
        now = run(now, 60_000);
        assertThat(told()).isEmpty();
        says(SearchMessage.Step.OFFER, ADA_AT, now);
        assertThat(told()).extracting(SearchMessage::step).containsExactly(SearchMessage.Step.BUSY);
    }

    @Test
    void helpsByTryingManyPortsAtABoundedPace() {
        kind = NatMapping.Kind.ENDPOINT_INDEPENDENT;
        long now = run(BEGIN, 500);
        says(SearchMessage.Step.OFFER, ADA_AT, now);
        assertThat(told()).containsExactly(new SearchMessage(SearchMessage.Step.ACCEPT, OUTSIDE));
        now = run(now, 1_000);
        assertThat(sent).as("not before it is ready").isEmpty();
        says(SearchMessage.Step.READY, ADA_AT, now);
        now = run(now, 1_000);
        assertThat(sent).hasSizeBetween(200, 300);
        run(now, 10_000);
        Set<Integer> ports = new HashSet<>();
        for (Sent each : sent) {
            assertThat(each.to.ip()).isEqualTo(ADA_AT.ip());
            assertThat(each.to.port()).isGreaterThanOrEqualTo(1_024);
            ports.add(each.to.port());
        }
        assertThat(ports).hasSize(PortSearch.PROBES);
        assertThat(sent).hasSize(PortSearch.PROBES);
        assertThat(search.helping()).isZero();
    }

    @Test
    void doesNotSendWhereAPeerSaysButWhereARootHasSeenIt() {
        kind = NatMapping.Kind.ENDPOINT_INDEPENDENT;
        long now = run(BEGIN, 500);
        says(SearchMessage.Step.OFFER, new Endpoint(Ip.v4(66, 0, 0, 1), 0), now);
        assertThat(told()).extracting(SearchMessage::step).containsExactly(SearchMessage.Step.BUSY);
        says(SearchMessage.Step.OFFER, ADA_AT, now);
        says(SearchMessage.Step.READY, ADA_AT, now);
        now = run(now, 10_000);
        sent.clear();
        says(SearchMessage.Step.OFFER, ADA_AT, now);
        assertThat(told())
                .as("not again within five minutes")
                .extracting(SearchMessage::step)
                .containsExactly(SearchMessage.Step.BUSY);
    }

    @Test
    void acceptsNobodyElsesEndpointAndNoSearchWithoutSockets() {
        long now = run(BEGIN, 5_000);
        says(SearchMessage.Step.ACCEPT, new Endpoint(Ip.v4(66, 0, 0, 1), 9993), now);
        run(now, 2_000);
        assertThat(searched).isEmpty();
        openable = 0;
        now = run(now + 601_000, 2_000);
        assertThat(told()).isNotEmpty();
        says(SearchMessage.Step.ACCEPT, ADA_AT, now);
        run(now, 2_000);
        assertThat(searched).isEmpty();
    }

    @Test
    void twoThatChooseByChanceLeaveItAtOnce() {
        long now = run(BEGIN, 500);
        says(SearchMessage.Step.OFFER, ADA_AT, now);
        assertThat(told()).extracting(SearchMessage::step).containsExactly(SearchMessage.Step.HOPELESS);
        now = run(now, 5_000);
        told();
        says(SearchMessage.Step.HOPELESS, ADA_AT, now);
        run(now, 600_000);
        assertThat(told()).isEmpty();
        assertThat(search.says(ada, now)).contains("too many tries");
    }

    @Test
    void whoExchangesNothingOverARelayGetsNeitherAnAnswerNorALine() {
        long now = run(BEGIN, 500) + 5_000;
        for (int i = 0; i < 100; i++) {
            says(SearchMessage.Step.OFFER, ADA_AT, now + i * 60_000L);
        }
        assertThat(told()).isEmpty();
        assertThat(events).isEmpty();
    }

    @Test
    void whoOffersWithoutEndGetsSeldomAnAnswerAndALine() {
        kind = NatMapping.Kind.ENDPOINT_INDEPENDENT;
        search.want(false);
        long now = run(BEGIN, 500);
        for (int i = 0; i < 600; i++) {
            says(SearchMessage.Step.OFFER, ADA_AT, now);
            now = run(now, 100);
        }
        assertThat(told()).hasSizeBetween(4, 6);
        assertThat(events).hasSizeBetween(4, 6);
    }

    @Test
    void whoWasDeclinedSomeTimesIsHeardWhenItIsReady() {
        kind = NatMapping.Kind.ENDPOINT_INDEPENDENT;
        introduced = false;
        long now = run(BEGIN, 500);
        for (int i = 0; i < 3; i++) {
            says(SearchMessage.Step.OFFER, ADA_AT, now);
        }
        introduced = true;
        now = run(now, 100);
        says(SearchMessage.Step.OFFER, ADA_AT, now);
        says(SearchMessage.Step.READY, ADA_AT, now);
        sent.clear();
        run(now, 1_000);
        assertThat(sent).hasSizeGreaterThan(200);
    }

    @Test
    void thePaceIsNotInTheHandsOfWhoIsHelped() {
        kind = NatMapping.Kind.ENDPOINT_INDEPENDENT;
        List<Peer> others = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            others.add(
                    requireNonNull(peers.add(CheapIdentity.of(0x5000000000L + i).identity(), BEGIN)));
        }
        long now = run(BEGIN, 500);
        says(SearchMessage.Step.OFFER, ADA_AT, now);
        says(SearchMessage.Step.READY, ADA_AT, now);
        sent.clear();
        long until = now + 1_000;
        for (; now < until; now += 10) {
            search.onMessage(
                    others.get((int) (until - now) / 10 - 1), new SearchMessage(SearchMessage.Step.READY, ADA_AT), now);
            search.tick(now);
        }
        assertThat(sent).hasSizeBetween(200, 275);
    }

    @Test
    void anotherNetworkOfThePeersIsSearchedAnew() {
        long now = run(BEGIN, 5_000);
        says(SearchMessage.Step.HOPELESS, ADA_AT, now);
        now = run(now, 400_000);
        told();
        introduced = false;
        ada.searches.introduced(Ip.v4(61, 0, 0, 2), now);
        assertThat(search.says(ada, now)).isEmpty();
        now = run(now, 2_000);
        assertThat(told()).extracting(SearchMessage::step).containsExactly(SearchMessage.Step.OFFER);
        says(SearchMessage.Step.HOPELESS, ADA_AT, now);
        ada.searches.introduced(ADA_AT.ip(), now);
        run(now, 200_000);
        assertThat(told()).as("not each time that it changes").isEmpty();
    }

    @Test
    void whatARootSaidLongAgoCountsNoMore() {
        kind = NatMapping.Kind.ENDPOINT_INDEPENDENT;
        long now = run(BEGIN, 500);
        introduced = false;
        now = run(now, PeerSearches.INTRODUCED_MILLIS);
        says(SearchMessage.Step.OFFER, ADA_AT, now);
        assertThat(told()).extracting(SearchMessage::step).containsExactly(SearchMessage.Step.BUSY);
        ada.searches.introduced(ADA_AT.ip(), now);
        says(SearchMessage.Step.OFFER, ADA_AT, now);
        assertThat(told()).extracting(SearchMessage::step).containsExactly(SearchMessage.Step.ACCEPT);
    }

    @Test
    void whoKnowsNothingOfItsNatYetIsOnlyBusy() {
        mapped = false;
        long now = run(BEGIN, 500);
        says(SearchMessage.Step.OFFER, ADA_AT, now);
        assertThat(told()).extracting(SearchMessage::step).containsExactly(SearchMessage.Step.BUSY);
    }

    @Test
    void messagesOfOthersAreNoneOfOurs() {
        var ours = new SearchMessage(SearchMessage.Step.READY, ADA_AT);
        byte[] payload = ours.payload();
        UserMessage read = requireNonNull(UserMessage.read(new WireReader(payload)));
        assertThat(SearchMessage.of(read)).isEqualTo(ours);
        assertThat(SearchMessage.of(new UserMessage(100, read.data()))).isNull();
        for (int length = 0; length < read.data().length(); length++) {
            byte[] part = Arrays.copyOf(read.data().toByteArray(), length);
            assertThat(SearchMessage.of(new UserMessage(SearchMessage.TYPE, Bytes.copyOf(part))))
                    .isNull();
        }
        byte[] unknown = read.data().toByteArray();
        unknown[0] = 77;
        assertThat(SearchMessage.of(new UserMessage(SearchMessage.TYPE, Bytes.copyOf(unknown))))
                .isNull();
    }
}
