// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

class FrameFieldsTest {
    private static final long NETWORK = 0x8056_c2e2_1c00_0001L;
    private static final long DESTINATION = 0x3333_ff00_0001L;
    private static final long SOURCE = 0x0211_2233_4455L;

    @Test
    void everyFlagMovesTheFieldsOfAMulticast() {
        for (int flags = 0; flags < 16; flags += 2) {
            byte[] packet = new byte[100];
            Arrays.fill(packet, (byte) 0x77);
            int payload = FrameFields.writeMulticastFrame(
                    packet, 5, NETWORK, flags, 0xfedc_ba98L, SOURCE, DESTINATION, -3, 0x86dd);
            int fields = FrameFields.fieldsOffset(packet, 5, 95);
            assertThat(FrameFields.network(packet, 5)).isEqualTo(NETWORK);
            assertThat(FrameFields.flags(packet, 5)).isEqualTo(flags);
            assertThat(FrameFields.multicastPayloadOffset(flags, fields)).isEqualTo(payload);
            assertThat(FrameFields.multicastGatherLimit(packet, 5, flags, fields))
                    .isEqualTo((flags & 2) != 0 ? 0xfedc_ba98L : 0);
            if ((flags & 4) != 0) {
                assertThat(FrameFields.multicastSource(packet, 5, flags, fields))
                        .isEqualTo(SOURCE);
            }
            assertThat(FrameFields.multicastDestination(packet, 5, flags, fields))
                    .isEqualTo(DESTINATION);
            assertThat(FrameFields.multicastAdi(packet, 5, flags, fields)).isEqualTo(-3);
            assertThat(FrameFields.multicastEthertype(packet, 5, flags, fields)).isEqualTo(0x86dd);
            assertThat(packet[5 + payload]).isEqualTo((byte) 0x77);
            assertThat(packet[5 + payload - 1]).isEqualTo((byte) 0xdd);
        }
    }

    @Test
    void subtypesAndAcknowledgementAreFlags() {
        int[] values = {
            FrameFields.EXT_NORMAL,
            FrameFields.EXT_TEE_OUTBOUND,
            FrameFields.EXT_REDIRECT_OUTBOUND,
            FrameFields.EXT_WATCH_OUTBOUND,
            FrameFields.EXT_TEE_INBOUND,
            FrameFields.EXT_REDIRECT_INBOUND,
            FrameFields.EXT_WATCH_INBOUND
        };
        for (int subtype = 0; subtype < values.length; subtype++) {
            assertThat(FrameFields.extSubtype(values[subtype])).isEqualTo(subtype);
            assertThat((values[subtype] & FrameFields.FLAG_ACKNOWLEDGE) != 0).isEqualTo(subtype == 3 || subtype == 6);
        }
    }

    /** The length that is measured in place is the one that the certificate's own codec takes. */
    @Test
    void stepsOverAMembershipCertificateLikeItsCodec() {
        for (int qualifiers = 0; qualifiers <= 9; qualifiers++) {
            for (long signer : new long[] {0, 1, 0xff_0000_0000L >>> 3}) {
                byte[] packet = extFrameWithMembership(qualifiers, signer);
                var in = new WireReader(
                        packet, FrameFields.MEMBERSHIP_OFFSET, packet.length - FrameFields.MEMBERSHIP_OFFSET);
                boolean wellFormed = MembershipCertificate.read(in) != null;
                int fields = FrameFields.fieldsOffset(packet, 0, packet.length);
                assertThat(wellFormed).isEqualTo(qualifiers <= 8);
                assertThat(fields).isEqualTo(wellFormed ? in.position() : -1);
                if (wellFormed) {
                    assertThat(FrameFields.extDestination(packet, 0, fields)).isEqualTo(DESTINATION);
                    assertThat(FrameFields.extSource(packet, 0, fields)).isEqualTo(SOURCE);
                    assertThat(FrameFields.extEthertype(packet, 0, fields)).isEqualTo(0x0800);
                    assertThat(FrameFields.extPayloadOffset(fields)).isEqualTo(packet.length - 2);
                    for (int length = 0; length < fields; length++) {
                        assertThat(FrameFields.fieldsOffset(packet, 0, length)).isEqualTo(-1);
                    }
                }
            }
        }
    }

    private static byte[] extFrameWithMembership(int qualifiers, long signer) {
        var out = new WireWriter(1000)
                .fill(0, PacketHeader.BYTES)
                .u64(NETWORK)
                .u8(FrameFields.FLAG_MEMBERSHIP)
                .u8(1)
                .u16(qualifiers);
        for (int i = 0; i < qualifiers; i++) {
            out.u64(i).u64(100 + i).u64(0);
        }
        out.u40(signer).fill(9, signer == 0 ? 0 : 96);
        return out.u48(DESTINATION).u48(SOURCE).u16(0x0800).u16(0xabcd).toByteArray();
    }

    @Test
    void neverAnswersAnOffsetBehindTheEnd() {
        var random = new Random(1);
        for (int round = 0; round < 100_000; round++) {
            byte[] packet = new byte[random.nextInt(400)];
            random.nextBytes(packet);
            if (packet.length > 40 && random.nextBoolean()) {
                packet[FrameFields.FLAGS_OFFSET] |= 1;
                packet[37] = 1;
                packet[38] = 0;
                packet[39] = (byte) random.nextInt(10);
            }
            assertThat(FrameFields.fieldsOffset(packet, 0, packet.length)).isBetween(-1, packet.length);
        }
    }
}
