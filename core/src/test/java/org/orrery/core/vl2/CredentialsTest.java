// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.CheapIdentity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.ErrorReply;
import org.orrery.core.verb.OkBody;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.Inbound;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.Transmitter;
import org.orrery.core.vl1.Upper;
import org.orrery.core.vl1.Vl1;
import org.orrery.core.wire.WireReader;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;

/** When packets of credentials are sent again, for peers that throw away those that come too soon. */
class CredentialsTest {
    private static final SecretIdentity SELF = CheapIdentity.of(0x1010101010L);
    private static final SecretIdentity PEER = CheapIdentity.of(0x2020202020L);
    private static final long TO = PEER.identity().address().bits();
    private static final byte[] PAYLOAD = {0};
    private static final SignatureKeyPair PLANET_KEY = SignatureKeyPair.generate(new Random(1));

    private final Vl1 vl1 = new Vl1(
            SELF,
            1,
            new PeerVersion(12, 1, 14, 2),
            World.create(
                    WorldType.PLANET,
                    7,
                    1,
                    List.of(new World.Root(PEER.identity(), List.of())),
                    PLANET_KEY.publicKey(),
                    PLANET_KEY),
            new Nothing(),
            new Nowhere(),
            (identity, valid) -> {},
            new Random(2),
            line -> {},
            new NothingKept());
    private final Credentials credentials = new Credentials(
            new Ground(
                    SELF.identity(),
                    vl1,
                    new Random(3),
                    (network, source, to, type, payload, offset, length) -> {},
                    line -> {}),
            (network, member) -> {});

    @BeforeEach
    void begin() {
        vl1.start(0);
    }

    @Test
    void oneThatComesTooSoonIsRepeatedWhenItIsHeard() {
        credentials.send(TO, PAYLOAD, false, 10_000);
        assertThat(credentials.repeating()).as("the first is heard").isFalse();
        credentials.send(TO, PAYLOAD, false, 10_300);
        assertThat(credentials.repetitions()).isEqualTo(1);
        credentials.tick(10_000 + Credentials.SPACING_MILLIS - 1);
        assertThat(credentials.repetitions()).isEqualTo(1);
        credentials.tick(10_000 + Credentials.SPACING_MILLIS);
        assertThat(credentials.repeating()).isFalse();
        credentials.send(TO, PAYLOAD, false, 10_000 + 2 * Credentials.SPACING_MILLIS);
        assertThat(credentials.repeating())
                .as("long enough after the repetition")
                .isFalse();
    }

    @Test
    void anUrgentOneIsRepeatedInAnyCase() {
        credentials.send(TO, PAYLOAD, true, 10_000);
        assertThat(credentials.repetitions()).isEqualTo(1);
        credentials.send(0x3333333333L, PAYLOAD, true, 10_000);
        assertThat(credentials.repetitions())
                .as("to somebody not known yet, too")
                .isEqualTo(2);
        credentials.tick(10_000 + Credentials.SPACING_MILLIS);
        assertThat(credentials.repeating()).isFalse();
    }

    @Test
    void repetitionsToOnePeerDoNotPileUp() {
        for (int i = 0; i < 1_000; i++) {
            credentials.send(TO, PAYLOAD, i % 2 == 0, 10_000 + i);
        }
        assertThat(credentials.repetitions()).isBetween(2, 6);
        credentials.tick(20_000);
        assertThat(credentials.repeating()).isFalse();
    }

    private static final class Nowhere implements Transmitter {
        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {}

        @Override
        public void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {}
    }

    private static final class Nothing implements Upper {
        @Override
        public Outcome message(Inbound packet, Peer peer, Verb verb, WireReader body, long nowMillis) {
            throw new AssertionError("nothing arrives");
        }

        @Override
        public Outcome ok(Inbound packet, Peer peer, OkBody ok, long nowMillis) {
            throw new AssertionError("nothing arrives");
        }

        @Override
        public void error(Peer peer, ErrorReply error, long nowMillis) {}

        @Override
        public boolean insideNetwork(Ip ip) {
            return false;
        }

        @Override
        public void greeted(Peer peer, long nowMillis) {}

        @Override
        public void peerKnown(Peer peer, long nowMillis) {}
    }
}
