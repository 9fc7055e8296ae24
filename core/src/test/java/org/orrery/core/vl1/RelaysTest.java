// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.CheapIdentity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.Verb;

/** Which root carries for a peer, and how that is found out. */
class RelaysTest {
    private static final SecretIdentity SELF = CheapIdentity.of(0x1010101010L);
    private static final SecretIdentity NEAR = CheapIdentity.of(0x2020202020L);
    private static final SecretIdentity FAR = CheapIdentity.of(0x2121212121L);
    private static final SecretIdentity FARTHEST = CheapIdentity.of(0x2222222222L);
    private static final int SOCKET = 1;
    private static final PeerVersion NEW = new PeerVersion(12, 1, 14, 2);
    private static final PeerVersion OLD = new PeerVersion(9, 1, 2, 0);
    private static final long RELAY_ROUND_TRIP = 40;

    private record Asked(Peer peer, Peer over, boolean hello, long atMillis) {}

    private record Reply(Peer peer, Expectations.Expectation to, long atMillis) {}

    private final List<Asked> asked = new ArrayList<>();
    private final List<Reply> replies = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final Peers peers = new Peers(SELF, 2, new Random(3));
    private final Relays relays = new Relays(peers, this::ask, events::add);

    /** Roots that know the peers. */
    private final Set<Peer> knowing = new HashSet<>();

    private long now = 1_000_000;
    private Peer near = root(NEAR, 1, 10);
    private Peer far = near;
    private Peer farthest = near;

    @BeforeEach
    void threeRoots() {
        peers.upstreams(
                Map.of(NEAR.identity(), Role.PLANET, FAR.identity(), Role.PLANET, FARTHEST.identity(), Role.MOON), now);
        near = root(NEAR, 1, 10);
        far = root(FAR, 2, 100);
        farthest = root(FARTHEST, 3, 200);
        peers.chooseRelay(now);
        assertThat(peers.relay()).isEqualTo(near);
        knowing.addAll(List.of(near, far, farthest));
    }

    private static Endpoint at(int number) {
        return new Endpoint(Ip.v4(60, 0, number >> 8, number & 255), 9_993);
    }

    private Peer root(SecretIdentity identity, int number, int latencyMillis) {
        Peer root = requireNonNull(peers.add(identity.identity(), now));
        root.introduced(NEW, null);
        requireNonNull(root.learn(SOCKET, at(number), now)).measured(latencyMillis);
        root.noteReceived(now);
        root.choose(now);
        return root;
    }

    private Peer peer(int number, PeerVersion version) {
        Peer peer = requireNonNull(
                peers.add(CheapIdentity.of(0x3030300000L + number).identity(), now));
        peer.introduced(version, null);
        return peer;
    }

    private void ask(Peer peer, Path path, boolean introduce, long nowMillis) {
        Peer root = requireNonNull(peers.rootAt(path.socket(), path.remote()));
        asked.add(new Asked(peer, root, introduce, nowMillis));
        if (knowing.contains(root)) {
            var question = new Expectations.Expectation(
                    peer.address(), introduce ? Verb.HELLO : Verb.ECHO, path.socket(), path.remote(), nowMillis);
            replies.add(new Reply(peer, question, nowMillis + RELAY_ROUND_TRIP));
        }
    }

    /** Frames go to {@code busy} all the time; {@code talking} send some of their own. */
    private void pass(long millis, List<Peer> busy, List<Peer> talking) {
        for (long end = now + millis; now < end; now += 10) {
            busy.forEach(peer -> peer.noteRelayed(now));
            talking.forEach(peer -> peer.noteReceived(now));
            for (Peer root : peers.upstreams()) {
                for (Path path : root.paths()) {
                    path.noteIn(now);
                }
            }
            for (Reply reply : List.copyOf(replies)) {
                if (now >= reply.atMillis) {
                    replies.remove(reply);
                    reply.peer.noteReceived(now);
                    relays.answered(reply.peer, reply.to, now);
                }
            }
            if (now - relays.nextDueMillis() >= 0) {
                relays.tick(now);
            }
        }
    }

