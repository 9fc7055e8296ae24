// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.Prefix;
import org.orrery.core.wire.BigEndian;

class NdpEmulationTest {
    private static final long NETWORK = 0x354e_4b49_9a00_00a1L;
    private static final long SELF = 0x38b0321504L;
    private static final long OTHER = 0x0102030405L;
    private static final Prefix RFC4193 = prefix("fd35:4e4b:499a:0:a199:9338:b032:1504/88");
    private static final Prefix SIX_PLANE = prefix("fcaf:4e4b:e838:b032:1504::1/40");

    private static Prefix prefix(String text) {
        return Prefix.parse(text).orElseThrow();
    }

    private static byte[] solicitation(Ip target, int bytes) {
        byte[] packet = new byte[bytes];
        packet[0] = 0x60;
        packet[6] = 0x3a;
        packet[40] = (byte) 0x87;
        System.arraycopy(target.bytes(), 0, packet, 48, Math.min(16, bytes - 48));
        return packet;
    }

    private static NdpEmulation.@Nullable Advertisement ask(String target, Prefix... own) {
        byte[] packet = solicitation(Ip.parse(target).orElseThrow(), 72);
        return NdpEmulation.answer(packet, 0, packet.length, List.of(own), SELF, NETWORK);
    }

    @Test
    void answersForTheMemberThatTheAddressNames() {
        var answer = requireNonNull(ask("fd35:4e4b:499a:0:a199:9301:203:405", RFC4193));
        assertThat(answer.source()).isEqualTo(Mac.derive(OTHER, NETWORK));
        var plane = requireNonNull(ask("fcaf:4e4b:e801:203:405:1234:5678:9abc", SIX_PLANE));
        assertThat(plane.source())
                .as("every address below a member's prefix is the member's")
                .isEqualTo(Mac.derive(OTHER, NETWORK));
    }

    @Test
    void writesAWholeAdvertisementWithARightChecksum() {
        Ip target = Ip.parse("fd35:4e4b:499a:0:a199:9301:203:405").orElseThrow();
        byte[] packet =
                requireNonNull(ask(target.toString(), RFC4193)).payload().toByteArray();
        assertThat(packet).hasSize(72);
        assertThat(Arrays.copyOf(packet, 8)).isEqualTo(new byte[] {0x60, 0, 0, 0, 0, 32, 0x3a, (byte) 0xff});
        assertThat(Ip.of(packet, 8, true)).isEqualTo(target);
        assertThat(Ip.of(packet, 24, true)).isEqualTo(RFC4193.ip());
        assertThat(BigEndian.u16(packet, 40)).isEqualTo(0x8800);
        assertThat(BigEndian.i32(packet, 44)).isEqualTo(0x6000_0000);
        assertThat(Ip.of(packet, 48, true)).isEqualTo(target);
        assertThat(BigEndian.u16(packet, 64)).isEqualTo(0x0201);
        assertThat(BigEndian.u48(packet, 66)).isEqualTo(Mac.derive(OTHER, NETWORK));
        // A receiver adds all 16-bit words of addresses, length, next header and message, checksum included.
        int sum = 32 + 0x3a;
        for (int i = 8; i < 72; i += 2) {
            sum += BigEndian.u16(packet, i);
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        assertThat(sum).isEqualTo(0xffff);
    }

    @Test
    void leavesEverythingElseToMulticast() {
        assertThat(ask("fd35:4e4b:499a:0:a199:9338:b032:1504", RFC4193))
                .as("ourselves")
                .isNull();
        assertThat(ask("fd35:4e4b:499a:0:a199:9300::", RFC4193)).as("nobody").isNull();
        assertThat(ask("fd00::1", RFC4193, SIX_PLANE)).as("not derived").isNull();
        assertThat(ask("fd35:4e4b:499a:0:a199:9301:203:405", SIX_PLANE))
                .as("scheme not in use")
                .isNull();
        assertThat(ask("fd35:4e4b:499a:0:a199:9301:203:405")).as("no addresses").isNull();
        Ip target = Ip.parse("fd35:4e4b:499a:0:a199:9301:203:405").orElseThrow();
        for (int bytes = 64; bytes-- > 48; ) {
            assertThat(NdpEmulation.answer(solicitation(target, bytes), 0, bytes, List.of(RFC4193), SELF, NETWORK))
                    .isNull();
        }
        byte[] echo = solicitation(target, 72);
        echo[40] = (byte) 128;
        assertThat(NdpEmulation.answer(echo, 0, 72, List.of(RFC4193), SELF, NETWORK))
                .isNull();
    }
}
