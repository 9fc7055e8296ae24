// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.netconf.ConfigAssembler.Outcome;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.Address;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ConfigChunk;
import org.orrery.core.wire.Dictionary;
import org.orrery.core.wire.WireReader;

/** Any dictionary is a configuration or none, and any sequence of genuine chunks is put together or refused. */
final class NetworkConfigFuzzTest {
    private static final String CONTROLLER =
            "354e4b499a:0:b9a883ac3dfcbddab5534ccb50f153a9dc35cd8da034cd2baf5e563743d63a0d6124265cc300ae045599fb9fc68896"
                    + "545855949cebd8b73052411156b9b6e9d0:6e89d7cc49cd4466dadfad68cdced099660b51fae759242b1e72d85aa2f050c12e1f8"
                    + "6fe248febb5c2b43570071547119c224b451aa2ebf9621871f9ddbc6b4f";
    private static final Address SELF = new Address(0x38b0321504L);
    private static final NetworkId NETWORK = new NetworkId(0x354e4b499a0000a1L);
    /** More chunks than the assembler has places; signing them is what takes the time. */
    private static final int CHUNKS_MAX = 32;

    private final SecretIdentity controller = SecretIdentity.parse(CONTROLLER).orElseThrow();

    @FuzzTest(maxDuration = "10m")
    void anyDictionary(byte[] bytes) {
        Dictionary dictionary = Dictionary.of(bytes);
        for (String key : dictionary.keys()) {
            byte[] value = Objects.requireNonNull(dictionary.bytes(key));
            assertThat(value).hasSizeLessThanOrEqualTo(dictionary.length());
            dictionary.u64(key, 0);
            dictionary.bool(key, false);
        }
        RequestMetadata.read(dictionary);
        NetworkConfig config = NetworkConfig.read(dictionary);
        if (config != null) {
            bounded(config);
            assertThat(config.filter().base().table()).isEqualTo(config.rules());
            for (ConfigForm form : ConfigForm.values()) {
                byte[] written = config.write(form);
                if (written == null) {
                    // Rules that say too short a length, and bytes to escape, are longer when written.
                    assertThat(bytes.length).isGreaterThan(NetworkConfig.CAPACITY_BYTES_PROTOCOL_9 / 40);
                    continue;
                }
                NetworkConfig read = Objects.requireNonNull(NetworkConfig.read(Dictionary.of(written)));
                if (form == ConfigForm.PROTOCOL_12) {
                    assertThat(withoutTexts(read)).isEqualTo(withoutTexts(config));
                }
                // Texts were cut to whole characters, and now stay as they are.
                assertThat(NetworkConfig.read(Dictionary.of(Objects.requireNonNull(read.write(form)))))
                        .isEqualTo(read);
            }
        }
    }

    private static void bounded(NetworkConfig config) {
        assertThat(config.mtu()).isBetween(NetworkConfig.MTU_MIN, NetworkConfig.MTU_MAX);
        assertThat(config.rules().size()).isLessThanOrEqualTo(RuleTable.RULES_MAX);
        assertThat(config.capabilities()).hasSizeLessThanOrEqualTo(NetworkConfig.CAPABILITIES_MAX);
        assertThat(config.tags()).hasSizeLessThanOrEqualTo(NetworkConfig.TAGS_MAX);
        assertThat(config.ownerships()).hasSizeLessThanOrEqualTo(NetworkConfig.OWNERSHIPS_MAX);
        assertThat(config.specialists()).hasSizeLessThanOrEqualTo(NetworkConfig.SPECIALISTS_MAX);
        assertThat(config.routes()).hasSizeLessThanOrEqualTo(NetworkConfig.ROUTES_MAX);
        assertThat(config.staticIps()).hasSizeLessThanOrEqualTo(NetworkConfig.STATIC_IPS_MAX);
        assertThat(config.nameServers().servers()).hasSizeLessThanOrEqualTo(NameServers.SERVERS_MAX);
    }

    private static NetworkConfig withoutTexts(NetworkConfig config) {
        return NetworkConfigTest.copy(config)
                .name("")
                .nameServers(NameServers.NONE)
                .signOn(SignOn.NONE)
                .build();
    }

    @FuzzTest(maxDuration = "10m")
    void anyChunk(byte[] payload) {
        var in = new WireReader(payload);
        ConfigChunk chunk = ConfigChunk.read(in);
        assertThat(chunk == null).isEqualTo(!in.intact());
        if (chunk == null) {
            return;
        }
        byte[] written = NetworkConfigTest.written(chunk);
        assertThat(written).hasSizeLessThanOrEqualTo(payload.length);
        assertThat(payload).startsWith(written);
        assertThat(ConfigChunk.read(new WireReader(written))).isEqualTo(chunk);
        Bytes signature = chunk.signature();
        if (signature == null || !controller.identity().verify(chunk.signedBytes(), signature.toByteArray())) {
            Outcome outcome = new ConfigAssembler(NETWORK, SELF).accept(chunk, SELF, 1, this::known);
            assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        }
        new ConfigAssembler(NETWORK, SELF).accept(chunk, NETWORK.controller(), 1, this::known);
    }

    /** Repeated: update ID u8, total u32, position u32, length u8, and so many bytes. The controller signs each. */
    @FuzzTest(maxDuration = "10m")
    void anyChunksOfTheController(byte[] input) {
        var in = new WireReader(input);
        var assembler = new ConfigAssembler(NETWORK, SELF);
        for (int i = 0; i < CHUNKS_MAX && in.remaining() > 0; i++) {
            int updateId = in.u8();
            long total = in.u32();
            long position = in.u32();
            Bytes data = in.blob(in.u8());
            if (!in.intact()) {
                return;
            }
            var plain = new ConfigChunk(NETWORK, data, 0, updateId, total, position, null);
            ConfigChunk chunk = plain.signed(controller.sign(plain.signedBytes()));
            Outcome outcome = assembler.accept(chunk, SELF, i, this::known);
            if (outcome instanceof Outcome.Complete complete) {
                assertThat(complete.config().network()).isEqualTo(NETWORK);
                assertThat(complete.config().issuedTo()).isEqualTo(SELF);
                assertThat(complete.updateId()).isEqualTo(updateId);
                assertThat((long) complete.dictionary().length()).isLessThanOrEqualTo(total);
            }
            boolean bad = outcome.equals(new Outcome.Refused(DropReason.CONFIG_CHUNK_BAD));
            assertThat(assembler.accept(chunk, SELF, i, this::known))
                    .isEqualTo(
                            new Outcome.Refused(bad ? DropReason.CONFIG_CHUNK_BAD : DropReason.CONFIG_CHUNK_DUPLICATE));
            assertThat(bad || position + data.length() <= total && total < NetworkConfig.CAPACITY_BYTES)
                    .isTrue();
        }
    }

    private @Nullable Identity known(Address address) {
        return address.equals(controller.identity().address()) ? controller.identity() : null;
    }
}
