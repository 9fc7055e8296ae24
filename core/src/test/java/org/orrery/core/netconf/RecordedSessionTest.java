// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.core.rules.RuleVectors.bits;
import static org.orrery.core.rules.RuleVectors.bytes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.credential.Acceptance;
import org.orrery.core.credential.Capability;
import org.orrery.core.credential.Credential;
import org.orrery.core.credential.MemberRecord;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.credential.OwnershipCertificate;
import org.orrery.core.credential.Revocation;
import org.orrery.core.credential.Tag;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.netconf.ConfigAssembler.Outcome;
import org.orrery.core.rules.RuleVectors;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.NetworkId;
import org.orrery.core.verb.ConfigChunk;
import org.orrery.core.wire.Dictionary;
import org.orrery.core.wire.WireReader;
import tools.jackson.databind.JsonNode;

/** Configurations, requests and credentials as real nodes of both generations exchanged them. */
class RecordedSessionTest {
    private static final int VERB_OK = 3;
    private static final int VERB_CREDENTIALS = 10;
    private static final int VERB_CONFIG_REQUEST = 11;
    private static final int VERB_CONFIG = 12;

    private record Member(NetworkId network, Address address) {}

    private final Map<Address, Identity> identities = new HashMap<>();
    private final List<JsonNode> packets = new ArrayList<>();

    private void load(String generation) {
        JsonNode root = RuleVectors.load("session" + generation);
        for (JsonNode node : root.get("nodes")) {
            Identity identity = SecretIdentity.parse(node.get("secretString").asString())
                    .orElseThrow()
                    .identity();
            identities.put(identity.address(), identity);
        }
        for (JsonNode entry : root.get("timeline")) {
            if (entry.has("packet") && entry.get("packet").has("payload")) {
                packets.add(entry.get("packet"));
            }
        }
    }

    private @Nullable Identity known(Address address) {
        return identities.get(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void configurationsAssembleAndAreWrittenByteForByte(String generation) {
        load(generation);
        Map<Member, ConfigAssembler> assemblers = new HashMap<>();
        int complete = 0;
        for (JsonNode packet : packets) {
            WireReader in = new WireReader(bytes(packet.get("payload")));
            int verb = packet.get("verb").asInt();
            if (verb == VERB_OK && in.peek() == VERB_CONFIG_REQUEST) {
                in.skip(9);
            } else if (verb != VERB_CONFIG) {
                continue;
            }
            ConfigChunk chunk = Objects.requireNonNull(ConfigChunk.read(in));
            var to = new Address(bits(packet.get("destination")));
            Outcome outcome = assemblers
                    .computeIfAbsent(
                            new Member(chunk.network(), to), key -> new ConfigAssembler(key.network(), key.address()))
                    .accept(chunk, new Address(bits(packet.get("origin"))), bits(packet.get("packetId")), this::known);
            if (outcome.equals(new Outcome.Refused(DropReason.CONFIG_CHUNK_DUPLICATE))) {
                continue; // the same packet on its second hop
            }
            assertThat(outcome).isInstanceOf(Outcome.Complete.class);
            var whole = (Outcome.Complete) outcome;
            ConfigForm form = generation.isEmpty() ? ConfigForm.PROTOCOL_9 : ConfigForm.PROTOCOL_12;
            assertThat(whole.config().write(form)).isEqualTo(whole.dictionary().toByteArray());
            complete++;
        }
        assertThat(complete).isGreaterThan(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void requestsSayWhatTheirSendersAre(String generation) {
        load(generation);
        int requests = 0;
        for (JsonNode packet : packets) {
            if (packet.get("verb").asInt() == VERB_CONFIG_REQUEST) {
                WireReader in = new WireReader(bytes(packet.get("payload")));
                in.u64();
                RequestMetadata metadata = RequestMetadata.read(Dictionary.of(in.bytes(in.u16())));
                assertThat(metadata.protocol()).isEqualTo(generation.isEmpty() ? 9 : 12);
                assertThat(metadata.formatVersion()).isEqualTo(7);
                requests++;
            }
        }
        assertThat(requests).isGreaterThan(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1.14.2"})
    void credentialsAreAcceptedByTheirReceivers(String generation) {
        load(generation);
        Map<Member, MemberRecord> records = new HashMap<>();
        int accepted = 0;
        for (JsonNode packet : packets) {
            if (packet.get("verb").asInt() != VERB_CREDENTIALS) {
                continue;
            }
            for (Credential credential : credentials(new WireReader(bytes(packet.get("payload"))))) {
                Acceptance acceptance = records.computeIfAbsent(
                                new Member(credential.network(), credential.subject()),
                                key -> new MemberRecord(key.network()))
                        .accept(credential, this::known);
                // All nodes share one record here, so what another one had seen first can be old by now.
                assertThat(acceptance.accepted()
                                || acceptance == Acceptance.Settled.OLD
                                || acceptance == Acceptance.Settled.REVOKED)
                        .as(credential + ": " + acceptance)
                        .isTrue();
                accepted += acceptance.accepted() ? 1 : 0;
            }
        }
        assertThat(accepted).isGreaterThan(10);
    }

    /** All credentials of a packet: certificates of membership up to a zero byte, then four counted lists. */
    private static List<Credential> credentials(WireReader in) {
        var list = new ArrayList<Credential>();
        while (in.peek() == 1) {
            list.add(Objects.requireNonNull(MembershipCertificate.read(in)));
        }
        in.u8();
        List<Function<WireReader, @Nullable Credential>> readers =
                List.of(Capability::read, Tag::read, Revocation::read, OwnershipCertificate::read);
        for (Function<WireReader, @Nullable Credential> reader : readers) {
            for (int count = in.remaining() >= 2 ? in.u16() : 0; count > 0; count--) {
                list.add(Objects.requireNonNull(reader.apply(in)));
            }
        }
        return list;
    }
}
