// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.CheapIdentity;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.bond.BondOptions;
import org.orrery.core.vl1.bond.BondPolicy;
import org.orrery.core.vl1.bond.BondSettings;
import org.orrery.core.wire.PacketHeader;

/** Copies of a frame that go over all paths of a bond. */
class SenderTest {
    private static final SecretIdentity SELF = CheapIdentity.of(0x1010101010L);
    private static final Endpoint TRUSTED = new Endpoint(Ip.v4(10, 0, 0, 2), 9_993);
    private static final Endpoint ELSEWHERE = new Endpoint(Ip.v4(60, 0, 0, 2), 9_993);
    private static final int TRUSTED_MTU = 9_000;
    private static final long NOW = 1_000_000;

    /** The suite is that of whole packets and first pieces. */
    private record Sent(Endpoint to, int bytes, int suite) {}

    private final List<Sent> sent = new ArrayList<>();
    private final Peers peers = new Peers(SELF, 1, new Random(3));
    private final Sender sender = new Sender(
            SELF.identity().address().bits(), peers, new Expectations(), new WaitingRoom(), new Wire(), (_, _) -> {});
    private final Peer ada =
            requireNonNull(peers.add(CheapIdentity.of(0x3030303030L).identity(), NOW));

    private final class Wire implements Transmitter {
        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {
            sent.add(new Sent(to, length, PacketHeader.suite(bytes, offset)));
        }

        @Override
        public void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
            throw new AssertionError("sent to " + to);
        }
    }

    private static final class Reach implements Bonds.Reach {
        @Override
        public void ask(Peer peer, int socket, Endpoint to, boolean introduce, long nowMillis) {}

        @Override
        public boolean usable(Peer peer, Endpoint to) {
            return true;
        }

        @Override
        public void changed(Peer peer, long nowMillis) {}
    }

    private void meet(List<Endpoint> order) {
        peers.pathPolicy(
                new PathPolicy(
                        List.of(new PathPolicy.Physical(
                                Prefix.parse("10.0.0.0/8").orElseThrow(), false, 77, TRUSTED_MTU)),
                        Map.of(),
                        false),
                NOW);
        ada.introduced(new PeerVersion(12, 1, 14, 2), null);
        order.forEach(to -> ada.learn(to.equals(TRUSTED) ? 1 : 2, to, NOW));
        ada.heed(peers.pathPolicy(), NOW);
        ada.noteActive(NOW);
    }

    private void broadcast() {
        var sockets = new OpenSockets();
        sockets.replace(List.of(
                new LocalSocket(1, new Endpoint(Ip.v4(10, 0, 0, 1), 9_993), "eth0"),
                new LocalSocket(2, new Endpoint(Ip.v4(60, 0, 0, 1), 9_993), "eth1")));
        new Bonds(peers, sender, sockets, new Reach(), _ -> {})
                .settings(new BondSettings(Optional.of(BondOptions.standard(BondPolicy.BROADCAST)), Map.of()), NOW);
        assertThat(requireNonNull(ada.spread()).everywhere()).isTrue();
    }

    private void whatGoesEverywhereIsSealedAndFitsEverywhere(List<Endpoint> order) {
        meet(order);
        broadcast();
        for (Verb verb : List.of(Verb.FRAME, Verb.EXT_FRAME)) {
            sent.clear();
            sender.send(ada, verb, new byte[2_800], NOW);
            for (Endpoint to : order) {
                List<Sent> copy =
                        sent.stream().filter(each -> each.to.equals(to)).toList();
                assertThat(copy).as("%s to %s", verb, to).hasSize(2);
                assertThat(copy).allSatisfy(each -> assertThat(each.bytes).isLessThanOrEqualTo(Sender.DATAGRAM_BYTES));
                assertThat(copy.getFirst().suite).isEqualTo(ada.suite());
            }
        }
    }

    @Test
    void copiesOfWhatFirstGoesOverATrustedWideLink() {
        whatGoesEverywhereIsSealedAndFitsEverywhere(List.of(TRUSTED, ELSEWHERE));
    }

    @Test
    void copiesOfWhatFirstGoesOverAnOrdinaryLink() {
        whatGoesEverywhereIsSealedAndFitsEverywhere(List.of(ELSEWHERE, TRUSTED));
    }

    @Test
    void withoutABondATrustedWideLinkIsUsedAsTheOwnerSays() {
        meet(List.of(TRUSTED));
        sender.send(ada, Verb.EXT_FRAME, new byte[2_800], NOW);
        assertThat(sent).hasSize(1);
        assertThat(sent.getFirst().suite).isEqualTo(PacketCipher.SUITE_TRUSTED_PATH);
    }
}
