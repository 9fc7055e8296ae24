// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.core.wire.WireVectors.bytes;
import static org.orrery.core.wire.WireVectors.hex;
import static org.orrery.core.wire.WireVectors.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.crypto.Identity;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireVectors;
import org.orrery.core.wire.WireWriter;
import tools.jackson.databind.JsonNode;

/** Every authentic payload of the recorded sessions, parsed, compared with its fields, and written again. */
class RecordedSessionTest {
    @ParameterizedTest
    @ValueSource(strings = {"session", "session-1.14.2"})
    void readsAndWritesEveryPayload(String file) {
        Map<String, Integer> seen = new HashMap<>();
        for (JsonNode entry : WireVectors.file(file).required("timeline")) {
            JsonNode packet = entry.path("packet");
            if (packet.path("authentic").asBoolean(false)) {
                String name = text(packet, "verbName");
                seen.merge(name, 1, Integer::sum);
                check(file + " " + name + " " + text(packet, "packetId"), packet);
            }
        }
        assertThat(seen.keySet())
                .contains(
                        "HELLO",
                        "ERROR",
                        "OK",
                        "WHOIS",
                        "RENDEZVOUS",
                        "FRAME",
                        "EXT_FRAME",
                        "ECHO",
                        "MULTICAST_LIKE",
                        "NETWORK_CREDENTIALS",
                        "NETWORK_CONFIG_REQUEST",
                        "NETWORK_CONFIG",
                        "MULTICAST_GATHER",
                        "MULTICAST_FRAME",
                        "PUSH_DIRECT_PATHS",
                        "USER_MESSAGE");
    }

    private static void check(String what, JsonNode packet) {
        int verbId = packet.required("verb").intValue();
        byte[] payload = unmasked(packet);
        JsonNode fields = packet.path("fields");
        Verb verb = Verb.of(verbId);
        switch (verb) {
            case FRAME, EXT_FRAME, MULTICAST_FRAME -> {
                byte[] whole = new byte[PacketHeader.BYTES + payload.length];
                System.arraycopy(payload, 0, whole, PacketHeader.BYTES, payload.length);
                checkFrame(what, verb, whole, fields);
            }
            case null, default -> {
                var in = new WireReader(payload);
                Message message = Message.read(verbId, in);
                assertThat(in.intact()).as(what).isTrue();
                assertThat(present(message).verbId()).as(what).isEqualTo(verbId);
                checkFields(what, present(message), fields);
                checkWritten(what, present(message), payload);
            }
        }
    }

    /** The payload with the tail of a HELLO as it was before masking. */
    private static byte[] unmasked(JsonNode packet) {
        byte[] payload = bytes(packet, "payload");
        if (packet.has("encryptedTailOffset")) {
            byte[] tail = bytes(packet, "encryptedTailDecrypted");
            System.arraycopy(
                    tail, 0, payload, packet.required("encryptedTailOffset").intValue(), tail.length);
            Hello clear = Hello.readClear(new WireReader(payload));
            assertThat(present(clear).maskedOffset() - PacketHeader.BYTES)
                    .isEqualTo(packet.required("encryptedTailOffset").intValue());
        }
        return payload;
    }

    private static void checkWritten(String what, Message message, byte[] payload) {
        var out = new WireWriter(PacketHeader.PAYLOAD_BYTES_MAX);
        message.write(out);
        assertThat(out.overflowed()).as(what).isFalse();
        byte[] written = out.toByteArray();
        switch (message) {
            case Nop _ -> assertThat(written).as(what).isEmpty();
            // Protocol 9 appends a certificate of representation, which is skipped and not written.
            case Hello hello ->
                assertThat(payload)
                        .as(what)
                        .hasSizeGreaterThanOrEqualTo(written.length)
                        .startsWith(written)
                        .hasSize(hello.version().protocol() > 9 ? written.length : payload.length);
            case Ok ok
            when ok.body() instanceof OkHello body ->
                assertThat(payload)
                        .as(what)
                        .startsWith(written)
                        .hasSize(body.version().protocol() > 9 ? written.length : payload.length);
            // Senders leave out empty kinds at the end; here they are always written.
            case NetworkCredentials _ -> {
                assertThat(written).as(what).startsWith(payload);
                assertThat(Arrays.copyOfRange(written, payload.length, written.length))
                        .as(what)
                        .isEqualTo(new byte[written.length - payload.length]);
            }
            case ErrorReply _,
                    Ok _,
                    Whois _,
                    Rendezvous _,
                    Echo _,
                    MulticastLike _,
                    NetworkConfigRequest _,
                    ConfigChunk _,
                    MulticastGather _,
                    PushDirectPaths _,
                    UserMessage _ -> assertThat(written).as(what).isEqualTo(payload);
        }
    }

