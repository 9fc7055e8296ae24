// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.netconf.ConfigAssembler.Outcome;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.RuleType;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ConfigChunk;
import org.orrery.core.wire.Dictionary;
import org.orrery.core.wire.WireReader;

class ConfigAssemblerTest {
    private static final String CONTROLLER =
            "354e4b499a:0:b9a883ac3dfcbddab5534ccb50f153a9dc35cd8da034cd2baf5e563743d63a0d6124265cc300ae045599fb9fc68896"
                    + "545855949cebd8b73052411156b9b6e9d0:6e89d7cc49cd4466dadfad68cdced099660b51fae759242b1e72d85aa2f050c12e1f8"
                    + "6fe248febb5c2b43570071547119c224b451aa2ebf9621871f9ddbc6b4f";

    private final SecretIdentity controller = SecretIdentity.parse(CONTROLLER).orElseThrow();
    private final Address from = new Address(0x1122334455L);
    private final Address self = new Address(0x38b0321504L);
    private final NetworkId network = new NetworkId(0x354e4b499a0000a1L);
    private final ConfigAssembler assembler = new ConfigAssembler(network, self);

    /** Large enough for several chunks of either size. */
    private final NetworkConfig config = NetworkConfig.builder(network, self)
            .timestamp(1_700_000_000_000L)
            .rules(new RuleTable(Collections.nCopies(
                    1000,
                    Rule.of(RuleType.INTEGER_RANGE, 0x0102030405060708L, -1, 3, 4)
                            .negated())))
            .build();

    private final byte[] dictionary = Objects.requireNonNull(config.write(ConfigForm.PROTOCOL_12));

    private @Nullable Identity known(Address address) {
        return address.equals(controller.identity().address()) ? controller.identity() : null;
    }

    private Outcome accept(ConfigChunk chunk) {
        return assembler.accept(chunk, from, 99, this::known);
    }

    @Test
    void signsAsRecorded() {
        byte[] small = "v=7\nnwid=354e4b499a0000a1\nid=38b0321504".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        ConfigChunk chunk = ConfigChunker.split(network, small, 0x1122334455667788L, 1160, controller)
                .getFirst();
        String signed =
                "354e4b499a0000a10027763d370a6e7769643d333534653462343939613030303061310a69643d33386230333231353034"
                        + "0011223344556677880000002700000000";
        String signature =
                "1c2ccfe71210239b2fac4b646fcf47a90426cb653750a9fa322367b7ac651222e726ffb3a392b2f72d5ae3b8c83b36d9"
                        + "3bbc8ca26cdbbda4a21f732f7a7de10ff15aa0d121e14c7e1ea31a962cc0ca518bfa338d23530c2ea5b9968527dd2702";
        assertThat(HexFormat.of().formatHex(chunk.signedBytes())).isEqualTo(signed);
        assertThat(HexFormat.of().formatHex(NetworkConfigTest.written(chunk))).isEqualTo(signed + "010060" + signature);
        ConfigChunk read = Objects.requireNonNull(ConfigChunk.read(new WireReader(NetworkConfigTest.written(chunk))));
        assertThat(read).isEqualTo(chunk);
        assertThat(accept(read)).isInstanceOf(Outcome.Complete.class);
    }

    @Test
    void chunksInAnyOrderMakeTheConfigurationOnce() {
        for (int protocol : new int[] {9, 12}) {
            var chunks = new ArrayList<>(ConfigChunker.split(
                    network, dictionary, 1000 + protocol, ConfigChunker.chunkBytes(protocol), controller));
            assertThat(chunks).hasSizeGreaterThan(1);
            Collections.shuffle(chunks, new Random(protocol));
            for (int i = 0; i < chunks.size() - 1; i++) {
                assertThat(accept(chunks.get(i))).isInstanceOf(Outcome.Held.class);
                assertThat(accept(chunks.get(i))).isEqualTo(new Outcome.Refused(DropReason.CONFIG_CHUNK_DUPLICATE));
            }
            assertThat(accept(chunks.getLast()))
                    .isEqualTo(new Outcome.Complete(config, Dictionary.of(dictionary), 1000 + protocol));
            assertThat(accept(chunks.getFirst())).isEqualTo(new Outcome.Refused(DropReason.CONFIG_CHUNK_DUPLICATE));
        }
    }

