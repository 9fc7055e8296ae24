// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.CheapIdentity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/** Who is looked at many times a second. */
class PeersInUseTest {
    private static final SecretIdentity SELF = CheapIdentity.of(0x1010101010L);
    private static final int SOCKET = 1;

    private final Peers peers = new Peers(SELF, 1, new Random(3));
    private long now = 1_000_000;

    private Peer peer(int number) {
        Peer peer = requireNonNull(
                peers.add(CheapIdentity.of(0x3030300000L + number).identity(), now));
        peer.learn(SOCKET, new Endpoint(Ip.v4(60, 0, 0, number), 9_993), now);
        return peer;
    }

    private static Path path(Peer peer) {
        return requireNonNull(peer.best());
    }

    private List<Peer> visited() {
        return visited(now);
    }

    private List<Peer> visited(long atMillis) {
        List<Peer> visited = new ArrayList<>();
        peers.used().forEach(atMillis, visited::add);
        return visited;
    }

    @Test
    void whoeverIsSentToIsThereOnceUntilASecondAfter() {
        Peer ada = peer(1);
        peer(2);
        assertThat(visited()).isEmpty();
        for (int i = 0; i < 50; i++) {
            now += 100;
            path(ada).noteOut(now);
            assertThat(visited()).containsExactly(ada);
        }
        now += 900;
        assertThat(visited()).containsExactly(ada);
        now += 600;
        assertThat(visited()).isEmpty();
        path(ada).noteOut(now);
        assertThat(visited()).containsExactly(ada);
    }

    @Test
    void useThatBeginsAnewJustBeforeItWouldEndIsNotMissed() {
        Peer ada = peer(1);
        for (int pause = 1; pause < 2_000; pause++) {
            path(ada).noteOut(now);
            assertThat(visited()).as("after a pause of %d ms", pause - 1).containsExactly(ada);
            now += pause;
            visited();
        }
    }

    @Test
    void questionsFailuresAndRelayedPacketsCountToo() {
        Peer ada = peer(1);
        Peer bob = peer(2);
        Peer eve = peer(3);
        path(ada).noteOut(now);
        path(ada).asked = 1;
        path(bob).fail();
        eve.noteRelayed(now);
        now += 2_500;
        assertThat(visited()).containsExactly(ada, bob, eve);
        path(ada).answered(now);
        now += 2_500;
        assertThat(visited()).as("until the path is forgotten").containsExactly(bob);
        now += Path.EXPIRED_MILLIS;
        assertThat(visited()).isEmpty();
    }

    @Test
    void whoIsForgottenIsNotLookedAt() {
        Peer ada = peer(1);
        path(ada).fail();
        assertThat(visited()).containsExactly(ada);
        now += Peer.ALIVE_MILLIS;
        peers.expire(now);
        assertThat(visited()).isEmpty();
    }

    @Test
    void theNextPassBeginsWhereNothingWasLeft() {
        for (int i = 1; i <= 10; i++) {
            path(peer(i)).noteOut(now);
        }
        List<Peer> all = visited();
        var turn = new PeersInUse.Turn();
        int[] left = {0};
        List<Peer> served = new ArrayList<>();
        for (int pass = 0; pass < 5; pass++) {
            left[0] = 4;
            peers.used().forEach(turn, now, peer -> {
                if (left[0] == 0) {
                    return false;
                }
                left[0]--;
                return served.add(peer);
            });
        }
        assertThat(served.subList(0, 10)).isEqualTo(all);
        assertThat(served.subList(10, 20)).isEqualTo(all);
    }

    @SuppressWarnings("ThreadPriorityCheck") // the other one may be waiting for this processor
    private static void awaitTime(AtomicLong clock, long millis) {
        for (int spins = 1; clock.get() < millis; spins++) {
            if (spins % 1_000 == 0) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** A lane sends as it likes while the control lane looks: a peer in use does not stay unseen. */
    @Test
    void aLaneAndTheControlLaneAgree() throws InterruptedException {
        Peer ada = peer(1);
        var clock = new AtomicLong(now);
        var sent = new AtomicLong();
        var random = new Random(4);
        Thread lane = Thread.ofPlatform().start(() -> {
            for (int use = 0; use < 20_000; use++) {
                awaitTime(clock, sent.get() + Path.USE_MILLIS); // just when it is to be left out
                for (int spin = random.nextInt(100); spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                for (int packet = 0; packet < 4; packet++) {
                    long at = clock.get();
                    path(ada).noteOut(at);
                    sent.set(at);
                    awaitTime(clock, at + 100);
                }
            }
        });
        long missed = 0;
        long rested = 0;
        while (lane.isAlive()) {
            long noted = sent.get();
            long at = clock.addAndGet(100);
            boolean seen = !visited(at).isEmpty();
            missed += at - noted < Path.USE_PAUSE_MILLIS && !seen ? 1 : 0;
            rested += seen ? 0 : 1;
        }
        lane.join();
        assertThat(missed).isZero();
        assertThat(rested).as("times it was left out").isPositive();
    }
}