    private static void checkFields(String what, Message message, JsonNode fields) {
        switch (message) {
            case Nop nop -> assertThat(nop.verbId()).as(what).isIn(0x11, 0x12);
            case Hello hello -> {
                checkVersion(what, hello.version(), fields);
                assertThat(hello.timestampMillis()).as(what).isEqualTo(number(fields, "timestamp"));
                assertThat(hello.identity().address()).as(what).isEqualTo(address(fields, "identity"));
                assertThat(hello.sentTo()).as(what).isEqualTo(endpoint(fields, "sentTo"));
                assertThat(hello.planetId()).as(what).isEqualTo(hex(fields, "planetId"));
                assertThat(hello.planetTimestampMillis()).as(what).isEqualTo(number(fields, "planetTimestamp"));
                var moons = new ArrayList<Hello.Moon>();
                for (JsonNode moon : fields.required("moons")) {
                    assertThat(moon.required("type").intValue()).isEqualTo(127);
                    moons.add(new Hello.Moon(hex(moon, "id"), number(moon, "timestamp")));
                }
                assertThat(hello.moons()).as(what).isEqualTo(moons);
            }
            case ErrorReply error -> {
                assertThat(error.failedVerbId()).as(what).isEqualTo(number(fields, "inReVerb"));
                assertThat(error.failedPacketId()).as(what).isEqualTo(hex(fields, "inRePacketId"));
                assertThat(error.code()).as(what).isEqualTo(number(fields, "code"));
                assertThat(error.errorCode()).as(what).isNotNull();
                assertThat(error.detail().toByteArray()).as(what).isEqualTo(bytes(fields, "data"));
                assertThat(error.network()).as(what).hasToString(text(fields, "data"));
            }
            case Ok ok -> {
                assertThat(ok.answeredVerbId()).as(what).isEqualTo(number(fields, "inReVerb"));
                assertThat(ok.answeredPacketId()).as(what).isEqualTo(hex(fields, "inRePacketId"));
                assertThat(Ok.to(ok.answeredPacketId(), ok.body())).as(what).isEqualTo(ok);
                checkBody(what, ok.body(), fields);
            }
            case Whois whois -> assertThat(whois.wanted()).as(what).isEqualTo(addresses(fields.required("addresses")));
            case Rendezvous rendezvous -> {
                assertThat(rendezvous.peer()).as(what).isEqualTo(address(fields, "address"));
                assertThat(rendezvous.at()).as(what).isEqualTo(endpoint(fields, "endpoint"));
            }
            case Echo echo -> assertThat(echo.payload().toByteArray()).as(what).isEqualTo(bytes(fields, "data"));
            case MulticastLike like -> {
                var groups = new ArrayList<String>();
                for (JsonNode group : fields.required("groups")) {
                    groups.add(text(group, "networkId") + " " + group(group, "mac"));
                }
                assertThat(like.subscriptions().stream().map(s -> s.network() + " " + s.group()))
                        .as(what)
                        .containsExactlyElementsOf(groups);
            }
            case NetworkCredentials credentials -> {
                assertThat(credentials.memberships())
                        .as(what)
                        .hasSize(fields.path("memberships").size());
                for (int i = 0; i < credentials.memberships().size(); i++) {
                    assertThat(written(credentials.memberships().get(i)))
                            .as(what)
                            .isEqualTo(HexFormat.of()
                                    .parseHex(fields.path("memberships").get(i).stringValue()));
                }
                assertThat(credentials.capabilities())
                        .as(what)
                        .hasSize(fields.path("capabilityCount").asInt(0));
            }
            case NetworkConfigRequest request -> {
                assertThat(request.network()).as(what).hasToString(text(fields, "networkId"));
                assertThat(request.metadata().toByteArray()).as(what).isEqualTo(bytes(fields, "metaData"));
                assertThat(request.haveRevision()).as(what).isEqualTo(number(fields, "haveRevision"));
                assertThat(request.haveTimestampMillis()).as(what).isEqualTo(number(fields, "haveTimestamp"));
            }
            case ConfigChunk chunk -> checkChunk(what, chunk, fields);
            case MulticastGather gather -> {
                assertThat(gather.network()).as(what).hasToString(text(fields, "networkId"));
                assertThat(gather.group()).as(what).isEqualTo(group(fields, "mac"));
                assertThat(gather.limit()).as(what).isEqualTo(number(fields, "limit"));
                if (fields.has("membership")) {
                    assertThat(gather.membership()).as(what).isNotNull();
                    assertThat(written(present(gather.membership()))).as(what).isEqualTo(bytes(fields, "membership"));
                } else {
                    assertThat(gather.membership()).as(what).isNull();
                }
            }
            case PushDirectPaths paths -> {
                var candidates = new ArrayList<PushDirectPaths.Candidate>();
                for (JsonNode path : fields.required("paths")) {
                    candidates.add(new PushDirectPaths.Candidate(
                            (int) number(path, "flags"),
                            Endpoint.parse(text(path, "endpoint")).orElseThrow()));
                }
                assertThat(paths.candidates()).as(what).isEqualTo(candidates);
            }
            case UserMessage user -> {
                assertThat(user.type()).as(what).isEqualTo(hex(fields, "typeId"));
                assertThat(user.data().toByteArray()).as(what).isEqualTo(bytes(fields, "data"));
            }
        }
    }