    @Test
    void chunksFitThePacketsOfTheirReceivers() {
        assertThat(ConfigChunker.chunkBytes(9)).isEqualTo(1160);
        assertThat(ConfigChunker.chunkBytes(11)).isEqualTo(1160);
        // Header 28, OK header 9: below the 9928 bytes that seven pieces carry.
        assertThat(ConfigChunker.chunkBytes(12) + ConfigChunk.OVERHEAD_BYTES + 28 + 9)
                .isLessThanOrEqualTo(9928);
        for (ConfigChunk chunk : ConfigChunker.split(network, dictionary, 1, 1160, controller)) {
            assertThat(chunk.data().length()).isLessThanOrEqualTo(1160);
        }
        assertThatThrownBy(() -> ConfigChunker.split(network, dictionary, 0, 1160, controller))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ConfigChunker.split(network, new byte[0], 1, 1160, controller))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void threeUpdatesAreKeptAndTheStalestGivesWay() {
        var updates = new ArrayList<List<ConfigChunk>>();
        for (int id = 1; id <= 4; id++) {
            updates.add(ConfigChunker.split(network, dictionary, id, 9740, controller));
        }
        for (List<ConfigChunk> update : updates) {
            assertThat(accept(update.getFirst())).isInstanceOf(Outcome.Held.class);
        }
        // The first update has gone, so its chunk is no duplicate; with that the second one has gone too.
        assertThat(accept(updates.get(0).getFirst())).isInstanceOf(Outcome.Held.class);
        assertThat(accept(updates.get(2).getFirst())).isEqualTo(new Outcome.Refused(DropReason.CONFIG_CHUNK_DUPLICATE));
        assertThat(accept(updates.get(3).getFirst())).isEqualTo(new Outcome.Refused(DropReason.CONFIG_CHUNK_DUPLICATE));
        assertThat(accept(updates.get(1).getFirst())).isInstanceOf(Outcome.Held.class);
    }

    @Test
    void waitsForTheControllersIdentity() {
        ConfigChunk chunk =
                ConfigChunker.split(network, dictionary, 1, 9740, controller).getFirst();
        assertThat(assembler.accept(chunk, from, 99, address -> null))
                .isEqualTo(new Outcome.Waiting(controller.identity().address()));
        assertThat(accept(chunk)).isInstanceOf(Outcome.Held.class);
    }

