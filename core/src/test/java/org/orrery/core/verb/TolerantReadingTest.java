// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.Identity;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireVectors;
import org.orrery.core.wire.WireWriter;

/** Fields that senders of other versions leave out, append or get wrong. */
class TolerantReadingTest {
    private static final Endpoint V4 = new Endpoint(Ip.v4(192, 0, 2, 7), 9993);
    private static final Identity IDENTITY = Identity.parse(WireVectors.text(
                    WireVectors.file("session").required("nodes").get(0), "secretString"))
            .orElseThrow();

    private static WireWriter helloUpToIdentity() {
        var out = new WireWriter(500).u8(9).u8(1).u8(2).u16(0).u64(77);
        IDENTITY.write(out);
        return out;
    }

    @Test
    void aHelloMayEndBehindAnyOfItsParts() {
        byte[] identityOnly = helloUpToIdentity().toByteArray();
        Hello first = hello(identityOnly);
        assertThat(first.identity()).isEqualTo(IDENTITY);
        assertThat(first.sentTo()).isNull();

        byte[] withAddress =
                helloUpToIdentity().u8(4).u32(0xc000_0207L).u16(9993).toByteArray();
        assertThat(hello(withAddress).sentTo()).isEqualTo(V4);
        assertThat(hello(withAddress).planetId()).isZero();

        byte[] withPlanet = helloUpToIdentity().u8(0).u64(5).u64(6).toByteArray();
        assertThat(hello(withPlanet).planetId()).isEqualTo(5);
        assertThat(hello(withPlanet).planetTimestampMillis()).isEqualTo(6);
        assertThat(hello(withPlanet).moons()).isEmpty();
    }

    @Test
    void aHelloSkipsUnknownMoonTypesAndWhatFollows() {
        byte[] payload = helloUpToIdentity()
                .u8(0)
                .u64(5)
                .u64(6)
                .u16(2)
                .u8(126)
                .u64(1)
                .u64(2)
                .u8(127)
                .u64(3)
                .u64(4)
                .u16(40) // a certificate of representation that is not even there
                .u8(1)
                .toByteArray();
        assertThat(hello(payload).moons()).containsExactly(new Hello.Moon(3, 4));
        var cut = new WireReader(payload, 0, payload.length - 4);
        assertThat(Message.read(Verb.HELLO.id(), cut)).isNull();
        assertThat(cut.fault()).isEqualTo(DropReason.TRUNCATED);
    }

    @Test
    void aHelloIsReadInTwoStepsAroundTheUnmasking() {
        var whole =
                new Hello(new PeerVersion(12, 1, 14, 2), 1, IDENTITY, V4, 2, 3, List.of(new Hello.Moon(4, 5)), null);
        var out = new WireWriter(500);
        whole.write(out);
        byte[] payload = out.toByteArray();
        int maskedAt = whole.maskedOffset() - 28;
        for (int i = maskedAt; i < payload.length; i++) {
            payload[i] ^= 0x5a;
        }
        var in = new WireReader(payload);
        Hello clear = Objects.requireNonNull(Hello.readClear(in));
        assertThat(in.position()).isEqualTo(maskedAt);
        for (int i = in.position(); i < payload.length; i++) {
            payload[i] ^= 0x5a;
        }
        assertThat(clear.readTail(in)).isEqualTo(whole);
    }

    @Test
    void featuresNeedTheirMarkerBehindAnAbsentCertificate() {
        var hello =
                new Hello(new PeerVersion(12, 1, 14, 2), 1, IDENTITY, V4, 2, 3, List.of(), new Features(0x8000_0005));
        var out = new WireWriter(500);
        hello.write(out);
        byte[] payload = out.toByteArray();
        assertThat(hello(payload)).isEqualTo(hello);
        for (int i = 1; i <= 14; i++) {
            assertThat(hello(Arrays.copyOf(payload, payload.length - i)).features())
                    .isNull();
        }
        for (int i = payload.length - 14; i < payload.length - 4; i++) {
            byte[] other = payload.clone();
            other[i] ^= 1;
            assertThat(hello(other).features()).isNull();
        }
    }

    private static Hello hello(byte[] payload) {
        return (Hello) Objects.requireNonNull(Message.read(Verb.HELLO.id(), new WireReader(payload)));
    }

    @Test
    void aRendezvousToNowhereStillProvesItsSender() {
        for (int ipBytes : new int[] {0, 5, 17}) {
            assertThat(rendezvous(9993, ipBytes).at()).isNull();
        }
        assertThat(rendezvous(0, 4).at()).isNull();
        assertThat(rendezvous(1, 4).at()).isNotNull();
    }

    private static Rendezvous rendezvous(int port, int ipBytes) {
        byte[] payload = new WireWriter(100)
                .u8(0xff)
                .u40(1)
                .u16(port)
                .u8(ipBytes)
                .fill(1, ipBytes)
                .toByteArray();
        return (Rendezvous) Objects.requireNonNull(Message.read(Verb.RENDEZVOUS.id(), new WireReader(payload)));
    }