    private static void checkBody(String what, OkBody body, JsonNode fields) {
        switch (body) {
            case OkHello hello -> {
                checkVersion(what, hello.version(), fields);
                assertThat(hello.timestampMillis()).as(what).isEqualTo(number(fields, "timestamp"));
                assertThat(hello.seenAt()).as(what).isEqualTo(endpoint(fields, "seenAs"));
                assertThat(hello.worlds().toByteArray()).as(what).isEqualTo(bytes(fields, "worlds"));
            }
            case OkWhois whois ->
                assertThat(whois.identities().stream().map(Identity::address))
                        .as(what)
                        .isEqualTo(addresses(fields.required("identities")));
            case OkEcho echo -> {
                assertThat(echo.payload().toByteArray()).as(what).isEqualTo(bytes(fields, "data"));
                ConfigAck ack = ConfigAck.of(echo);
                if (text(fields, "data").startsWith("647b802974")) {
                    assertThat(ack).as(what).isNotNull();
                    assertThat(text(fields, "data"))
                            .startsWith(present(ack).network().toString());
                    assertThat(Ok.to(1, present(ack)).answeredVerbId()).as(what).isEqualTo(8);
                } else {
                    assertThat(ack).as(what).isNull();
                }
            }
            case ConfigChunk chunk -> checkChunk(what, chunk, fields);
            case OkMulticastGather gather -> {
                assertThat(gather.network()).as(what).hasToString(text(fields, "networkId"));
                assertThat(gather.group()).as(what).isEqualTo(group(fields, "mac"));
                checkGathered(what, gather.gathered(), fields);
            }
            case OkMulticastFrame frame -> {
                assertThat(frame.network()).as(what).hasToString(text(fields, "networkId"));
                assertThat(frame.group()).as(what).isEqualTo(group(fields, "mac"));
                assertThat(frame.membership()).as(what).isNull();
                assertThat(number(fields, "flags")).as(what).isEqualTo(2);
                checkGathered(what, frame.gathered(), fields);
            }
            case OkExtFrame _, ConfigAck _, OkOther _ -> throw new AssertionError("not recorded: " + what);
        }
    }

    private static void checkGathered(String what, @Nullable GatheredMembers gathered, JsonNode fields) {
        assertThat(gathered)
                .as(what)
                .isEqualTo(new GatheredMembers(number(fields, "totalKnown"), addresses(fields.required("members"))));
    }

    private static void checkChunk(String what, ConfigChunk chunk, JsonNode fields) {
        assertThat(chunk.network()).as(what).hasToString(text(fields, "networkId"));
        assertThat(chunk.data().toByteArray()).as(what).isEqualTo(bytes(fields, "chunk"));
        assertThat(chunk.flags()).as(what).isEqualTo(number(fields, "flags"));
        assertThat(chunk.updateId()).as(what).isEqualTo(hex(fields, "updateId"));
        assertThat(chunk.totalBytes()).as(what).isEqualTo(number(fields, "totalLength"));
        assertThat(chunk.positionBytes()).as(what).isEqualTo(number(fields, "chunkIndex"));
        assertThat(chunk.signature()).as(what).isNotNull();
        assertThat(present(chunk.signature()).toByteArray()).as(what).isEqualTo(bytes(fields, "signature"));
        assertThat(controller()
                        .verify(chunk.signedBytes(), present(chunk.signature()).toByteArray()))
                .as(what)
                .isTrue();
    }

    /** The identity of the controller, the same in both sessions. */
    private static Identity controller() {
        for (JsonNode node : WireVectors.file("session").required("nodes")) {
            Identity identity = Identity.parse(text(node, "secretString")).orElseThrow();
            if (identity.address().bits() == 0x647b802974L) {
                return identity;
            }
        }
        throw new AssertionError("no controller");
    }