    @Test
    void refusesWhatTheControllerDidNotSign() {
        byte[] bytes = NetworkConfigTest.written(
                ConfigChunker.split(network, dictionary, 1, 1160, controller).getFirst());
        for (int at = 10; at < bytes.length; at += 37) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 1;
            ConfigChunk chunk = ConfigChunk.read(new WireReader(damaged));
            if (chunk != null) {
                assertThat(accept(chunk)).isInstanceOf(Outcome.Refused.class);
            }
        }
        ConfigChunk whole = Objects.requireNonNull(ConfigChunk.read(new WireReader(bytes)));
        assertThat(accept(whole)).isInstanceOf(Outcome.Held.class);
    }

    @Test
    void theUnsignedFormCountsFromTheControllerOnly() {
        byte[] small = Objects.requireNonNull(
                NetworkConfig.builder(network, self).build().write(ConfigForm.PROTOCOL_9));
        var out = new org.orrery.core.wire.WireWriter(1000);
        out.u64(network.bits()).u16(small.length).bytes(small);
        ConfigChunk chunk = Objects.requireNonNull(ConfigChunk.read(new WireReader(out.toByteArray())));
        assertThat(chunk.signature()).isNull();
        assertThat(NetworkConfigTest.written(chunk)).isEqualTo(out.toByteArray());
        assertThat(accept(chunk)).isEqualTo(new Outcome.Refused(DropReason.CONFIG_CHUNK_UNSIGNED));
        Outcome outcome = assembler.accept(chunk, controller.identity().address(), 99, this::known);
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Complete.class, complete -> {
            assertThat(complete.updateId()).isEqualTo(99);
            assertThat(complete.config().issuedTo()).isEqualTo(self);
        });
    }

    @Test
    void refusesConfigurationsOfOthers() {
        byte[] other = Objects.requireNonNull(
                NetworkConfig.builder(network, new Address(5)).build().write(ConfigForm.PROTOCOL_12));
        assertThat(accept(
                        ConfigChunker.split(network, other, 1, 9740, controller).getFirst()))
                .isEqualTo(new Outcome.Refused(DropReason.CONFIG_NOT_OURS));
        var elsewhere = new NetworkId(network.bits() ^ 1);
        assertThat(accept(ConfigChunker.split(elsewhere, dictionary, 1, 9740, controller)
                        .getFirst()))
                .isEqualTo(new Outcome.Refused(DropReason.CONFIG_NOT_OURS));
        byte[] nonsense = {'v', '=', '7'};
        assertThat(accept(ConfigChunker.split(network, nonsense, 2, 9740, controller)
                        .getFirst()))
                .isEqualTo(new Outcome.Refused(DropReason.CONFIG_BAD));
    }

    @Test
    void refusesChunksThatFitNoConfiguration() {
        byte[] data = new byte[100];
        assertThat(accept(ConfigChunker.sign(network, data, 0, 1, 99, 0, controller)))
                .isEqualTo(new Outcome.Refused(DropReason.CONFIG_CHUNK_BAD));
        assertThat(accept(ConfigChunker.sign(network, data, 0, 1, 0xffff_ffffL, 0, controller)))
                .isEqualTo(new Outcome.Refused(DropReason.CONFIG_CHUNK_BAD));
        assertThat(accept(ConfigChunker.sign(network, data, 0, 1, 150, 0xffff_fff0L, controller)))
                .isEqualTo(new Outcome.Refused(DropReason.CONFIG_CHUNK_BAD));
        assertThat(accept(ConfigChunker.sign(network, data, 0, 0, 150, 0, controller)))
                .isEqualTo(new Outcome.Refused(DropReason.CONFIG_CHUNK_BAD));
        // A second chunk that disagrees about the total.
        assertThat(accept(ConfigChunker.sign(network, data, 0, 1, 300, 0, controller)))
                .isInstanceOf(Outcome.Held.class);
        assertThat(accept(ConfigChunker.sign(network, data, 0, 1, 301, 100, controller)))
                .isEqualTo(new Outcome.Refused(DropReason.CONFIG_CHUNK_BAD));
    }

    @Test
    void countsChunksOfOneUpdate() {
        for (int i = 0; i < ConfigAssembler.CHUNKS_MAX; i++) {
            assertThat(accept(ConfigChunker.sign(network, new byte[1], 0, 1, 1000, i, controller)))
                    .isInstanceOf(Outcome.Held.class);
        }
        assertThat(accept(ConfigChunker.sign(network, new byte[1], 0, 1, 1000, 900, controller)))
                .isEqualTo(new Outcome.Refused(DropReason.CONFIG_CHUNK_BAD));
    }

    @Test
    void everyTruncationIsRefusedExceptTheLegacyForm() {
        byte[] whole = NetworkConfigTest.written(ConfigChunker.sign(network, new byte[50], 1, 1, 50, 0, controller));
        for (int keep = 0; keep < whole.length; keep++) {
            var in = new WireReader(whole, 0, keep);
            ConfigChunk chunk = ConfigChunk.read(in);
            if (keep == 60) {
                assertThat(Objects.requireNonNull(chunk).signature()).isNull();
            } else {
                assertThat(chunk).isNull();
                assertThat(in.intact()).isFalse();
            }
        }
        assertThat(Objects.requireNonNull(ConfigChunk.read(new WireReader(whole)))
                        .fastPropagate())
                .isTrue();
    }

    @Test
    void randomBytesNeverThrow() {
        var random = new Random(8);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            if (bytes.length > 10) {
                System.arraycopy(HexFormat.of().parseHex("354e4b499a0000a100"), 0, bytes, 0, 9);
            }
            var in = new WireReader(bytes);
            ConfigChunk chunk = ConfigChunk.read(in);
            assertThat(chunk == null).isEqualTo(in.fault() != DropReason.NONE);
            if (chunk != null) {
                assertThat(assembler.accept(chunk, controller.identity().address(), 1, this::known))
                        .isInstanceOf(Outcome.Refused.class);
            }
        }
    }
}