    private void pass(long millis, Peer... busy) {
        pass(millis, List.of(busy), List.of());
    }

    private @Nullable Peer carrier(Peer peer) {
        return peers.relayFor(peer);
    }

    @Test
    void whoAnswersOverTheBestRootStaysThereAndIsSeldomAsked() {
        Peer ada = peer(1, NEW);
        pass(60_000, List.of(ada), List.of(ada));
        assertThat(carrier(ada)).isEqualTo(near);
        assertThat(asked).extracting(Asked::over).containsOnly(near);
        assertThat(asked).extracting(Asked::hello).containsOnly(false);
        assertThat(asked).hasSizeBetween(11, 13);
        assertThat(events).isEmpty();
    }

    @Test
    void anotherRootCarriesForAPeerThatOnlyThatOneReachesAndForNobodyElse() {
        knowing.remove(near);
        knowing.remove(farthest);
        Peer ada = peer(1, NEW);
        Peer idle = peer(2, NEW);
        pass(2_500, ada);
        assertThat(carrier(ada)).isEqualTo(far);
        assertThat(carrier(idle)).isEqualTo(near);
        assertThat(events).containsExactly("path.rerouted peer=" + ada + " relay=" + far + " was=" + near);
        pass(600_000, ada);
        assertThat(carrier(ada)).isEqualTo(far);
        assertThat(events).as("no to and fro").hasSize(1);
    }

    @Test
    void whatComesInOverTheBestRootDoesNotHideThatNothingGoesOut() {
        knowing.remove(near);
        Peer ada = peer(1, NEW);
        pass(8_000, List.of(ada), List.of(ada));
        assertThat(carrier(ada)).isIn(far, farthest);
        Peer found = requireNonNull(carrier(ada));
        pass(20_000, ada);
        relays.hint(ada, near, now);
        assertThat(carrier(ada)).isEqualTo(found);
    }

    @Test
    void aFewLostAnswersMoveNothing() {
        Peer ada = peer(1, NEW);
        pass(10_000, ada);
        knowing.clear();
        pass(3_000, ada);
        knowing.addAll(List.of(near, far, farthest));
        pass(10_000, ada);
        assertThat(carrier(ada)).isEqualTo(near);
        assertThat(events).isEmpty();
    }

