// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.orrery.core.value.DropReason;
import tools.jackson.databind.JsonNode;

class FragmentsTest {
    /** The sealed packet is what the reference's datagrams join to; cut again it must give the same datagrams. */
    @ParameterizedTest
    @CsvSource({"fragments,1444", "fragments-1.14.2,1432"})
    void cutsLikeTheReference(String file, int mtu) {
        for (JsonNode vector : WireVectors.file(file).required("splitting")) {
            List<byte[]> datagrams = datagrams(vector.required("datagrams"));
            byte[] packet = joined(datagrams);
            assertThat(packet).hasSize(vector.required("totalLength").intValue());
            assertThat(PacketHeader.fragmented(packet, 0)).isEqualTo(datagrams.size() > 1);
            assertThat(cut(packet, mtu)).containsExactlyElementsOf(datagrams);
            boolean delivered = vector.required("receiverDelivered").booleanValue();
            int piecesMax = mtu == 1444 ? Fragments.PIECES_MAX_OLD : Fragments.PIECES_MAX;
            assertThat(packet.length <= Fragments.capacity(piecesMax, mtu)).isEqualTo(delivered);
        }
    }

    @ParameterizedTest
    @CsvSource({"fragments,4", "fragments-1.14.2,7"})
    void joinsLikeTheReference(String file, int piecesMax) {
        for (JsonNode vector : WireVectors.file(file).required("reassembly")) {
            var joined = new ArrayList<byte[]>();
            var reassembler = new Reassembler();
            List<byte[]> received = datagrams(vector.required("received"));
            long own = 0x187f8a15e6L;
            for (byte[] datagram : received) {
                switch (DatagramKind.of(datagram, 0, datagram.length)) {
                    case FRAGMENT -> {
                        if (Fragments.destination(datagram, 0) == own
                                && reassembler.fragment(0, datagram, 0, datagram.length, 1) == DropReason.NONE) {
                            joined.add(taken(reassembler));
                        }
                    }
                    case PACKET -> {
                        if (!PacketHeader.fragmented(datagram, 0)) {
                            continue; // complete by itself: opening it fails
                        }
                        if (reassembler.head(0, datagram, 0, datagram.length, 1) == DropReason.NONE) {
                            joined.add(taken(reassembler));
                        }
                    }
                    default -> assertThat(datagram.length).isLessThanOrEqualTo(Fragments.HEADER_BYTES);
                }
            }
            String what = vector.required("what").stringValue();
            int deliveries = vector.required("deliveries").intValue();
            if (what.equals("a fragment byte changed") || what.equals("one byte fragment sent before the right one")) {
                assertThat(joined).as(what).hasSize(1); // it is the cipher that refuses these
            } else {
                assertThat(joined).as(what).hasSize(deliveries);
                for (byte[] packet : joined) {
                    assertThat(packet.length)
                            .as(what)
                            .isEqualTo(WireVectors.bytes(vector, "plaintextBeforeArmor").length);
                }
            }
            assertThat(received.size()).isLessThanOrEqualTo(2 * piecesMax);
        }
    }

    @Test
    void equalPiecesDifferByLessThanOneByteEach() {
        var random = new Random(3);
        for (int round = 0; round < 2000; round++) {
            int mtu = 700 + random.nextInt(1000);
            int length = mtu + 1 + random.nextInt(5000);
            byte[] packet = packet(random, length);
            int size = Fragments.equalSize(length, mtu);
            List<byte[]> pieces = cut(packet, size);
            assertThat(pieces).hasSize(Fragments.pieces(length, mtu));
            for (byte[] piece : pieces.subList(0, pieces.size() - 1)) {
                assertThat(piece).hasSize(size);
            }
            assertThat(pieces.getLast().length).isBetween(size - pieces.size() + 1, size);
            assertThat(size).isLessThanOrEqualTo(mtu);
            assertThat(joined(pieces)).isEqualTo(packet);
        }
    }

    @Test
    void headAlwaysHoldsTheHeader() {
        for (int length = 29; length < 200; length++) {
            for (int mtu = 28; mtu < 64; mtu++) {
                int size = Fragments.equalSize(length, mtu);
                assertThat(size).isBetween(28, mtu);
                assertThat(Fragments.pieces(length, size)).isEqualTo(Fragments.pieces(length, mtu));
            }
        }
    }

    @Test
    void knowsTheLimitsOfBothGenerations() {
        assertThat(Fragments.capacity(4, 1444)).isEqualTo(5728);
        assertThat(Fragments.capacity(7, 1432)).isEqualTo(9928);
        assertThat(Fragments.piecesMax(0)).isEqualTo(4);
        assertThat(Fragments.piecesMax(9)).isEqualTo(4);
        assertThat(Fragments.piecesMax(10)).isEqualTo(7);
        assertThatThrownBy(() -> Fragments.pieces(1000, 27)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void relaysCountHopsInThreeBits() {
        byte[] fragment = new byte[17];
        Fragments.setHops(fragment, 0, 9);
        assertThat(Fragments.hops(fragment, 0)).isEqualTo(1);
    }

    static byte[] packet(Random random, int length) {
        byte[] packet = new byte[length];
        random.nextBytes(packet);
        packet[PacketHeader.SOURCE_OFFSET] = 0x11;
        PacketHeader.setFragmented(packet, 0, true);
        return packet;
    }

    static List<byte[]> cut(byte[] packet, int datagramBytes) {
        var out = new ArrayList<byte[]>();
        byte[] buffer = new byte[datagramBytes + 3];
        for (int piece = 0; piece < Fragments.pieces(packet.length, datagramBytes); piece++) {
            int bytes = Fragments.write(piece, packet, 0, packet.length, datagramBytes, buffer, 3);
            assertThat(bytes).isEqualTo(Fragments.pieceBytes(piece, packet.length, datagramBytes));
            out.add(Arrays.copyOfRange(buffer, 3, 3 + bytes));
        }
        return out;
    }

    private static byte[] joined(List<byte[]> datagrams) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(datagrams.getFirst());
        for (byte[] fragment : datagrams.subList(1, datagrams.size())) {
            out.write(fragment, Fragments.HEADER_BYTES, fragment.length - Fragments.HEADER_BYTES);
        }
        return out.toByteArray();
    }

    static byte[] taken(Reassembler reassembler) {
        int from = reassembler.packetOffset();
        return Arrays.copyOfRange(reassembler.packet(), from, from + reassembler.packetBytes());
    }

    private static List<byte[]> datagrams(JsonNode list) {
        var out = new ArrayList<byte[]>();
        for (JsonNode hex : list) {
            out.add(HexFormat.of().parseHex(hex.stringValue()));
        }
        return out;
    }
}
