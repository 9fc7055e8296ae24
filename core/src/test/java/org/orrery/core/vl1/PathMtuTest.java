// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.CheapIdentity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.OkEcho;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.Verb;
import org.orrery.core.wire.PacketHeader;

/** Of whom long echoes are asked, and how many. */
class PathMtuTest {
    private static final SecretIdentity SELF = CheapIdentity.of(0x1010101010L);
    private static final SecretIdentity ROOT = CheapIdentity.of(0x2020202020L);
    private static final SecretIdentity OTHER_ROOT = CheapIdentity.of(0x2121212121L);
    private static final int SOCKET = 1;
    private static final int FRAME_BYTES = 1_400;
    private static final PeerVersion NEW = new PeerVersion(12, 1, 14, 2);
    private static final PeerVersion OLD = new PeerVersion(9, 1, 2, 0);

    private record Sent(Endpoint to, int bytes, long atMillis) {}

    private final List<Sent> sent = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final Peers peers = new Peers(SELF, 1, new Random(3));
    private long now = 1_000_000;
    private final Sender sender = new Sender(
            SELF.identity().address().bits(), peers, new Expectations(), new WaitingRoom(), new Wire(), (_, _) -> {});
    private final PathMtu mtus = new PathMtu(peers, sender, new Random(4), events::add);

    private final class Wire implements Transmitter {
        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {
            sent.add(new Sent(to, length, now));
        }

        @Override
        public void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
            throw new AssertionError("sent to " + to);
        }
    }

    private static Endpoint at(int number) {
        return new Endpoint(Ip.v4(60, 0, number >> 8, number & 255), 9_993);
    }

    private Peer peer(int number, PeerVersion version) {
        Peer peer = requireNonNull(
                peers.add(CheapIdentity.of(0x3030300000L + number).identity(), now));
        peer.introduced(version, null);
        return peer;
    }

    private Peer directPeer(int number, PeerVersion version) {
        Peer peer = peer(number, version);
        peer.learn(SOCKET, at(number), now);
        return peer;
    }

    /** A packet of {@code bytes} goes to it, and something comes from it. */
    private void traffic(Peer peer, int bytes) {
        Peer relay = peers.relay();
        Path way = peer.best() != null ? peer.best() : relay == null ? null : relay.best();
        Path over = requireNonNull(way);
        peer.cutBytes(over, over == peer.best(), bytes);
        over.noteOut(now);
        over.noteIn(now);
        if (over != peer.best()) {
            peer.noteRelayed(now);
        }
        peer.noteActive(now);
    }

    private void pass(long millis, int bytes, Peer... busy) {
        for (long end = now + millis; now < end; now += 10) {
            for (Peer each : busy) {
                traffic(each, bytes);
            }
            if (now - mtus.nextDueMillis() >= 0) {
                mtus.tick(now);
            }
        }
    }

    @Test
    void onlyWhereLongPacketsGoIsAnythingAsked() {
        Peer ada = directPeer(1, NEW);
        Peer bob = directPeer(2, NEW);
        pass(10_000, MtuSearch.SHORTEST, ada, bob);
        assertThat(sent).isEmpty();
        traffic(ada, FRAME_BYTES);
        pass(1_000, 100, ada, bob);
        assertThat(sent).extracting(Sent::to).isNotEmpty().containsOnly(at(1));
        pass(9_000, 100, ada, bob);
        sent.clear();
        pass(10_000, 100, ada, bob);
        assertThat(sent).as("long ago").isEmpty();
    }

    @Test
    void fiftyAreAskedInASecondAndEachPeerHasItsTurn() {
        Peer[] all = new Peer[400];
        for (int i = 0; i < all.length; i++) {
            all[i] = directPeer(i, NEW);
        }
        pass(20_000, FRAME_BYTES, all);
        assertThat(sent).hasSizeBetween(900, 1_020);
        Map<Endpoint, Long> each = sent.stream().collect(Collectors.groupingBy(Sent::to, Collectors.counting()));
        assertThat(each).as("peers asked").hasSize(all.length);
    }

    @Test
    void aSlowPeerIsAskedOneEchoASecondForWhateverReason() {
        Peer old = directPeer(1, OLD);
        for (int i = 0; i < 60; i++) {
            sender.sendTo(old, SOCKET, at(1), Verb.ECHO, new byte[0], now);
            sent.clear();
            pass(1_000, FRAME_BYTES, old);
            assertThat(sent).as("one would be lost, and shorten datagrams").isEmpty();
        }
        pass(30_000, FRAME_BYTES, old);
        assertThat(sent).isNotEmpty();
        for (int i = 1; i < sent.size(); i++) {
            assertThat(sent.get(i).atMillis - sent.get(i - 1).atMillis).isGreaterThanOrEqualTo(1_100);
        }
    }

    private Peer root(SecretIdentity identity, int number) {
        Peer root = requireNonNull(peers.find(identity.identity().address().bits()));
        root.introduced(NEW, null);
        root.learn(SOCKET, at(number), now);
        return root;
    }

    @Test
    void whatPassedOverOneRootSaysNothingOfAnother() {
        peers.upstreams(Map.of(ROOT.identity(), Role.PLANET, OTHER_ROOT.identity(), Role.PLANET), now);
        Peer root = root(ROOT, 10);
        peers.chooseRelay(now);
        assertThat(peers.relay()).isEqualTo(root);
        Peer ada = peer(1, NEW);
        traffic(ada, FRAME_BYTES);
        for (int i = 0; i < 400; i++) {
            int before = sent.size();
            pass(10, FRAME_BYTES, ada);
            if (sent.size() > before && sent.getLast().bytes <= 1_252) {
                answer(ada, sent.getLast().bytes);
            }
        }
        assertThat(requireNonNull(ada.relayedMtu).bytes()).isEqualTo(1_220);
        assertThat(events).containsExactly("path.mtu peer=" + ada + " via=relay bytes=1220");
        assertThat(ada.cutBytes(requireNonNull(root.best()), false, FRAME_BYTES))
                .isEqualTo(1_220);

        Peer other = root(OTHER_ROOT, 11);
        ada.relay(other);
        pass(600, 100, ada);
        assertThat(ada.cutBytes(requireNonNull(other.best()), false, FRAME_BYTES))
                .as("a root of its own")
                .isEqualTo(Sender.DATAGRAM_BYTES);
        ada.relayedMtu().next(Sender.DATAGRAM_BYTES, new MtuSearch.Pace(1, 1, false), now);
        MtuSearch before = ada.relayedMtu();
        pass(600, 100, ada);
        assertThat(ada.relayedMtu()).as("kept while nothing changes").isSameAs(before);

        requireNonNull(root.best()).fail();
        root.choose(now);
        peers.chooseRelay(now);
        ada.relay(null);
        assertThat(peers.relay()).isEqualTo(other);
        pass(600, 100, ada);
        assertThat(ada.cutBytes(requireNonNull(other.best()), false, FRAME_BYTES))
                .isEqualTo(Sender.DATAGRAM_BYTES);
    }

    private void answer(Peer peer, int bytes) {
        byte[] body = new byte[bytes - PacketHeader.BYTES];
        long token = requireNonNull(peer.relayedMtu).token;
        for (int i = 0; i < Long.BYTES; i++) {
            body[i] = (byte) (token >>> 56 - 8 * i);
        }
        mtus.answered(peer, new OkEcho(Bytes.copyOf(body)), now);
    }
}