    @Test
    void theBestRootCarriesAgainOnceItIsAnsweredOverButIsTriedLessOftenIfThatDoesNotLast() {
        knowing.remove(near);
        Peer ada = peer(1, NEW);
        List<Long> returns = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            pass(5_000, ada);
            assertThat(carrier(ada)).isNotEqualTo(near);
            knowing.add(near);
            long healed = now;
            while (carrier(ada) != near) {
                pass(100, ada);
            }
            returns.add(now - healed);
            knowing.remove(near);
            pass(10_000, ada);
        }
        assertThat(returns.getFirst()).isBetween(15_000L, 31_000L);
        assertThat(returns.getLast()).isBetween(300_000L, 490_000L);
    }

    @Test
    void aRootThatDiesLeavesItsPeersToTheBestOneAtOnce() {
        knowing.remove(near);
        Peer ada = peer(1, NEW);
        pass(3_000, ada);
        Peer own = requireNonNull(carrier(ada));
        requireNonNull(own.best()).fail();
        own.choose(now);
        peers.chooseRelay(now);
        assertThat(carrier(ada)).isEqualTo(near);
        pass(3_000, ada);
        assertThat(carrier(ada)).isNotIn(near, own);
    }

    @Test
    void theOwnersWillHoldsForEachPeer() {
        knowing.remove(near);
        knowing.remove(far);
        Peer ada = peer(1, NEW);
        peers.relayPolicy(new RelayPolicy(Set.of(), Set.of(), Set.of(new Address(farthest.address()))), now);
        pass(20_000, ada);
        assertThat(carrier(ada)).isEqualTo(near);
        assertThat(asked).extracting(Asked::over).doesNotContain(farthest);
        relays.hint(ada, farthest, now);
        assertThat(carrier(ada)).isEqualTo(near);

        peers.relayPolicy(RelayPolicy.NONE, now);
        pass(40_000, ada);
        assertThat(carrier(ada)).isEqualTo(farthest);
        peers.relayPolicy(new RelayPolicy(Set.of(), Set.of(new Address(near.address())), Set.of()), now);
        assertThat(carrier(ada)).as("at once").isEqualTo(near);
        asked.clear();
        pass(20_000, ada);
        assertThat(asked).as("there is no choice").isEmpty();
    }

    @Test
    void whoIsHeardOverARootIsAnsweredThereIfNothingElseIsKnown() {
        Peer ada = peer(1, NEW);
        relays.hint(ada, far, now);
        assertThat(carrier(ada)).isEqualTo(far);
        relays.hint(ada, farthest, now);
        assertThat(carrier(ada)).as("the first is fresh").isEqualTo(far);
        pass(Relays.KEPT_MILLIS - 1_000);
        assertThat(carrier(ada)).isEqualTo(far);
        pass(2_000);
        assertThat(carrier(ada)).as("long ago").isEqualTo(near);
    }

    @Test
    void whatComesOverAnotherRootDoesNotOutweighAnAnswer() {
        Peer ada = peer(1, NEW);
        pass(10_000, ada);
        pass(Relays.USE_MILLIS + 1_000);
        for (int i = 0; i < 10; i++) {
            relays.hint(ada, i % 2 == 0 ? far : farthest, now);
            assertThat(carrier(ada)).isEqualTo(near);
        }
    }

    @Test
    void anOldAnswerThatComesAgainProvesNothingNew() {
        knowing.remove(near);
        knowing.remove(farthest);
        Peer ada = peer(1, NEW);
        var early = new Expectations.Expectation(ada.address(), Verb.ECHO, SOCKET, at(1), now - 10);
        pass(3_000, ada);
        assertThat(carrier(ada)).isEqualTo(far);
        relays.answered(ada, early, now);
        assertThat(carrier(ada)).isEqualTo(far);
        knowing.clear();
        Peer bob = peer(2, NEW);
        pass(3_000, bob);
        var strange = new Expectations.Expectation(bob.address(), Verb.ECHO, SOCKET, at(99), now);
        relays.answered(bob, strange, now);
        assertThat(carrier(bob)).as("what went to no root").isEqualTo(near);
        relays.answered(bob, new Expectations.Expectation(bob.address(), Verb.ECHO, SOCKET, at(2), now), now);
        assertThat(carrier(bob)).as("what went to a root").isEqualTo(far);
    }

    @Test
    void aPeerWithADirectPathIsLeftAlone() {
        Peer ada = peer(1, NEW);
        ada.learn(SOCKET, at(500), now);
        relays.hint(ada, far, now);
        pass(10_000, ada);
        assertThat(asked).isEmpty();
        assertThat(ada.relay()).isNull();
    }

    @Test
    void whoAnswersOneEchoASecondIsAskedByHello() {
        Peer old = peer(1, OLD);
        pass(20_000, old);
        assertThat(asked).extracting(Asked::hello).isNotEmpty().containsOnly(true);
    }

    @Test
    void aPeerThatIsOffIsAskedTwiceAMinuteInTheEnd() {
        knowing.clear();
        Peer off = peer(1, NEW);
        pass(60_000, off);
        asked.clear();
        pass(120_000, off);
        assertThat(asked).hasSizeBetween(9, 15);
        assertThat(asked).extracting(Asked::over).contains(near, far, farthest);
    }

    @Test
    void twoHundredAreAskedInASecondAndEachPeerHasItsTurn() {
        List<Peer> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            many.add(peer(i, NEW));
        }
        pass(15_000, many, List.of());
        assertThat(asked).extracting(Asked::peer).as("each has had its turn").containsAll(many);
        assertThat(asked).hasSizeLessThan(3_200);
    }
}
