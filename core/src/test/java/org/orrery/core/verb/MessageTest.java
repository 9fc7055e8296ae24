// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.crypto.Identity;
import org.orrery.core.value.Address;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.Dictionary;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireVectors;
import org.orrery.core.wire.WireWriter;
import tools.jackson.databind.JsonNode;

/** What holds for all payloads: they round-trip, every cut is noticed or legal, and no bytes make a codec throw. */
class MessageTest {
    private static final NetworkId NETWORK = new NetworkId(0x8056_c2e2_1c00_0001L);
    private static final MulticastGroup GROUP = new MulticastGroup(new Mac(0x3333_ff00_0001L), 0x0a00_0001);
    private static final Endpoint V4 = new Endpoint(Ip.v4(192, 0, 2, 7), 9993);
    private static final Endpoint V6 = new Endpoint(Ip.v6(0x2001_0db8_0000_0000L, 1), 443);
    private static final PeerVersion VERSION = new PeerVersion(12, 1, 14, 2);
    private static final Address ADDRESS = new Address(0x1122334455L);
    private static final GatheredMembers GATHERED =
            new GatheredMembers(0xffff_ffffL, List.of(ADDRESS, new Address(0x66778899aaL)));

    private static List<Message> examples() {
        Bytes signature = Bytes.copyOf(new byte[96]);
        Bytes data = Bytes.copyOf("v=7\nn=x".getBytes(StandardCharsets.US_ASCII));
        var chunk = new ConfigChunk(NETWORK, data, 1, -2, 4_000_000_000L, 3_999_999_000L, signature);
        var wholeConfig = new ConfigChunk(NETWORK, data, 0, 0, data.length(), 0, null);
        Dictionary metadata = Dictionary.of("v=7\npv=c".getBytes(StandardCharsets.US_ASCII));
        MembershipCertificate membership = membership();
        var messages = new ArrayList<Message>(List.of(
                new Hello(VERSION, 1, identity(), null, 0, 0, List.of(), null),
                new Hello(VERSION, 1, identity(), V4, 2, 3, List.of(new Hello.Moon(4, 5)), new Features(-1)),
                new Hello(
                        VERSION,
                        1,
                        identity(),
                        V4,
                        2,
                        3,
                        List.of(),
                        new Features(Features.NUMBERS_PACKETS, 1, 7, 0, List.of())),
                new Hello(
                        VERSION, -1, identity(), V6, -2, 3, List.of(new Hello.Moon(4, 5), new Hello.Moon(-6, 0)), null),
                new ErrorReply(1, 2, 4, Bytes.EMPTY),
                ErrorReply.of(0x0b, -2, ErrorCode.OBJECT_NOT_FOUND, NETWORK),
                ErrorReply.authenticationRequired(-2, NETWORK, metadata),
                new Whois(List.of(ADDRESS, Address.NONE)),
                new Rendezvous(ADDRESS, V4),
                new Rendezvous(ADDRESS, V6),
                new Rendezvous(ADDRESS, null),
                Echo.EMPTY,
                new Echo(data),
                new MulticastLike(List.of(
                        new MulticastLike.Subscription(NETWORK, GROUP),
                        new MulticastLike.Subscription(NETWORK, MulticastGroup.arp(-1)))),
                new NetworkCredentials(List.of(membership, membership), List.of(), List.of(), List.of(), List.of()),
                new NetworkConfigRequest(NETWORK, metadata, -1, 2),
                chunk,
                wholeConfig,
                new MulticastGather(NETWORK, GROUP, 0xffff_ffffL, null),
                new MulticastGather(NETWORK, GROUP, 1, membership),
                new PushDirectPaths(List.of()),
                new PushDirectPaths(
                        List.of(new PushDirectPaths.Candidate(0, V4), new PushDirectPaths.Candidate(2, V6))),
                new UserMessage(-100, data)));
        for (OkBody body : List.of(
                new OkHello(-1, VERSION, null, Bytes.EMPTY, null),
                new OkHello(1, VERSION, V4, data, new Features(0)),
                new OkHello(1, VERSION, V6, data, null),
                new OkHello(
                        1, VERSION, V6, data, new Features(Features.NUMBERS_PACKETS, 8, -5, 9, List.of(1L, 2L, -3L))),
                new OkWhois(List.of(identity())),
                new OkWhois(List.of(identity(), identity())),
                new OkExtFrame(NETWORK),
                new OkEcho(data),
                chunk,
                new OkMulticastGather(NETWORK, GROUP, GATHERED),
                new OkMulticastFrame(NETWORK, GROUP, null, null),
                new OkMulticastFrame(NETWORK, GROUP, null, GATHERED),
                new OkMulticastFrame(NETWORK, GROUP, membership, GATHERED),
                new OkOther(0x14, data))) {
            messages.add(Ok.to(-77, body));
        }
        messages.add(new Ok(Verb.NETWORK_CONFIG.id(), 5, new ConfigAck(NETWORK, -9)));
        return messages;
    }

    private static Identity identity() {
        JsonNode first = WireVectors.file("session").required("nodes").get(0);
        return Identity.parse(WireVectors.text(first, "secretString")).orElseThrow();
    }

    private static MembershipCertificate membership() {
        for (JsonNode entry : WireVectors.file("session").required("timeline")) {
            JsonNode membership = entry.path("packet").path("fields").path("membership");
            if (membership.isString()) {
                MembershipCertificate read = MembershipCertificate.read(
                        new WireReader(WireVectors.bytes(entry.path("packet").path("fields"), "membership")));
                if (read != null) {
                    return read;
                }
            }
        }
        throw new AssertionError("no membership recorded");
    }

