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
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.value.Address;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.bond.BondOptions;
import org.orrery.core.vl1.bond.BondPolicy;
import org.orrery.core.vl1.bond.BondSettings;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;

/** When peers are bonded, what is asked and reported then, and what of theirs is taken. */
final class BondsTest {
    private static final SecretIdentity SELF = CheapIdentity.of(0x1010101010L);
    private static final Endpoint FIRST = new Endpoint(Ip.v4(60, 0, 0, 2), 9_993);
    private static final Endpoint SECOND = new Endpoint(Ip.v4(61, 0, 0, 2), 9_993);
    private static final LocalSocket ETH0 = new LocalSocket(1, new Endpoint(Ip.v4(60, 0, 0, 1), 9_993), "eth0");
    private static final LocalSocket ETH1 = new LocalSocket(2, new Endpoint(Ip.v4(61, 0, 0, 1), 9_993), "eth1");
    /** What a search for a port left. */
    private static final LocalSocket KEPT = new LocalSocket(3, new Endpoint(Ip.v4(60, 0, 0, 1), 40_001), "eth0");

    private static final PeerVersion NEW = new PeerVersion(12, 1, 14, 2);
    private static final PeerVersion OLD = new PeerVersion(9, 1, 2, 0);

    private record Sent(int socket, Endpoint to, Bytes packet) {}

    private final List<Sent> sent = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final Peers peers = new Peers(SELF, 1, new Random(3));
    private final Bonds bonds = bonds();
    private final Peer ada = peer(0x3030303030L, NEW);
    private long now = 1_000_000;

    private Bonds bonds() {
        var sender = new Sender(
                SELF.identity().address().bits(),
                peers,
                new Expectations(),
                new WaitingRoom(),
                new Wire(),
                (_, _) -> {});
        var sockets = new OpenSockets();
        sockets.replace(List.of(ETH0, ETH1, LocalSocket.TUNNEL));
        sockets.addFound(KEPT);
        return new Bonds(peers, sender, sockets, new Reach(), events::add);
    }

    private final class Wire implements Transmitter {
        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {
            sent.add(new Sent(socket, to, Bytes.copyOf(bytes, offset, length)));
        }

