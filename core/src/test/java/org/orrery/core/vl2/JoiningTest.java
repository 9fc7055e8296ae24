// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.CheapIdentity;
import org.orrery.core.crypto.PacketCipher;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.netconf.ConfigAssembler;
import org.orrery.core.netconf.ConfigChunker;
import org.orrery.core.netconf.ConfigForm;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.netconf.RequestMetadata;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.RuleType;
import org.orrery.core.value.Address;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ConfigChunk;
import org.orrery.core.verb.ErrorCode;
import org.orrery.core.verb.ErrorReply;
import org.orrery.core.verb.PeerVersion;
import org.orrery.core.verb.Verb;
import org.orrery.core.vl1.Inbound;
import org.orrery.core.vl1.Peer;
import org.orrery.core.vl1.Transmitter;
import org.orrery.core.vl1.Upper;
import org.orrery.core.vl1.Vl1;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;

class JoiningTest {
    private static final SecretIdentity SELF = CheapIdentity.of(0x1010101010L);
    private static final SecretIdentity CONTROLLER = CheapIdentity.of(0x2020202020L);
    private static final SecretIdentity OTHER = CheapIdentity.of(0x3030303030L);
    private static final SignatureKeyPair PLANET_KEY = SignatureKeyPair.generate(new Random(1));
    private static final NetworkId NETWORK = new NetworkId(0x2020202020_000001L);
    private static final Endpoint FROM = new Endpoint(Ip.v4(60, 0, 0, 1), 9993);
    private static final long PACKET_ID = 0x1122334455667788L;

    private final List<byte[]> sent = new ArrayList<>();
    private final Vl1 vl1 = new Vl1(
            SELF,
            1,
            new PeerVersion(12, 1, 14, 2),
            planet(),
            new Nothing(),
            new Recorder(),
            (identity, valid) -> {},
            new Random(2),
            line -> {},
            new NothingKept());
    private final Ground ground = new Ground(
            SELF.identity(),
            vl1,
            new Random(3),
            (network, source, to, type, payload, offset, length) -> {},
            line -> {});
    private final List<Configured> configured = new ArrayList<>();
    private int failures;
    private final Joining joining = new Joining(
            ground, RequestMetadata.ours(12, 1, 14, 2, "test/test"), (id, metadata, now) -> {}, new Results());
    private final Network network =
            new Network(NETWORK, SELF.identity().address().bits(), 0);

    private record Configured(
            View view, @Nullable Bytes keep, @Nullable View before) {}

    private final class Results implements Joining.Outcome {
        @Override
        public void configured(Network of, View view, byte @Nullable [] keep, @Nullable View before, long nowMillis) {
            configured.add(new Configured(view, keep == null ? null : Bytes.copyOf(keep), before));
        }

        @Override
        public void failed(Network of, long nowMillis) {
            failures++;
        }
    }

    private final class Recorder implements Transmitter {
        @Override
        public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {
            sent.add(Arrays.copyOfRange(bytes, offset, offset + length));
        }

        @Override
        public void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {}
    }

    private static final class Nothing implements Upper {
        @Override
        public Outcome message(Inbound packet, Peer peer, Verb verb, WireReader body, long nowMillis) {
            throw new AssertionError("nothing arrives");
        }

