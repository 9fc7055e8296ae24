// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.core.rules.RuleVectors.bits;
import static org.orrery.core.rules.RuleVectors.bytes;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.credential.Capability;
import org.orrery.core.credential.Credential;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.credential.OwnershipCertificate;
import org.orrery.core.credential.Tag;
import org.orrery.core.credential.Verification;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.rules.FilterDecision;
import org.orrery.core.rules.FilterFrame;
import org.orrery.core.rules.FilterResult;
import org.orrery.core.rules.FilterSide;
import org.orrery.core.rules.Rule;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.rules.RuleType;
import org.orrery.core.rules.RuleVectors;
import org.orrery.core.rules.Verdict;
import org.orrery.core.value.Address;
import org.orrery.core.value.Hex;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.verb.ConfigChunk;
import org.orrery.core.wire.Dictionary;
import org.orrery.core.wire.InetCodec;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;
import tools.jackson.databind.JsonNode;

class NetworkConfigTest {
    private static JsonNode vectors(String generation) {
        return RuleVectors.load("networkconfig" + generation);
    }

    private static ConfigForm form(String generation) {
        return generation.isEmpty() ? ConfigForm.PROTOCOL_9 : ConfigForm.PROTOCOL_12;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void writesEveryRecordedConfiguration(String generation) {
        for (JsonNode entry : vectors(generation).get("configs")) {
            NetworkConfig config = config(entry.get("config"));
            assertThat(Hex.of(Objects.requireNonNull(config.write(form(generation)))))
                    .as(entry.get("what").asString())
                    .isEqualTo(entry.get("dictionary").asString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void readsEveryRecordedConfigurationAndWritesItAgain(String generation) {
        for (JsonNode entry : vectors(generation).get("configs")) {
            String what = entry.get("what").asString();
            NetworkConfig read =
                    Objects.requireNonNull(NetworkConfig.read(Dictionary.of(bytes(entry.get("dictionary")))), what);
            assertThat(read)
                    .as(what)
                    .isEqualTo(config(entry.has("parsed") ? entry.get("parsed") : entry.get("config")));
            if (!entry.has("parsed")) {
                assertThat(Hex.of(Objects.requireNonNull(read.write(form(generation)))))
                        .as(what)
                        .isEqualTo(entry.get("dictionary").asString());
            }
            // Keys for members older than any served here do not disturb.
            if (entry.has("dictionaryWithLegacy")) {
                assertThat(NetworkConfig.read(Dictionary.of(bytes(entry.get("dictionaryWithLegacy")))))
                        .as(what)
                        .isEqualTo(read);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void readsOrRefusesHandWrittenDictionaries(String generation) {
        int refusedForTheirAge = 0;
        for (JsonNode entry : vectors(generation).get("dictionaries")) {
            String what = entry.get("what").asString();
            var dictionary = Dictionary.of(bytes(entry.get("dictionary")));
            NetworkConfig read = NetworkConfig.read(dictionary);
            if (entry.get("parsedOk").asBoolean() && dictionary.u64("v", 0) < 6) {
                // The older generation still reads the form of versions before 1.2; the newer one does not.
                assertThat(generation).isEmpty();
                assertThat(read).as(what).isNull();
                refusedForTheirAge++;
                continue;
            }
            assertThat(read != null).as(what).isEqualTo(entry.get("parsedOk").asBoolean());
            if (read != null) {
                NetworkConfig expected = config(entry.get("config"));
                assertThat(typeIds(read)).as(what).isEqualTo(typeIds(expected));
                assertThat(withoutRuleValues(read)).as(what).isEqualTo(withoutRuleValues(expected));
            }
        }
        assertThat(refusedForTheirAge).isEqualTo(generation.isEmpty() ? 7 : 0);
    }

    /** The records keep no bytes of rules of unknown types; here they are kept. */
    private static NetworkConfig withoutRuleValues(NetworkConfig config) {
        List<Rule> known = config.rules().rules().stream()
                .filter(rule -> rule.type() != null)
                .toList();
        return copy(config).rules(new RuleTable(known)).build();
    }

    private static List<Integer> typeIds(NetworkConfig config) {
        return config.rules().rules().stream().map(Rule::typeId).toList();
    }

    static NetworkConfigBuilder copy(NetworkConfig config) {
        return NetworkConfig.builder(config.network(), config.issuedTo())
                .timestamp(config.timestamp())
                .credentialTimeMaxDeltaMillis(config.credentialTimeMaxDeltaMillis())
                .revision(config.revision())
                .flags(config.flags())
                .type(config.type())
                .name(config.name())
                .multicastLimit(config.multicastLimit())
                .mtu(config.mtu())
                .traceTarget(config.traceTarget())
                .traceLevel(config.traceLevel())
                .specialists(config.specialists())
                .routes(config.routes())
                .staticIps(config.staticIps())
                .rules(config.rules())
                .capabilities(config.capabilities())
                .tags(config.tags())
                .ownerships(config.ownerships())
                .membership(config.membership())
                .nameServers(config.nameServers())
                .signOn(config.signOn());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void credentialsInsideVerify(String generation) {
        SecretIdentity controller = SecretIdentity.parse(vectors(generation)
                        .get("controller")
                        .get("secretString")
                        .asString())
                .orElseThrow();
        int verified = 0;
        for (JsonNode entry : vectors(generation).get("configs")) {
            NetworkConfig read =
                    Objects.requireNonNull(NetworkConfig.read(Dictionary.of(bytes(entry.get("dictionary")))));
            var all = new ArrayList<Credential>(read.capabilities());
            all.addAll(read.tags());
            all.addAll(read.ownerships());
            if (read.membership() != null) {
                all.add(read.membership());
            }
            for (Credential credential : all) {
                assertThat(credential.verify(address ->
                                address.equals(controller.identity().address()) ? controller.identity() : null))
                        .isEqualTo(Verification.Settled.OK);
                verified++;
            }
        }
        assertThat(verified).isGreaterThan(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void networksWithoutControllerAreConfiguredAsRecorded(String generation) {
        for (JsonNode entry : vectors(generation).get("controllerlessNetworks")) {
            var network = new NetworkId(bits(entry.get("networkId")));
            var self = new Address(bits(entry.get("node")));
            NetworkConfig config = AdHocNetworks.config(network, self, 1_600_000_006_000L);
            if (generation.isEmpty() && (network.bits() & 0xff) == 1) {
                // The open IPv4 form is not known to the older generation.
                assertThat(entry.get("accepted").asBoolean()).isFalse();
                assertThat(config).isNotNull();
                continue;
            }
            assertThat(config != null)
                    .as(network.toString())
                    .isEqualTo(entry.get("accepted").asBoolean());
            if (config != null) {
                assertThat(config).as(network.toString()).isEqualTo(config(entry.get("config")));
            }
        }
        assertThat(AdHocNetworks.config(new NetworkId(0xff00160016000002L), new Address(1), 1))
                .isNull();
        assertThat(AdHocNetworks.config(new NetworkId(0x7e5ac9e715000000L), new Address(1), 1))
                .isNull();
    }

    @Test
    void anAdHocNetworkFiltersByItsPorts() {
        NetworkConfig config = Objects.requireNonNull(
                AdHocNetworks.config(new NetworkId(0xff00160016000000L), new Address(0x38b0321504L), 1));
        assertThat(verdict(config, 22, 0x02)).isEqualTo(Verdict.ACCEPT);
        assertThat(verdict(config, 23, 0x02)).isEqualTo(Verdict.DROP);
        assertThat(verdict(config, 23, 0x10)).isEqualTo(Verdict.ACCEPT);
        assertThat(verdict(config, 23, 0x12)).isEqualTo(Verdict.ACCEPT);
    }

    private static Verdict verdict(NetworkConfig config, int port, int tcpFlags) {
        byte[] frame = new byte[60];
        frame[6] = 6;
        frame[43] = (byte) port;
        frame[53] = (byte) tcpFlags;
        var view = new FilterFrame().set(frame, 0, 60, 0x86dd, 0, 1, 2, 3, 4, true);
        return config.filter()
                .decide(view, FilterSide.UNKNOWN, false, new Random(1), new FilterResult(), new FilterDecision());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void requestMetadataIsWrittenAndReadAsRecorded(String generation) {
        for (JsonNode entry : vectors(generation).get("requestMetaData")) {
            RequestMetadata read = RequestMetadata.read(Dictionary.of(bytes(entry.get("dictionary"))));
            assertThat(Hex.of(read.write(form(generation))))
                    .isEqualTo(entry.get("dictionary").asString());
            RequestMetadata ours =
                    RequestMetadata.ours(read.protocol(), read.major(), read.minor(), read.revision(), read.platform());
            // Only the vendor differs: nobody but its own may claim to be the first implementation's.
            assertThat(read.vendor()).isEqualTo(1);
            String text = new String(ours.write(ConfigForm.PROTOCOL_9), StandardCharsets.US_ASCII);
            assertThat(text.replace("vend=0", "vend=1"))
                    .isEqualTo(new String(read.write(ConfigForm.PROTOCOL_9), StandardCharsets.US_ASCII));
        }
    }

    @Test
    void anEmptyRequestIsRead() {
        RequestMetadata read = RequestMetadata.read(Dictionary.of(new byte[0]));
        assertThat(read.formatVersion()).isZero();
        assertThat(read.rulesEngine()).isZero();
        assertThat(read.platform()).isEmpty();
    }

    @Test
    void limitsHoldWhenWritingAndWhenReading() {
        var network = new NetworkId(0x7e5ac9e715001234L);
        List<Prefix> ips = Collections.nCopies(100, new Prefix(Ip.v4(10, 0, 0, 1), 8));
        List<Route> routes = Collections.nCopies(200, new Route(new Prefix(Ip.v4(10, 0, 0, 0), 8), null));
        NetworkConfig config = NetworkConfig.builder(network, new Address(5))
                .staticIps(ips)
                .routes(routes)
                .specialists(Collections.nCopies(300, Specialist.of(new Address(7), Specialist.ANCHOR)))
                .rules(new RuleTable(Collections.nCopies(1100, Rule.of(RuleType.ACCEPT))))
                .build();
        NetworkConfig newer = reread(config, ConfigForm.PROTOCOL_12);
        assertThat(newer.staticIps()).hasSize(32);
        assertThat(newer.routes()).hasSize(128);
        assertThat(newer.specialists()).hasSize(256);
        assertThat(newer.rules().size()).isEqualTo(1024);
        NetworkConfig older = reread(config, ConfigForm.PROTOCOL_9);
        assertThat(older.staticIps()).hasSize(16);
        assertThat(older.routes()).hasSize(32);
    }

    private static NetworkConfig reread(NetworkConfig config, ConfigForm form) {
        byte[] written = Objects.requireNonNull(config.write(form));
        return Objects.requireNonNull(NetworkConfig.read(Dictionary.of(written)));
    }

    @Test
    void aConfigurationThatDoesNotFitIsNotWritten() {
        SecretIdentity controller = SecretIdentity.parse(
                        vectors("").get("controller").get("secretString").asString())
                .orElseThrow();
        var network = new NetworkId(controller.identity().address().bits() << 24);
        byte[] value = new byte[255];
        byte[] rule = new byte[257];
        rule[0] = 60;
        rule[1] = (byte) 255;
        System.arraycopy(value, 0, rule, 2, 255);
        Rule large = Objects.requireNonNull(Rule.read(new WireReader(rule)));
        var table = new RuleTable(Collections.nCopies(64, large));
        var capability = Capability.issue(network, 1, 1, table, 1, new Address(5), controller);
        NetworkConfig config = NetworkConfig.builder(network, new Address(5))
                .capabilities(Collections.nCopies(128, capability))
                .build();
        assertThat(config.write(ConfigForm.PROTOCOL_12)).isNull();
        assertThat(config.write(ConfigForm.PROTOCOL_9)).isNull();
        assertThat(copy(config).capabilities(List.of(capability)).build().write(ConfigForm.PROTOCOL_12))
                .isNotNull();
    }

    @Test
    void longTextsAreCutBetweenCharacters() {
        NetworkConfig config = NetworkConfig.builder(new NetworkId(1L << 24), new Address(5))
                .name("x" + "é".repeat(100))
                .nameServers(new NameServers("y".repeat(300), List.of(Ip.v4(1, 2, 3, 4))))
                .build();
        NetworkConfig read = reread(config, ConfigForm.PROTOCOL_12);
        assertThat(read.name()).isEqualTo("x" + "é".repeat(63));
        assertThat(read.nameServers().domain()).isEqualTo("y".repeat(127));
        assertThat(read.nameServers().servers()).containsExactly(Ip.v4(1, 2, 3, 4));
    }

    @Test
    void rolesOfSpecialists() {
        var member = new Address(0x1122334455L);
        NetworkConfig config = NetworkConfig.builder(new NetworkId(1L << 24), new Address(5))
                .specialists(List.of(Specialist.of(member, Specialist.ACTIVE_BRIDGE | Specialist.REPLICATOR)))
                .build();
        assertThat(config.activeBridge(member)).isTrue();
        assertThat(config.activeBridge(new Address(5))).isFalse();
        assertThat(config.specialists().getFirst().replicator()).isTrue();
        assertThat(config.specialists().getFirst().anchor()).isFalse();
        assertThat(config.specialists().getFirst().address()).isEqualTo(member);
    }

    @Test
    void aDictionaryCutAnywhereIsRefusedOrReadsTheSameAgain() {
        for (String generation : RuleVectors.GENERATIONS) {
            for (JsonNode entry : vectors(generation).get("configs")) {
                byte[] whole = bytes(entry.get("dictionary"));
                for (int keep = 0; keep < Math.min(whole.length, 3000); keep++) {
                    assertStable(NetworkConfig.read(Dictionary.of(whole, 0, keep)));
                }
            }
        }
    }

    @Test
    void damagedDictionariesNeverThrow() {
        var random = new Random(4);
        var seeds = new ArrayList<byte[]>();
        for (String generation : RuleVectors.GENERATIONS) {
            vectors(generation).get("configs").forEach(entry -> seeds.add(bytes(entry.get("dictionary"))));
        }
        int accepted = 0;
        for (int round = 0; round < 5000; round++) {
            byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
            for (int flips = random.nextInt(8); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            NetworkConfig read = NetworkConfig.read(Dictionary.of(bytes));
            accepted += read == null ? 0 : 1;
            assertStable(read);
        }
        assertThat(accepted).isBetween(500, 4500);
    }

    private static void assertStable(@Nullable NetworkConfig read) {
        if (read != null) {
            // A name that was cut inside a character comes back as another one, and may not fit any more.
            NetworkConfig plain = copy(read)
                    .name("")
                    .nameServers(NameServers.NONE)
                    .signOn(SignOn.NONE)
                    .build();
            assertThat(reread(plain, ConfigForm.PROTOCOL_12)).isEqualTo(plain);
        }
    }

    /** A configuration from recorded fields. */
    private static NetworkConfig config(JsonNode fields) {
        NetworkConfigBuilder config = NetworkConfig.builder(
                        new NetworkId(bits(fields.get("networkId"))), new Address(bits(fields.get("issuedTo"))))
                .timestamp(fields.get("timestamp").asLong())
                .credentialTimeMaxDeltaMillis(
                        fields.get("credentialTimeMaxDelta").asLong())
                .revision(Long.parseUnsignedLong(fields.get("revision").asString()))
                .flags(bits(fields.get("flags")))
                .multicastLimit(fields.get("multicastLimit").asLong())
                .type(
                        fields.get("type").asString().equals("public")
                                ? NetworkConfig.Type.PUBLIC
                                : NetworkConfig.Type.PRIVATE)
                .name(text(fields.get("name")))
                .specialists(fields.get("specialists")
                        .valueStream()
                        .map(each -> new Specialist(bits(each)))
                        .toList())
                .routes(fields.get("routes")
                        .valueStream()
                        .map(NetworkConfigTest::route)
                        .toList())
                .staticIps(fields.get("staticIps")
                        .valueStream()
                        .map(each -> Prefix.parse(each.asString()).orElseThrow())
                        .toList())
                .rules(RuleVectors.tableOf(fields.get("rules")))
                .capabilities(list(fields.get("capabilities"), Capability::read))
                .tags(list(fields.get("tags"), Tag::read))
                .ownerships(list(fields.get("ownershipCertificates"), OwnershipCertificate::read))
                .membership(
                        fields.get("membership").asString().isEmpty()
                                ? null
                                : MembershipCertificate.read(new WireReader(bytes(fields.get("membership")))));
        if (fields.has("mtu")) {
            config.mtu(fields.get("mtu").asInt())
                    .traceTarget(new Address(bits(fields.get("remoteTraceTarget"))))
                    .traceLevel(fields.get("remoteTraceLevel").asLong())
                    .nameServers(nameServers(fields.get("dns")))
                    .signOn(signOn(fields.get("sso")));
        }
        return config.build();
    }

    private static Route route(JsonNode fields) {
        Prefix target = InetCodec.readPrefix(new WireReader(bytes(fields.get("targetWire"))));
        var via = InetCodec.read(new WireReader(bytes(fields.get("viaWire"))));
        return new Route(
                target,
                via == null ? null : via.ip(),
                fields.get("flags").asInt(),
                fields.get("metric").asInt());
    }

    private static NameServers nameServers(JsonNode fields) {
        return new NameServers(
                text(fields.get("domain")),
                fields.get("servers")
                        .valueStream()
                        .map(JsonNode::asString)
                        .filter(server -> !server.isEmpty())
                        .map(server -> Prefix.parse(server).orElseThrow().ip())
                        .toList());
    }

    private static SignOn signOn(JsonNode fields) {
        return new SignOn(
                fields.get("enabled").asBoolean(),
                fields.get("version").asInt(),
                text(fields.get("authenticationUrl")),
                fields.get("authenticationExpiryTime").asLong(),
                text(fields.get("issuerUrl")),
                text(fields.get("centralAuthUrl")),
                text(fields.get("nonce")),
                text(fields.get("state")),
                text(fields.get("clientId")),
                text(fields.get("provider")));
    }

    private static String text(JsonNode hex) {
        return new String(bytes(hex), StandardCharsets.UTF_8);
    }

    private static <T> List<T> list(JsonNode hexes, Function<WireReader, @Nullable T> reader) {
        return hexes.valueStream()
                .map(hex -> Objects.requireNonNull(reader.apply(new WireReader(bytes(hex)))))
                .toList();
    }

    static byte[] written(ConfigChunk chunk) {
        var out = new WireWriter(ConfigChunker.LARGE_BYTES + ConfigChunk.OVERHEAD_BYTES);
        chunk.write(out);
        return out.toByteArray();
    }
}