    @Test
    void everyKindIsAmongTheExamples() {
        Set<Class<?>> kinds = new HashSet<>();
        for (Message message : examples()) {
            kinds.add(message.getClass());
            if (message instanceof Ok ok) {
                kinds.add(ok.body().getClass());
            }
        }
        kinds.add(Nop.class);
        assertThat(kinds).contains(Message.class.getPermittedSubclasses());
        assertThat(kinds).contains(OkBody.class.getPermittedSubclasses());
    }

    @Test
    void giveBackWhatTheyWrote() {
        for (Message message : examples()) {
            byte[] payload = written(message);
            assertThat(read(message.verbId(), payload)).isEqualTo(message);
        }
    }

    @Test
    void ignoreBytesBehindTheLastField() {
        // These take everything to the end, so that more bytes are more content or a cut-off element.
        Set<Class<?>> toTheEnd = Set.of(
                Echo.class, OkEcho.class, OkOther.class, UserMessage.class, ErrorReply.class, MulticastLike.class);
        for (Message message : examples()) {
            Class<?> kind = message instanceof Ok ok ? ok.body().getClass() : message.getClass();
            boolean unsigned = message instanceof ConfigChunk chunk && chunk.signature() == null;
            if (!toTheEnd.contains(kind) && !unsigned) {
                byte[] payload = written(message);
                byte[] longer = Arrays.copyOf(payload, payload.length + 3);
                assertThat(read(message.verbId(), longer)).isEqualTo(message);
            }
        }
    }

    /** A cut payload is refused, or it is a shorter message that a sender may send; it never reads as the whole. */
    @Test
    void noticeEveryCut() {
        Map<Class<?>, Integer> legalCuts = new HashMap<>();
        for (Message message : examples()) {
            byte[] payload = written(message);
            for (int keep = 0; keep < payload.length; keep++) {
                var in = new WireReader(payload, 0, keep);
                Message cut = Message.read(message.verbId(), in);
                assertThat(cut == null).isEqualTo(!in.intact());
                if (cut == null) {
                    assertThat(in.fault()).isIn(DropReason.TRUNCATED, DropReason.BAD_FIELD);
                    continue;
                }
                Class<?> kind = cut instanceof Ok ok ? ok.body().getClass() : cut.getClass();
                legalCuts.merge(kind, 1, Integer::sum);
                // Fields that are absent read as zero, which is what these examples hold.
                if (!(message instanceof NetworkCredentials) && !(message instanceof Hello) && !isOkHello(message)) {
                    assertThat(cut).isNotEqualTo(message);
                }
            }
        }
        // What has optional fields, a list to the end or free content; nothing else may be cut unnoticed.
        assertThat(legalCuts.keySet())
                .containsExactlyInAnyOrder(
                        Hello.class,
                        OkHello.class,
                        OkWhois.class,
                        Whois.class,
                        Echo.class,
                        OkEcho.class,
                        OkOther.class,
                        UserMessage.class,
                        ErrorReply.class,
                        MulticastLike.class,
                        NetworkCredentials.class,
                        NetworkConfigRequest.class,
                        ConfigChunk.class,
                        MulticastGather.class);
    }

    private static boolean isOkHello(Message message) {
        return message instanceof Ok ok && ok.body() instanceof OkHello;
    }

    @Test
    void surviveAnyBytes() {
        var random = new Random(1);
        List<Message> examples = examples();
        int accepted = 0;
        for (int round = 0; round < 200_000; round++) {
            byte[] payload;
            int verbId;
            if (random.nextBoolean()) {
                payload = new byte[random.nextInt(120)];
                random.nextBytes(payload);
                verbId = random.nextInt(32);
            } else {
                Message example = examples.get(random.nextInt(examples.size()));
                verbId = example.verbId();
                payload = written(example);
                for (int flips = random.nextInt(4); flips >= 0 && payload.length > 0; flips--) {
                    payload[random.nextInt(payload.length)] = (byte) random.nextInt();
                }
                payload = Arrays.copyOf(payload, random.nextInt(payload.length + 4));
            }
            var in = new WireReader(payload);
            Message message = Message.read(verbId, in);
            assertThat(message == null).isEqualTo(!in.intact());
            if (message != null) {
                accepted++;
                byte[] again = written(message);
                assertThat(read(verbId, again)).isEqualTo(message);
            }
        }
        assertThat(accepted).isGreaterThan(20_000);
    }

    @Test
    void framesAreReadInPlaceOnly() {
        for (Verb verb : List.of(Verb.FRAME, Verb.EXT_FRAME, Verb.MULTICAST_FRAME)) {
            var in = new WireReader(new byte[100]);
            assertThat(Message.read(verb.id(), in)).isNull();
            assertThat(in.fault()).isEqualTo(DropReason.UNKNOWN_VERB);
        }
    }

    @Test
    void verbsWithoutAHandlerSayNothing() {
        for (int verbId : new int[] {0x00, 0x0f, 0x11, 0x12, 0x13, 0x15, 0x16, 0x17, 0x1f}) {
            assertThat(read(verbId, new byte[] {1, 2, 3})).isEqualTo(new Nop(verbId));
            assertThat(new Nop(verbId).provesLife()).isEqualTo(verbId != 0x12 && verbId != 0x13 && verbId != 0x16);
        }
    }

    private static byte[] written(Message message) {
        var out = new WireWriter(10_000);
        message.write(out);
        assertThat(out.overflowed()).isFalse();
        return out.toByteArray();
    }

    private static @Nullable Message read(int verbId, byte[] payload) {
        return Message.read(verbId, new WireReader(payload));
    }
}