    private static void checkFrame(String what, Verb verb, byte[] packet, JsonNode fields) {
        assertThat(FrameFields.network(packet, 0)).as(what).isEqualTo(hex(fields, "networkId"));
        byte[] written = packet.clone();
        Arrays.fill(written, PacketHeader.BYTES, written.length, (byte) 0x55);
        int payloadOffset;
        if (verb == Verb.FRAME) {
            payloadOffset = FrameFields.FRAME_PAYLOAD_OFFSET;
            assertThat(FrameFields.frameEthertype(packet, 0)).as(what).isEqualTo(number(fields, "etherType"));
            FrameFields.writeFrame(written, 0, hex(fields, "networkId"), (int) number(fields, "etherType"));
        } else {
            int flags = FrameFields.flags(packet, 0);
            assertThat(flags).as(what).isEqualTo(number(fields, "flags"));
            int at = FrameFields.fieldsOffset(packet, 0, packet.length);
            assertThat(at).as(what).isEqualTo(FrameFields.MEMBERSHIP_OFFSET);
            if (verb == Verb.EXT_FRAME) {
                payloadOffset = FrameFields.extPayloadOffset(at);
                assertThat(FrameFields.extDestination(packet, 0, at)).as(what).isEqualTo(hex(fields, "macDest"));
                assertThat(FrameFields.extSource(packet, 0, at)).as(what).isEqualTo(hex(fields, "macSource"));
                assertThat(FrameFields.extEthertype(packet, 0, at)).as(what).isEqualTo(number(fields, "etherType"));
                assertThat(FrameFields.writeExtFrame(
                                written,
                                0,
                                hex(fields, "networkId"),
                                flags,
                                hex(fields, "macDest"),
                                hex(fields, "macSource"),
                                (int) number(fields, "etherType")))
                        .as(what)
                        .isEqualTo(payloadOffset);
            } else {
                payloadOffset = FrameFields.multicastPayloadOffset(flags, at);
                long limit = fields.has("gatherLimit") ? number(fields, "gatherLimit") : 0;
                long source = fields.has("macSource") ? hex(fields, "macSource") : 0;
                assertThat(FrameFields.multicastGatherLimit(packet, 0, flags, at))
                        .as(what)
                        .isEqualTo(limit);
                if (fields.has("macSource")) {
                    assertThat(FrameFields.multicastSource(packet, 0, flags, at))
                            .as(what)
                            .isEqualTo(source);
                }
                assertThat(new MulticastGroup(
                                new Mac(FrameFields.multicastDestination(packet, 0, flags, at)),
                                FrameFields.multicastAdi(packet, 0, flags, at)))
                        .as(what)
                        .isEqualTo(group(fields, "macDest"));
                assertThat(FrameFields.multicastEthertype(packet, 0, flags, at))
                        .as(what)
                        .isEqualTo(number(fields, "etherType"));
                assertThat(FrameFields.writeMulticastFrame(
                                written,
                                0,
                                hex(fields, "networkId"),
                                flags,
                                limit,
                                source,
                                hex(fields, "macDest"),
                                (int) hex(fields, "adi"),
                                (int) number(fields, "etherType")))
                        .as(what)
                        .isEqualTo(payloadOffset);
            }
        }
        byte[] frame = Arrays.copyOfRange(packet, payloadOffset, packet.length);
        assertThat(frame).as(what).isEqualTo(bytes(fields, "frame"));
        System.arraycopy(frame, 0, written, payloadOffset, frame.length);
        assertThat(written).as(what).isEqualTo(packet);
    }

    private static <T> T present(@Nullable T value) {
        return Objects.requireNonNull(value);
    }

    private static byte[] written(MembershipCertificate membership) {
        var out = new WireWriter(1000);
        membership.write(out);
        return out.toByteArray();
    }

    private static void checkVersion(String what, PeerVersion version, JsonNode fields) {
        assertThat(version)
                .as(what)
                .isEqualTo(new PeerVersion(
                        (int) number(fields, "protocol"),
                        (int) number(fields, "major"),
                        (int) number(fields, "minor"),
                        (int) number(fields, "revision")));
    }

    private static long number(JsonNode node, String field) {
        return node.required(field).longValue();
    }

    private static Address address(JsonNode node, String field) {
        return Address.parse(text(node, field)).orElseThrow();
    }

    private static List<Address> addresses(JsonNode list) {
        var out = new ArrayList<Address>();
        for (JsonNode address : list) {
            out.add(Address.parse(address.stringValue()).orElseThrow());
        }
        return out;
    }

    private static MulticastGroup group(JsonNode node, String macField) {
        return new MulticastGroup(new Mac(hex(node, macField)), (int) hex(node, "adi"));
    }

    private static @Nullable Endpoint endpoint(JsonNode node, String field) {
        String endpoint = text(node, field);
        return endpoint.isEmpty() ? null : Endpoint.parse(endpoint).orElseThrow();
    }
}
