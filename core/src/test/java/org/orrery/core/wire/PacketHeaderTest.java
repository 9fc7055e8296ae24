// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.core.wire.WireVectors.bytes;
import static org.orrery.core.wire.WireVectors.hex;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class PacketHeaderTest {
    @ParameterizedTest
    @ValueSource(strings = {"armor", "armor-1.14.2"})
    void readsAndWritesRecordedHeaders(String file) {
        for (JsonNode vector : WireVectors.file(file).required("cases")) {
            byte[] before = bytes(vector, "before");
            byte[] after = bytes(vector, "after");
            assertThat(PacketHeader.destination(after, 0)).isEqualTo(hex(vector, "destination"));
            assertThat(PacketHeader.source(after, 0)).isEqualTo(hex(vector, "origin"));
            assertThat(PacketHeader.suite(after, 0))
                    .isEqualTo(vector.required("suite").intValue());
            assertThat(PacketHeader.fragmented(after, 0))
                    .isEqualTo(vector.required("fragmented").booleanValue());
            assertThat(PacketHeader.id(before, 0)).isEqualTo(hex(vector, "packetId"));
            assertThat(PacketHeader.verb(before, 0))
                    .isEqualTo(vector.required("verb").intValue());

            byte[] written = before.clone();
            Arrays.fill(written, 0, 28, (byte) 0xff);
            PacketHeader.write(
                    written,
                    0,
                    hex(vector, "packetId"),
                    hex(vector, "destination"),
                    hex(vector, "origin"),
                    vector.required("verb").intValue());
            PacketHeader.setFragmented(written, 0, PacketHeader.fragmented(before, 0));
            assertThat(written).isEqualTo(before);
            PacketHeader.setSuite(written, 0, vector.required("suite").intValue());
            assertThat(PacketHeader.flags(written, 0)).isEqualTo(PacketHeader.flags(after, 0));
        }
    }

    @Test
    void settersTouchOnlyTheirField() {
        var random = new Random(1);
        for (int round = 0; round < 1000; round++) {
            byte[] packet = new byte[40];
            random.nextBytes(packet);
            long id = random.nextLong();
            long destination = random.nextLong() >>> 24;
            long source = random.nextLong() >>> 24;
            long mac = random.nextLong();
            int suite = random.nextInt(8);
            int hops = random.nextInt(8);
            int verb = random.nextInt(32);
            boolean fragmented = random.nextBoolean();
            boolean compressed = random.nextBoolean();
            byte[] tail = Arrays.copyOfRange(packet, 33, 40);
            PacketHeader.setVerb(packet, 5, verb);
            PacketHeader.setCompressed(packet, 5, compressed);
            PacketHeader.setMac(packet, 5, mac);
            PacketHeader.setHops(packet, 5, hops);
            PacketHeader.setFragmented(packet, 5, fragmented);
            PacketHeader.setSuite(packet, 5, suite);
            PacketHeader.setSource(packet, 5, source);
            PacketHeader.setDestination(packet, 5, destination);
            PacketHeader.setId(packet, 5, id);
            assertThat(PacketHeader.id(packet, 5)).isEqualTo(id);
            assertThat(PacketHeader.destination(packet, 5)).isEqualTo(destination);
            assertThat(PacketHeader.source(packet, 5)).isEqualTo(source);
            assertThat(PacketHeader.mac(packet, 5)).isEqualTo(mac);
            assertThat(PacketHeader.suite(packet, 5)).isEqualTo(suite);
            assertThat(PacketHeader.hops(packet, 5)).isEqualTo(hops);
            assertThat(PacketHeader.verb(packet, 5)).isEqualTo(verb);
            assertThat(PacketHeader.compressed(packet, 5)).isEqualTo(compressed);
            assertThat(PacketHeader.fragmented(packet, 5)).isEqualTo(fragmented);
            assertThat(PacketHeader.flags(packet, 5) >> 7).isEqualTo(suite == 1 ? 1 : 0);
            assertThat(packet).endsWith(tail);
        }
    }

    @Test
    void tellsDatagramsApartByLengthAndOneByte() {
        byte[] datagram = new byte[PacketHeader.PACKET_BYTES_MAX + 10];
        for (int length = 0; length <= 40; length++) {
            datagram[15] = 0;
            DatagramKind plain =
                    length == 13 ? DatagramKind.BEACON : length < 28 ? DatagramKind.IGNORED : DatagramKind.PACKET;
            assertThat(DatagramKind.of(datagram, 2, length)).isEqualTo(plain);
            datagram[15] = (byte) 0xff;
            DatagramKind marked =
                    length == 13 ? DatagramKind.BEACON : length <= 16 ? DatagramKind.IGNORED : DatagramKind.FRAGMENT;
            assertThat(DatagramKind.of(datagram, 2, length)).isEqualTo(marked);
        }
        assertThat(DatagramKind.of(datagram, 0, PacketHeader.PACKET_BYTES_MAX)).isEqualTo(DatagramKind.PACKET);
        assertThat(DatagramKind.of(datagram, 0, PacketHeader.PACKET_BYTES_MAX + 1))
                .isEqualTo(DatagramKind.OVERSIZED);
        assertThat(DatagramKind.of(new byte[0], 0, 0)).isEqualTo(DatagramKind.IGNORED);
    }

    @Test
    void packetsEndAtTheMaximum() {
        WireWriter own = Packet.begin(1, 2, 3, 4).fill(9, PacketHeader.PAYLOAD_BYTES_MAX);
        assertThat(own.overflowed()).isFalse();
        assertThat(own.toByteArray()).hasSize(PacketHeader.PACKET_BYTES_MAX);
        assertThat(own.u8(0).overflowed()).isTrue();

        byte[] borrowed = new byte[20_000];
        WireWriter in = Packet.begin(borrowed, 7, 1, 2, 3, 4).fill(9, PacketHeader.PAYLOAD_BYTES_MAX);
        assertThat(in.overflowed()).isFalse();
        assertThat(in.u8(0).overflowed()).isTrue();
        assertThat(in.toByteArray()).isEqualTo(own.toByteArray());
        assertThat(PacketHeader.id(borrowed, 7)).isEqualTo(1);
        assertThat(PacketHeader.destination(borrowed, 7)).isEqualTo(2);
        assertThat(PacketHeader.source(borrowed, 7)).isEqualTo(3);
        assertThat(PacketHeader.verb(borrowed, 7)).isEqualTo(4);
        assertThat(Packet.begin(new byte[30], 3, 1, 2, 3, 4).overflowed()).isTrue();
    }
}
