// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.orrery.core.wire.BigEndian;

/** Which frames belong together. */
final class FlowKeyTest {
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;

    private static byte[] v4(int protocol, int source, int destination, int from, int to, int piece) {
        byte[] packet = new byte[60];
        packet[0] = 0x45;
        BigEndian.setU16(packet, 6, piece);
        packet[9] = (byte) protocol;
        BigEndian.setU16(packet, 14, source);
        BigEndian.setU16(packet, 18, destination);
        BigEndian.setU16(packet, 20, from);
        BigEndian.setU16(packet, 22, to);
        return packet;
    }

    private static byte[] v6(int protocol, int source, int destination, int from, int to) {
        byte[] packet = new byte[60];
        packet[0] = 0x60;
        packet[6] = (byte) protocol;
        BigEndian.setU16(packet, 22, source);
        BigEndian.setU16(packet, 38, destination);
        BigEndian.setU16(packet, 40, from);
        BigEndian.setU16(packet, 42, to);
        return packet;
    }

    private static int key(int etherType, byte[] packet) {
        return FlowKey.of(etherType, packet, 0, packet.length);
    }

    @Test
    void bothDirectionsAreOneFlow() {
        for (int protocol : new int[] {6, 17, 132, 136}) {
            assertThat(key(IPV4, v4(protocol, 1, 2, 40_000, 443, 0)))
                    .isEqualTo(key(IPV4, v4(protocol, 2, 1, 443, 40_000, 0)))
                    .isNotEqualTo(key(IPV4, v4(protocol, 1, 2, 40_001, 443, 0)))
                    .isNotEqualTo(key(IPV4, v4(protocol, 1, 3, 40_000, 443, 0)));
            assertThat(key(IPV6, v6(protocol, 1, 2, 40_000, 443)))
                    .isEqualTo(key(IPV6, v6(protocol, 2, 1, 443, 40_000)))
                    .isNotEqualTo(key(IPV6, v6(protocol, 1, 2, 40_000, 444)));
        }
    }

    @Test
    void piecesOfOnePacketStayTogether() {
        int first = key(IPV4, v4(17, 1, 2, 40_000, 443, 0x2000));
        assertThat(key(IPV4, v4(17, 1, 2, 7, 8, 0x2010))).isEqualTo(first);
        assertThat(key(IPV4, v4(17, 1, 2, 9, 9, 0x0020))).isEqualTo(first);
    }

    @Test
    void whatHasNoPortsIsOneFlowBetweenTwoAddresses() {
        assertThat(key(IPV4, v4(1, 1, 2, 0x0800, 7, 0))).isEqualTo(key(IPV4, v4(1, 2, 1, 0, 9, 0)));
        assertThat(FlowKey.of(0x0806, new byte[28], 0, 28)).isNotEqualTo(FlowKey.of(0x88b5, new byte[28], 0, 28));
    }

    @Test
    void anyLengthIsTaken() {
        for (int length = 0; length <= 60; length++) {
            for (int headerWords = 0; headerWords < 16; headerWords++) {
                byte[] packet = java.util.Arrays.copyOf(v4(6, 1, 2, 3, 4, 0), length);
                if (length > 0) {
                    packet[0] = (byte) (0x40 | headerWords);
                }
                key(IPV4, packet);
                key(IPV6, packet);
            }
        }
    }

    @Test
    void portsSpreadOverThePlaces() {
        Set<Integer> places = new HashSet<>();
        for (int port = 0; port < 512; port++) {
            places.add(Spread.place(key(IPV4, v4(6, 1, 2, 40_000 + port, 443, 0))));
        }
        assertThat(places.size()).isGreaterThan(330); // 403 expected of a perfect hash
    }
}