    @Test
    void pathsOfUnknownTypeAndExtendedDataAreSkipped() {
        byte[] payload = new WireWriter(200)
                .u16(4)
                .u8(0)
                .u16(0)
                .u8(9)
                .u8(3)
                .fill(1, 3) // unknown type
                .u8(0)
                .u16(0)
                .u8(6)
                .u8(6)
                .fill(1, 6) // too short for its type
                .u8(1)
                .u16(5)
                .fill(7, 5)
                .u8(4)
                .u8(6)
                .u32(0xc000_0207L)
                .u16(9993) // extended data
                .u8(0)
                .u16(0)
                .u8(4)
                .u8(8)
                .u32(0xc000_0207L)
                .u16(1)
                .u16(0) // longer than its type needs
                .toByteArray();
        var in = new WireReader(payload);
        var paths = (PushDirectPaths) Objects.requireNonNull(Message.read(Verb.PUSH_DIRECT_PATHS.id(), in));
        assertThat(paths.candidates())
                .containsExactly(
                        new PushDirectPaths.Candidate(1, V4),
                        new PushDirectPaths.Candidate(0, new Endpoint(V4.ip(), 1)));
        assertThat(in.remaining()).isZero();
    }

    @Test
    void identitiesBeforeRubbishCount() {
        var out = new WireWriter(500).u8(4).u64(9);
        IDENTITY.write(out);
        IDENTITY.write(out);
        out.fill(3, 100);
        var ok = (Ok) Objects.requireNonNull(Message.read(Verb.OK.id(), new WireReader(out.toByteArray())));
        assertThat(ok).isEqualTo(Ok.to(9, new OkWhois(List.of(IDENTITY, IDENTITY))));
    }

    @Test
    void aChunkMustLieInItsDictionaryAndBearTheKnownSignature() {
        var network = new NetworkId(1);
        Bytes data = Bytes.copyOf(new byte[10]);
        Bytes signature = Bytes.copyOf(new byte[96]);
        assertThat(chunkFault(new ConfigChunk(network, data, 0, 1, 10, 0, signature), 0))
                .isNull();
        assertThat(chunkFault(new ConfigChunk(network, data, 0, 1, 10, 1, signature), 0))
                .isEqualTo(DropReason.BAD_FIELD);
        assertThat(chunkFault(new ConfigChunk(network, data, 0, 1, 0xffff_ffffL, 0xffff_ffffL, signature), 0))
                .isEqualTo(DropReason.BAD_FIELD);
        assertThat(chunkFault(new ConfigChunk(network, data, 0, 1, 10, 0, signature), 1))
                .isEqualTo(DropReason.BAD_FIELD);
    }

    /** Why the chunk is refused when {@code change} is added to its signature type; null if it is not. */
    private static @Nullable DropReason chunkFault(ConfigChunk chunk, int change) {
        var out = new WireWriter(500);
        chunk.write(out);
        byte[] payload = out.toByteArray();
        payload[payload.length - 99] += (byte) change;
        var in = new WireReader(payload);
        return Message.read(Verb.NETWORK_CONFIG.id(), in) == null ? in.fault() : null;
    }

    @Test
    void aRequestMayEndBehindItsMetadataButNotBefore() {
        byte[] bare = new WireWriter(50).u64(1).u16(3).u8('v').u8('=').u8('7').toByteArray();
        var request = (NetworkConfigRequest)
                Objects.requireNonNull(Message.read(Verb.NETWORK_CONFIG_REQUEST.id(), new WireReader(bare)));
        assertThat(request.metadata().u64("v", 0)).isEqualTo(7);
        assertThat(request.haveRevision()).isZero();
        for (int keep = 0; keep < bare.length; keep++) {
            assertThat(Message.read(Verb.NETWORK_CONFIG_REQUEST.id(), new WireReader(bare, 0, keep)))
                    .isNull();
        }
        byte[] longest = new WireWriter(2000).u64(1).u16(1023).fill('x', 1023).toByteArray();
        assertThat(Message.read(Verb.NETWORK_CONFIG_REQUEST.id(), new WireReader(longest)))
                .isNotNull();
        byte[] tooLong = new WireWriter(2000).u64(1).u16(1024).fill('x', 1024).toByteArray();
        assertThat(Message.read(Verb.NETWORK_CONFIG_REQUEST.id(), new WireReader(tooLong)))
                .isNull();
    }

    @Test
    void errorsNameTheirSubject() {
        var none = ErrorReply.of(1, 2, ErrorCode.IDENTITY_COLLISION);
        assertThat(none.network()).isNull();
        assertThat(none.group()).isNull();
        assertThat(none.authentication()).isNull();
        var unknown = new ErrorReply(1, 2, 0x77, Bytes.EMPTY);
        assertThat(unknown.errorCode()).isNull();
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(ErrorCode.of(code.id())).isEqualTo(code);
        }
        for (Verb verb : Verb.values()) {
            assertThat(Verb.of(verb.id())).isEqualTo(verb);
        }
        assertThat(Verb.of(-1)).isNull();
        assertThat(Verb.of(32)).isNull();
    }
}
