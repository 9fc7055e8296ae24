// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.CheapIdentity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.Verb;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;

/** What peers are told once they answer after the node's own address changed. */
final class PathLearnerTest {
    private static final SecretIdentity SELF = CheapIdentity.of(0x1010101010L);
    private static final SecretIdentity ROOT = CheapIdentity.of(0x2020202020L);
    private static final SecretIdentity ADA = CheapIdentity.of(0x3030303030L);
    private static final Endpoint FIRST = new Endpoint(Ip.v4(60, 0, 0, 1), 1_000);
    private static final Endpoint SECOND = new Endpoint(Ip.v4(61, 0, 0, 1), 2_000);
    private static final Endpoint THIRD = new Endpoint(Ip.v4(62, 0, 0, 1), 3_000);
    private static final int SOCKET = 1;
    private static final long NOW = 1_000_000;

    private boolean surfaceKnown = true;
    private final List<Endpoint> greeted = new ArrayList<>();
    private final List<Endpoint> redirected = new ArrayList<>();
    private final Peers peers = new Peers(SELF, 1, new SplittableRandom(1));
    private final Peer ada = requireNonNull(peers.add(ADA.identity(), 0));
    private final PathLearner learner = learner();

    private PathLearner learner() {
        SignatureKeyPair signer = SignatureKeyPair.generate(new Random(1));
        World planet = World.create(
                WorldType.PLANET,
                1,
                1,
                List.of(new World.Root(ROOT.identity(), List.of(THIRD))),
                signer.publicKey(),
                signer);
        var topology = new Topology(SELF.identity(), planet);
        return new PathLearner(
                peers, topology, greeter(topology), _ -> false, _ -> true, _ -> {}, new PathLearner.Listener() {
                    @Override
                    public void reached(Peer peer, long nowMillis) {}

                    @Override
                    public boolean redirect(Peer peer, int socket, Endpoint remote, long nowMillis) {
                        if (surfaceKnown) {
                            redirected.add(remote);
                        }
                        return surfaceKnown;
                    }

                    @Override
                    public void learned(Peer peer, int socket, Endpoint remote, long nowMillis) {}
                });
    }

    private Greeter greeter(Topology topology) {
        var sender = new Sender(
                SELF.identity().address().bits(),
                peers,
                new Expectations(),
                new WaitingRoom(),
                new Greeted(),
                (_, _) -> {});
        return new Greeter(
                SELF,
                new PeerVersion(12, 1, 14, 2),
                peers,
                topology,
                new Surfaces(),
                sender,
                (_, _) -> {},
                new NoGreetings());
    }

    private final class Greeted implements Transmitter {
        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {
            greeted.add(to);
        }

        @Override
        public void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
            throw new AssertionError("sent to " + to);
        }
    }

    private static final class NoGreetings implements Greeter.Listener {
        @Override
        public void met(Peer peer, long nowMillis) {}

        @Override
        public void movedNetwork(Endpoint seen, long nowMillis) {}

        @Override
        public void planetChanged(long nowMillis) {}

        @Override
        public void moonChanged(World moon, long nowMillis) {}

        @Override
        public void received(Peer peer, Inbound packet, Verb verb, boolean trust, long nowMillis) {}
    }

    @Test
    void nobodyIsRedirectedWithoutNeed() {
        learner.heard(ada, SOCKET, FIRST, true, NOW);
        learner.heard(ada, SOCKET, SECOND, true, NOW);
        assertThat(redirected).isEmpty();
    }

    @Test
    void onceThePeerAnswersItIsToldOfAllPathsThatWorkAndOfLaterOnes() {
        learner.heard(ada, SOCKET, FIRST, true, NOW);
        ada.movedMillis = NOW + 100;
        learner.heard(ada, SOCKET, SECOND, true, NOW + 200);
        assertThat(redirected).containsExactlyInAnyOrder(FIRST, SECOND);
        redirected.clear();
        learner.heard(ada, SOCKET, SECOND, true, NOW + 300);
        assertThat(redirected).isEmpty();
        learner.heard(ada, SOCKET, THIRD, true, NOW + 90_000);
        assertThat(redirected).containsExactly(THIRD);
    }

    @Test
    void whoDoesNotSayYetWhereItSeesUsIsAskedAndRedirectedThen() {
        ada.noteTrusted(NOW);
        surfaceKnown = false;
        ada.movedMillis = NOW;
        learner.heard(ada, SOCKET, FIRST, true, NOW + 100);
        assertThat(redirected).isEmpty();
        assertThat(greeted).containsExactly(FIRST);
        learner.heard(ada, SOCKET, FIRST, true, NOW + 200);
        learner.heard(ada, SOCKET, FIRST, false, NOW + 300);
        surfaceKnown = true;
        learner.heard(ada, SOCKET, FIRST, false, NOW + 400);
        assertThat(redirected).isEmpty();
        learner.heard(ada, SOCKET, FIRST, true, NOW + 500);
        learner.heard(ada, SOCKET, FIRST, true, NOW + 600);
        assertThat(redirected).containsExactly(FIRST);
        assertThat(greeted).as("asked once").containsExactly(FIRST);
    }

    @Test
    void notLongAfterTheChangeAndNotThroughTheTunnel() {
        ada.movedMillis = NOW;
        learner.heard(ada, LocalSocket.TUNNEL_ID, FIRST, true, NOW + 100);
        learner.heard(ada, SOCKET, SECOND, true, NOW + 15_000);
        assertThat(redirected).isEmpty();
    }

    @Test
    void rootsAreLeftAlone() {
        ada.role = Role.PLANET;
        ada.movedMillis = NOW;
        learner.heard(ada, SOCKET, FIRST, true, NOW + 100);
        assertThat(redirected).isEmpty();
    }
}