        @Override
        public void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
            throw new AssertionError("sent to " + to);
        }
    }

    private final class Reach implements Bonds.Reach {
        @Override
        public void ask(Peer peer, int socket, Endpoint to, boolean introduce, long nowMillis) {
            asked.add((introduce ? "hello " : "echo ") + socket + " " + to);
        }

        @Override
        public boolean usable(Peer peer, Endpoint to) {
            return true;
        }

        @Override
        public void changed(Peer peer, long nowMillis) {}
    }

    private Peer peer(long address, PeerVersion version) {
        Peer peer = requireNonNull(peers.add(CheapIdentity.of(address).identity(), 0));
        peer.introduced(version, null);
        return peer;
    }

    private void use(BondPolicy policy) {
        bonds.settings(new BondSettings(Optional.of(BondOptions.standard(policy)), Map.of()), now);
    }

    /** Gives it two paths, and something to exchange. */
    private void meet(Peer peer) {
        peer.learn(ETH0.id(), FIRST, now);
        peer.learn(ETH1.id(), SECOND, now);
        peer.noteActive(now);
    }

    private void pass(long millis) {
        for (long end = now + millis; now < end; ) {
            now += 50;
            bonds.tick(now);
        }
    }

    private DropReason report(Peer peer, int socket, Endpoint from, byte[] body) {
        var in = new Inbound(socket, from, new byte[PacketHeader.BYTES], peer, now);
        return bonds.onReport(in, peer, new WireReader(body), now).reason();
    }

    @Test
    void onlyLeavesInUseAreBonded() {
        use(BondPolicy.BALANCE_RR);
        pass(1_000);
        assertThat(ada.bond()).as("no path").isNull();
        ada.learn(ETH0.id(), FIRST, now);
        pass(1_000);
        assertThat(ada.bond()).as("nothing is exchanged").isNull();
        ada.noteActive(now);
        ada.role = Role.PLANET;
        pass(1_000);
        assertThat(ada.bond()).as("a root").isNull();
        ada.role = Role.LEAF;
        pass(1_000);
        assertThat(ada.bond()).isNotNull();
        assertThat(ada.spread()).as("one link alone").isNull();
        ada.learn(ETH1.id(), SECOND, now);
        assertThat(requireNonNull(ada.spread()).paths()).hasSize(2);
        bonds.settings(BondSettings.NONE, now);
        assertThat(ada.bond()).isNull();
        assertThat(ada.spread()).isNull();
        assertThat(events).last().isEqualTo("bond.down peer=3030303030 reason=local.conf wants something else now");
        assertThat(bonds.nextDueMillis()).as("nothing to do").isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aBondEndsWithTheTrafficAndWithTheLastPath() {
        meet(ada);
        use(BondPolicy.BALANCE_RR);
        ada.tidy(now, _ -> false);
        pass(500);
        assertThat(ada.bond()).isNull();
        assertThat(events).last().isEqualTo("bond.down peer=3030303030 reason=no direct path is left");
        meet(ada);
        pass(500);
        assertThat(ada.bond()).isNotNull();
        now += Peer.ALIVE_MILLIS;
        pass(500);
        assertThat(events).last().isEqualTo("bond.down peer=3030303030 reason=nothing was exchanged for minutes");
    }

    @Test
    void aPeerThatIsNamedHasItsOwnPolicy() {
        meet(ada);
        bonds.settings(
                new BondSettings(
                        Optional.of(BondOptions.standard(BondPolicy.BALANCE_RR)),
                        Map.of(new Address(ada.address()), BondOptions.standard(BondPolicy.BROADCAST))),
                now);
        assertThat(requireNonNull(ada.spread()).everywhere()).isTrue();
        assertThat(ada.duplicates()).isNotNull();
        use(BondPolicy.BALANCE_RR);
        assertThat(requireNonNull(ada.spread()).byPacket()).isTrue();
        assertThat(ada.duplicates()).isNull();
    }

    @Test
    void silentLinksAreAskedAtThePaceOfTheInterval() {
        meet(ada);
        use(BondPolicy.ACTIVE_BACKUP);
        asked.clear();
        pass(1_650);
        assertThat(asked).isEmpty();
        pass(1_600);
        assertThat(asked).containsExactlyInAnyOrder("echo 1 " + FIRST, "echo 2 " + SECOND);
    }

    @Test
    void linksAreUsedOnAfterASleepUntilQuestionsGoUnanswered() {
        meet(ada);
        use(BondPolicy.ACTIVE_BACKUP);
        events.clear();
        asked.clear();
        now += 10_000;
        pass(2_400);
        assertThat(asked)
                .containsExactlyInAnyOrder(
                        "echo 1 " + FIRST, "echo 2 " + SECOND, "echo 1 " + FIRST, "echo 2 " + SECOND);
        assertThat(events).isEmpty();
        pass(600);
        assertThat(events).containsExactly("bond.links peer=3030303030 policy=active-backup links=0 over=none");
    }

    @Test
    void whoAnswersFewEchoesIsAskedByHello() {
        Peer bob = peer(0x4040404040L, OLD);
        meet(bob);
        use(BondPolicy.ACTIVE_BACKUP);
        asked.clear();
        pass(2_000);
        assertThat(asked).containsExactlyInAnyOrder("hello 1 " + FIRST, "hello 2 " + SECOND);
    }

    @Test
    void furtherPairsAreLookedForFromEachSocket() {
        ada.learn(ETH0.id(), FIRST, now);
        ada.noteActive(now);
        use(BondPolicy.ACTIVE_BACKUP);
        assertThat(asked).containsExactly("echo 2 " + FIRST);
    }

    @Test
    void reportsGoInTheClearOverThePathTheyAreAboutToThoseWhoKnowThem() {
        Peer bob = peer(0x4040404040L, OLD);
        meet(ada);
        meet(bob);
        use(BondPolicy.BALANCE_XOR);
        for (Peer peer : List.of(ada, bob)) {
            requireNonNull(peer.pathOf(ETH1.id(), SECOND)).noteIn(0x0102030405060709L, now);
        }
        pass(2_000);
        assertThat(sent).singleElement().satisfies(each -> {
            byte[] packet = each.packet().toByteArray();
            assertThat(each.socket()).isEqualTo(ETH1.id());
            assertThat(each.to()).isEqualTo(SECOND);
            assertThat(PacketHeader.destination(packet, 0)).isEqualTo(ada.address());
            assertThat(PacketHeader.suite(packet, 0)).isZero();
            assertThat(PacketHeader.verb(packet, 0)).isEqualTo(Verb.QOS_MEASUREMENT.id());
            assertThat(packet).hasSize(PacketHeader.BYTES + 10);
            assertThat(packet[PacketHeader.BYTES]).as("little-endian").isEqualTo((byte) 9);
        });
    }

    @Test
    void reportsAreTakenFromBondedPeersOnlyAndNotTooMany() {
        meet(ada);
        assertThat(report(ada, ETH0.id(), FIRST, new byte[10])).isEqualTo(DropReason.UNKNOWN_VERB);
        use(BondPolicy.BALANCE_XOR);
        assertThat(report(ada, ETH0.id(), FIRST, new byte[8])).isEqualTo(DropReason.BAD_FIELD);
        assertThat(report(ada, ETH0.id(), FIRST, new byte[1_401])).isEqualTo(DropReason.BAD_FIELD);
        assertThat(report(ada, ETH0.id(), new Endpoint(Ip.v4(9, 9, 9, 9), 9), new byte[10]))
                .as("of no path")
                .isEqualTo(DropReason.NONE);
        for (int i = 4; i <= 128; i++) {
            assertThat(report(ada, ETH0.id(), FIRST, new byte[1_400])).isEqualTo(DropReason.NONE);
        }
        assertThat(report(ada, ETH0.id(), FIRST, new byte[10])).isEqualTo(DropReason.RATE_LIMITED);
        now += 157;
        assertThat(report(ada, ETH0.id(), FIRST, new byte[10])).isEqualTo(DropReason.NONE);
    }

    @Test
    void requestsForPathsAreLookedAtAndLeftAlone() {
        meet(ada);
        assertThat(bonds.onNegotiation(ada, new WireReader(new byte[2]), now).reason())
                .isEqualTo(DropReason.UNKNOWN_VERB);
        use(BondPolicy.ACTIVE_BACKUP);
        Path before = ada.best();
        assertThat(bonds.onNegotiation(ada, new WireReader(new byte[2]), now))
                .isEqualTo(Upper.Outcome.dropped(DropReason.NONE));
        assertThat(bonds.onNegotiation(ada, new WireReader(new byte[3]), now).reason())
                .isEqualTo(DropReason.BAD_FIELD);
        assertThat(ada.best()).isEqualTo(before);
    }

    @Test
    void rotatesAndCutsAsAsked() {
        meet(ada);
        assertThat(bonds.rotate(ada.address(), now)).isFalse();
        use(BondPolicy.ACTIVE_BACKUP);
        Path before = requireNonNull(ada.best());
        assertThat(bonds.rotate(ada.address(), now)).isTrue();
        Path after = requireNonNull(ada.best());
        assertThat(after).isNotEqualTo(before);
        assertThat(bonds.rotate(0x123456789aL, now)).isFalse();
        assertThat(bonds.linkMtu(1_200, "eth0", FIRST.ip())).isTrue();
        assertThat(requireNonNull(ada.pathOf(ETH0.id(), FIRST)).mtuBytes()).isEqualTo(1_200);
        assertThat(requireNonNull(ada.pathOf(ETH1.id(), SECOND)).mtuBytes()).isEqualTo(Sender.DATAGRAM_BYTES);
        assertThat(bonds.linkMtu(68, "eth1", SECOND.ip())).isTrue();
        assertThat(requireNonNull(ada.pathOf(ETH1.id(), SECOND)).mtuBytes()).isEqualTo(Bonds.MTU_MIN);
        assertThat(bonds.linkMtu(1_200, "eth0", SECOND.ip())).isFalse();
        bonds.settings(BondSettings.NONE, now);
        assertThat(requireNonNull(ada.pathOf(ETH0.id(), FIRST)).mtuBytes()).isEqualTo(Sender.DATAGRAM_BYTES);
    }

    @Test
    void noMoreBondsThanFit() {
        for (int i = 0; i < Bonds.BONDS_MAX + 5; i++) {
            meet(peer(0x5000000000L + i, NEW));
        }
        use(BondPolicy.BALANCE_XOR);
        pass(500);
        assertThat(bonds.count()).isEqualTo(Bonds.BONDS_MAX);
        assertThat(events.stream().filter(line -> line.startsWith("bond.refused")))
                .hasSize(1);
        bonds.settings(BondSettings.NONE, now);
        use(BondPolicy.BALANCE_XOR);
        pass(500);
        assertThat(events.stream().filter(line -> line.startsWith("bond.refused")))
                .as("there was room in between")
                .hasSize(2);
    }
}