        @Override
        public Outcome ok(Inbound packet, Peer peer, org.orrery.core.verb.OkBody ok, long nowMillis) {
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

    /** Roots are known from the start, so the controller and another member are. */
    private static World planet() {
        List<World.Root> roots =
                List.of(new World.Root(CONTROLLER.identity(), List.of()), new World.Root(OTHER.identity(), List.of()));
        return World.create(WorldType.PLANET, 7, 1, roots, PLANET_KEY.publicKey(), PLANET_KEY);
    }

    @BeforeEach
    void begin() {
        vl1.start(0);
        ground.networks.put(NETWORK.bits(), network);
    }

    private Peer peer(SecretIdentity secret) {
        return requireNonNull(vl1.peers().find(secret.identity().address().bits()));
    }

    private static byte[] dictionary(long timestamp, Address issuedTo) {
        NetworkConfig config = NetworkConfig.builder(NETWORK, issuedTo)
                .timestamp(timestamp)
                .rules(new RuleTable(Collections.nCopies(200, Rule.of(RuleType.ETHERTYPE, 0x0800))))
                .build();
        return requireNonNull(config.write(ConfigForm.PROTOCOL_12));
    }

    private static byte[] dictionary(long timestamp) {
        return dictionary(timestamp, SELF.identity().address());
    }

    private static List<ConfigChunk> chunks(byte[] dictionary, long updateId, SecretIdentity signer) {
        List<ConfigChunk> chunks = ConfigChunker.split(NETWORK, dictionary, updateId, 300, signer);
        assertThat(chunks.size()).isGreaterThan(2);
        return chunks;
    }

    private Upper.Outcome chunk(ConfigChunk chunk, SecretIdentity from, boolean pushed) {
        byte[] packet = new byte[PacketHeader.BYTES];
        PacketHeader.write(packet, 0, PACKET_ID, 1, 2, Verb.NETWORK_CONFIG.id());
        return joining.chunk(new Inbound(1, FROM, packet, peer(from), 0), peer(from), chunk, pushed, 1_000);
    }

    private void configure(long timestamp) {
        chunks(dictionary(timestamp), timestamp, CONTROLLER).forEach(each -> chunk(each, CONTROLLER, false));
    }

    private void refuse(ErrorCode code, Verb failed, SecretIdentity from) {
        joining.refused(network, peer(from), ErrorReply.of(failed.id(), 5, code, NETWORK), 2_000);
    }

    // ---------------------------------------------------------------- chunks

    @Test
    void comesIntoForceWithTheLastChunkInWhateverOrderAndFromWhomever() {
        byte[] dictionary = dictionary(100);
        List<ConfigChunk> chunks = new ArrayList<>(chunks(dictionary, 9, CONTROLLER));
        Collections.shuffle(chunks, new Random(4));
        for (int i = 0; i < chunks.size(); i++) {
            assertThat(configured).isEmpty();
            assertThat(network.view()).isNull();
            ConfigChunk each = chunks.get(i);
            assertThat(chunk(each, i % 2 == 0 ? CONTROLLER : OTHER, false)).isEqualTo(Upper.Outcome.ACCEPTED);
            assertThat(chunk(each, OTHER, false).reason()).isEqualTo(DropReason.CONFIG_CHUNK_DUPLICATE);
        }
        assertThat(configured).hasSize(1);
        assertThat(configured.getFirst().before).isNull();
        assertThat(configured.getFirst().keep).isEqualTo(Bytes.copyOf(dictionary));
        assertThat(requireNonNull(network.view()).config().timestamp()).isEqualTo(100);
        assertThat(network.changedMillis).isEqualTo(1_000);
    }

    @Test
    void acknowledgesAPushOnceItIsCompleteAndAnAnswerNever() {
        List<ConfigChunk> pushed = chunks(dictionary(100), 9, CONTROLLER);
        pushed.subList(1, pushed.size()).forEach(each -> chunk(each, CONTROLLER, true));
        assertThat(sent).isEmpty();
        chunk(pushed.getFirst(), CONTROLLER, true);
        assertThat(sent).hasSize(1);
        byte[] ok = sent.getFirst();
        var cipher = new PacketCipher(requireNonNull(CONTROLLER.agree(SELF.identity())));
        assertThat(cipher.open(ok, 0, ok.length)).isTrue();
        assertThat(PacketHeader.verb(ok, 0)).isEqualTo(Verb.OK.id());
        assertThat(BigEndian.i64(ok, PacketHeader.BYTES + 1)).isEqualTo(PACKET_ID);
        sent.clear();
        configure(200);
        assertThat(configured).hasSize(2);
        assertThat(sent).isEmpty();
    }

    @Test
    void keepsNothingThatTheControllerDidNotSign() {
        List<ConfigChunk> forged = chunks(dictionary(100), 9, OTHER);
        forged.forEach(
                each -> assertThat(chunk(each, OTHER, false).reason()).isEqualTo(DropReason.CONFIG_CHUNK_SIGNATURE));
        assertThat(failures).as("others change nothing").isZero();
        forged.forEach(each ->
                assertThat(chunk(each, CONTROLLER, false).reason()).isEqualTo(DropReason.CONFIG_CHUNK_SIGNATURE));
        assertThat(configured).isEmpty();
        assertThat(failures).isEqualTo(1);
        assertThat(network.failure).isEqualTo(Network.Failure.BAD_SIGNATURE);
        assertThat(network.lastEvent).isEqualTo("a configuration that is not signed with the controller's key");
        configure(100);
        assertThat(network.failure).isEqualTo(Network.Failure.NONE);
    }

    @Test
    void refusesAConfigurationIssuedToAnother() {
        List<ConfigChunk> hers = chunks(dictionary(100, OTHER.identity().address()), 9, CONTROLLER);
        hers.forEach(each -> chunk(each, CONTROLLER, false));
        assertThat(chunk(hers.getFirst(), CONTROLLER, false).reason()).isEqualTo(DropReason.CONFIG_CHUNK_DUPLICATE);
        assertThat(configured).isEmpty();
        assertThat(network.view()).isNull();
        assertThat(network.failure).isEqualTo(Network.Failure.BAD_CONFIGURATION);
        assertThat(network.lastEvent).isEqualTo("a configuration that was made for another node or network");
    }

    @Test
    void tellsAnIdThatNoControllerCanHave() {
        var impossible = new Network(
                new NetworkId(0x0000000000_000001L), SELF.identity().address().bits(), 0);
        joining.requestIfDue(impossible, 1_000);
        assertThat(impossible.failure).isEqualTo(Network.Failure.BAD_ID);
        assertThat(impossible.lastEvent).isEqualTo("no node can have the address 0000000000");
        assertThat(sent).isEmpty();
    }

    @Test
    void verifiesAWholeConfigurationFromAMemberButNoFlood() {
        ConfigChunk forged = chunks(dictionary(100), 9, OTHER).getFirst();
        for (int i = 0; i < ConfigAssembler.CHUNKS_MAX; i++) {
            assertThat(chunk(forged, OTHER, false).reason()).isEqualTo(DropReason.CONFIG_CHUNK_SIGNATURE);
        }
        assertThat(chunk(forged, OTHER, false).reason()).isEqualTo(DropReason.RATE_LIMITED);
        configure(100);
        assertThat(configured).as("the controller is not concerned").hasSize(1);
    }

    @Test
    void saysNothingOfNetworksThatAreNotJoined() {
        ground.networks.remove(NETWORK.bits());
        ConfigChunk any = chunks(dictionary(100), 9, CONTROLLER).getFirst();
        assertThat(chunk(any, CONTROLLER, true).reason()).isEqualTo(DropReason.NOT_JOINED);
    }

    @Test
    void theSecondConfigurationKnowsTheFirst() {
        configure(100);
        View first = network.view();
        configure(200);
        assertThat(configured).hasSize(2);
        assertThat(configured.getLast().before).isSameAs(first);
    }

    // ---------------------------------------------------------------- refusals

    @Test
    void believesOnlyTheController() {
        refuse(ErrorCode.NETWORK_ACCESS_DENIED, Verb.NETWORK_CONFIG_REQUEST, OTHER);
        assertThat(network.failure).isEqualTo(Network.Failure.NONE);
        refuse(ErrorCode.NETWORK_ACCESS_DENIED, Verb.NETWORK_CONFIG_REQUEST, CONTROLLER);
        assertThat(network.failure).isEqualTo(Network.Failure.ACCESS_DENIED);
        refuse(ErrorCode.NETWORK_ACCESS_DENIED, Verb.NETWORK_CONFIG_REQUEST, CONTROLLER);
        assertThat(failures).as("told once").isEqualTo(1);
    }

    @Test
    void tellsRefusalsApart() {
        refuse(ErrorCode.OBJECT_NOT_FOUND, Verb.FRAME, CONTROLLER);
        refuse(ErrorCode.UNSUPPORTED_OPERATION, Verb.MULTICAST_GATHER, CONTROLLER);
        assertThat(network.failure).as("not about the request").isEqualTo(Network.Failure.NONE);
        refuse(ErrorCode.OBJECT_NOT_FOUND, Verb.NETWORK_CONFIG_REQUEST, CONTROLLER);
        assertThat(network.failure).isEqualTo(Network.Failure.NOT_FOUND);
        refuse(ErrorCode.NETWORK_ACCESS_DENIED, Verb.FRAME, CONTROLLER);
        assertThat(network.failure).isEqualTo(Network.Failure.ACCESS_DENIED);
        refuse(ErrorCode.NETWORK_AUTHENTICATION_REQUIRED, Verb.NETWORK_CONFIG_REQUEST, CONTROLLER);
        assertThat(network.failure).isEqualTo(Network.Failure.AUTHENTICATION_REQUIRED);
        refuse(ErrorCode.UNSUPPORTED_OPERATION, Verb.NETWORK_CONFIG_REQUEST, CONTROLLER);
        assertThat(network.failure).isEqualTo(Network.Failure.NOT_FOUND);
    }

    @Test
    void aRefusalLeavesTheConfigurationInForceAndTheNextOneCountsAsFirst() {
        configure(100);
        View held = network.view();
        refuse(ErrorCode.NETWORK_ACCESS_DENIED, Verb.NETWORK_CONFIG_REQUEST, CONTROLLER);
        assertThat(network.view()).isSameAs(held);
        configure(200);
        assertThat(network.failure).isEqualTo(Network.Failure.NONE);
        assertThat(configured.getLast().before).isNull();
    }

    // ---------------------------------------------------------------- asking

    private List<Long> askedAt(long fromMillis, long untilMillis) {
        List<Long> asked = new ArrayList<>();
        for (long now = fromMillis; now <= untilMillis; now += 100) {
            joining.requestIfDue(network, now);
            if (network.requestedMillis == now) {
                asked.add(now);
            }
        }
        return asked;
    }

    @Test
    void asksOftenAtFirstAndEveryFiveSecondsInTheEnd() {
        assertThat(askedAt(0, 20_000))
                .containsExactly(0L, 300L, 1_000L, 2_100L, 3_600L, 5_600L, 7_600L, 9_600L, 14_600L, 19_600L);
    }

    @Test
    void asksForAFreshOneAfterAMinute() {
        configure(100);
        assertThat(askedAt(1_000, 60_900)).isEmpty();
        assertThat(askedAt(61_000, 70_000)).containsExactly(61_000L, 66_000L);
    }

    @Test
    void asksForNewsWhenItsConfigurationSeemsOutOfDateButNotAgainAndAgain() {
        configure(100);
        network.requestedMillis = 0;
        List<Long> asked = new ArrayList<>();
        for (long now = 1_000; now <= 10_000; now += 500) {
            joining.doubted(network, now);
            if (network.requestedMillis == now) {
                asked.add(now);
            }
        }
        assertThat(asked).hasSizeBetween(2, 3);
        assertThat(asked.get(0)).as("a young one is not doubted").isGreaterThanOrEqualTo(3_000);
        assertThat(asked.get(1) - asked.get(0)).isGreaterThanOrEqualTo(3_000);
    }

    @Test
    void beginsWithAKeptConfigurationAndAsksForAFreshOneAtOnce() {
        byte[] kept = dictionary(100);
        assertThat(joining.restore(network, dictionary(100, OTHER.identity().address()), 0))
                .isFalse();
        assertThat(joining.restore(network, new byte[] {1, 2, 3}, 0)).isFalse();
        assertThat(joining.restore(network, kept, 0)).isTrue();
        assertThat(configured.getFirst().keep).as("it is kept already").isNull();
        assertThat(network.view()).isNotNull();
        assertThat(askedAt(0, 200)).containsExactly(0L);
    }
}
