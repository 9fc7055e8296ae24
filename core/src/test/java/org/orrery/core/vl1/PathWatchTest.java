// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.CheapIdentity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.Verb;

/** How a path that fell silent is asked. */
class PathWatchTest {
    private static final SecretIdentity SELF = CheapIdentity.of(0x1010101010L);
    private static final Endpoint AT = new Endpoint(Ip.v4(60, 0, 0, 2), 9_993);
    private static final int SOCKET = 1;

    private final List<String> asked = new ArrayList<>();
    private final Peers peers = new Peers(SELF, 1, new Random(3));
    private final Sender sender = new Sender(
            SELF.identity().address().bits(), peers, new Expectations(), new WaitingRoom(), new Wire(), (_, _) -> {});
    private final PathWatch watch = new PathWatch(peers, new Reach(), _ -> {});
    private long now = 1_000_000;

    private static final class Wire implements Transmitter {
        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {}

        @Override
        public void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
            throw new AssertionError("sent to " + to);
        }
    }

    private final class Reach implements PathWatch.Reach {
        @Override
        public void ask(Peer peer, Path path, boolean introduce, long nowMillis) {
            asked.add(introduce ? "hello" : "echo");
            if (!introduce) {
                echo(peer);
            }
        }

        @Override
        public void changed(Peer peer, long nowMillis) {}
    }

    private void echo(Peer peer) {
        sender.sendTo(peer, SOCKET, AT, Verb.ECHO, new byte[0], now);
    }

    private Peer peer(int protocol) {
        Peer peer = requireNonNull(peers.add(CheapIdentity.of(0x3030303030L).identity(), now));
        peer.introduced(new PeerVersion(protocol, 1, 2, 0), null);
        peer.learn(SOCKET, AT, now);
        return peer;
    }

    /** Something is sent all the time, and nothing comes; half way somebody else asks for an echo. */
    private void silence(Peer peer, boolean askedOtherwise) {
        requireNonNull(peer.best()).answered(now);
        now += 600;
        if (askedOtherwise) {
            echo(peer);
        }
        for (long end = now + 1_000; now < end; now += 100) {
            requireNonNull(peer.pathOf(SOCKET, AT)).noteOut(now);
            watch.tick(now);
        }
    }

    @Test
    void aNodeThatSleptTakesTheAnswersBeforeItDoubtsAPath() {
        Path path = requireNonNull(peer(12).best());
        watch.tick(now);
        path.noteOut(now);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 5; i++) {
                now += 100;
                path.noteOut(now);
                watch.tick(now);
            }
            assertThat(asked).as("asked once").hasSize(round + 1);
            now += 2_000;
            watch.tick(now);
            assertThat(path.doubtful()).isFalse();
            path.answered(now);
            path.noteIn(now);
        }
    }

    @Test
    void aNodeThatIsAlwaysLateFindsADeadPathNevertheless() {
        Path path = requireNonNull(peer(12).best());
        for (int i = 0; i < 20; i++) {
            now += 700;
            path.noteOut(now);
            watch.tick(now);
        }
        assertThat(path.failed()).isTrue();
    }

    @Test
    void aQuestionThatIsOpenIsPursuedThoughNothingElseIsSent() {
        Peer peer = peer(12);
        Path old = requireNonNull(peer.best());
        watch.newPath(peer, SOCKET + 1, AT, now);
        assertThat(asked).hasSize(1);
        for (int i = 0; i < 30; i++) {
            watch.tick(now);
            now += 100;
        }
        assertThat(asked).hasSizeGreaterThanOrEqualTo(5);
        assertThat(old.failed()).isTrue();
    }

    @Test
    void aPeerThatAnswersOneEchoASecondIsAskedByHelloMeanwhile() {
        silence(peer(9), false);
        assertThat(asked).startsWith("echo", "hello");
    }

    @Test
    void whateverTheEchoBeforeWasFor() {
        silence(peer(9), true);
        assertThat(asked).isNotEmpty().containsOnly("hello");
    }

    @Test
    void othersAreAskedByEchoFirst() {
        silence(peer(12), true);
        assertThat(asked).startsWith("echo", "echo", "echo", "hello");
    }
}
