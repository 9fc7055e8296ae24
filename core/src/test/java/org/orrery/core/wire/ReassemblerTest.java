// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.DropReason;

class ReassemblerTest {
    private final Reassembler reassembler = new Reassembler();

    @Test
    void joinsPiecesOfManyPacketsInAnyOrder() {
        for (int seed = 0; seed < 100; seed++) {
            var random = new Random(seed);
            Map<Long, byte[]> packets = new HashMap<>();
            List<byte[]> datagrams = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                byte[] packet = FragmentsTest.packet(random, 1500 + random.nextInt(8000));
                packets.put(PacketHeader.id(packet, 0), packet);
                datagrams.addAll(FragmentsTest.cut(packet, Fragments.equalSize(packet.length, 1432)));
            }
            Collections.shuffle(datagrams, random);
            for (byte[] datagram : datagrams) {
                if (offer(0, datagram, 7) == DropReason.NONE) {
                    byte[] joined = FragmentsTest.taken(reassembler);
                    assertThat(joined).isEqualTo(packets.remove(PacketHeader.id(joined, 0)));
                }
            }
            assertThat(packets).isEmpty();
            assertThat(reassembler.held()).isZero();
        }
        assertThat(reassembler.abandoned()).isZero();
    }

    @Test
    void refusesImpossibleNumbers() {
        byte[] fragment = FragmentsTest.cut(FragmentsTest.packet(new Random(1), 2000), 1432)
                .get(1);
        int[] accepted = {0};
        for (int numbers = 0; numbers < 256; numbers++) {
            fragment[14] = (byte) numbers;
            fragment[0] = (byte) numbers; // another packet each time
            int total = numbers >> 4;
            int number = numbers & 15;
            boolean possible = total >= 2 && total <= 7 && number >= 1 && number < total;
            accepted[0] += possible ? 1 : 0;
            assertThat(offer(0, fragment, 1)).isEqualTo(possible ? DropReason.FRAGMENT_HELD : DropReason.BAD_FRAGMENT);
        }
        assertThat(reassembler.held()).isEqualTo(accepted[0]);
        assertThat(reassembler.fragment(0, fragment, 0, 16, 1)).isEqualTo(DropReason.BAD_FRAGMENT);
    }

    @Test
    void ignoresPiecesItHas() {
        List<byte[]> pieces = FragmentsTest.cut(FragmentsTest.packet(new Random(2), 4000), 1432);
        assertThat(offer(0, pieces.get(0), 1)).isEqualTo(DropReason.FRAGMENT_HELD);
        assertThat(offer(0, pieces.get(0), 1)).isEqualTo(DropReason.FRAGMENT_DUPLICATE);
        assertThat(offer(0, pieces.get(2), 1)).isEqualTo(DropReason.FRAGMENT_HELD);
        assertThat(offer(0, pieces.get(2), 2)).isEqualTo(DropReason.FRAGMENT_DUPLICATE);
        assertThat(offer(0, pieces.get(1), 1)).isEqualTo(DropReason.NONE);
    }

    @Test
    void dropsWhatGrowsTooLong() {
        List<byte[]> pieces = FragmentsTest.cut(FragmentsTest.packet(new Random(3), 9000), 9000 / 2 + 100);
        byte[] large = pieces.get(1);
        large[14] = 0x31;
        assertThat(offer(0, large, 1)).isEqualTo(DropReason.FRAGMENT_HELD);
        large[14] = 0x32;
        assertThat(offer(0, large, 1)).isEqualTo(DropReason.FRAGMENT_HELD);
        assertThat(reassembler.head(0, FragmentsTest.packet(idOf(large), 3000), 0, 3000, 1))
                .isEqualTo(DropReason.TOO_LONG);
        assertThat(reassembler.held()).isZero();
        assertThat(reassembler.abandoned()).isEqualTo(1);
    }

    /** A generator whose first eight bytes are the packet ID of {@code datagram}. */
    private static Random idOf(byte[] datagram) {
        return new Random(0) {
            @Override
            public void nextBytes(byte[] bytes) {
                System.arraycopy(datagram, 0, bytes, 0, 8);
            }
        };
    }

    @Test
    void forgetsAfterFourSeconds() {
        List<byte[]> pieces = FragmentsTest.cut(FragmentsTest.packet(new Random(4), 2000), 1432);
        assertThat(offer(10_000, pieces.get(0), 1)).isEqualTo(DropReason.FRAGMENT_HELD);
        assertThat(offer(13_999, pieces.get(1), 1)).isEqualTo(DropReason.NONE);
        assertThat(offer(20_000, pieces.get(0), 1)).isEqualTo(DropReason.FRAGMENT_HELD);
        assertThat(offer(24_000, pieces.get(1), 1)).isEqualTo(DropReason.FRAGMENT_HELD);
        assertThat(reassembler.abandoned()).isEqualTo(1);
        reassembler.expire(28_000);
        assertThat(reassembler.held()).isZero();
    }

    @Test
    void aFloodFromOneOriginDelaysOnlyItself() {
        var random = new Random(5);
        List<byte[]> honest = FragmentsTest.cut(FragmentsTest.packet(random, 2000), 1432);
        assertThat(offer(0, honest.get(0), 1)).isEqualTo(DropReason.FRAGMENT_HELD);
        for (int i = 0; i < 10_000; i++) {
            offer(0, FragmentsTest.cut(FragmentsTest.packet(random, 1500), 1432).get(1), 2);
            assertThat(reassembler.held()).isLessThanOrEqualTo(1 + Reassembler.SLOTS_PER_ORIGIN_MAX);
        }
        assertThat(offer(0, honest.get(1), 1)).isEqualTo(DropReason.NONE);
    }

    @Test
    void aFloodFromManyOriginsStaysWithinTheBound() {
        var random = new Random(6);
        byte[] first =
                FragmentsTest.cut(FragmentsTest.packet(random, 1500), 1432).get(1);
        offer(0, first, 1);
        for (int i = 0; i < 10_000; i++) {
            offer(0, FragmentsTest.cut(FragmentsTest.packet(random, 1500), 1432).get(1), random.nextLong());
            assertThat(reassembler.held()).isLessThanOrEqualTo(Reassembler.SLOTS_MAX);
        }
        assertThat(reassembler.held()).isEqualTo(Reassembler.SLOTS_MAX);
        assertThat(reassembler.abandoned()).isEqualTo(10_001 - Reassembler.SLOTS_MAX);
        assertThat(offer(0, first, 1)).isEqualTo(DropReason.FRAGMENT_HELD); // it was the oldest
    }

    @Test
    void survivesAnyPieces() {
        var random = new Random(7);
        byte[] datagram = new byte[40];
        for (int i = 0; i < 200_000; i++) {
            random.nextBytes(datagram);
            for (int b = 0; b < 7; b++) {
                datagram[b] = 0;
            }
            datagram[7] &= 15; // few IDs, so that pieces meet
            boolean head = random.nextInt(4) == 0;
            DropReason reason = head
                    ? reassembler.head(i, datagram, 0, 28 + random.nextInt(12), i & 3)
                    : reassembler.fragment(i, datagram, 0, 16 + random.nextInt(24), i & 3);
            if (reason == DropReason.NONE) {
                assertThat(reassembler.packetBytes()).isBetween(29, 39 + 6 * 23);
            }
        }
        assertThat(reassembler.held()).isLessThanOrEqualTo(16);
    }

    private DropReason offer(long nowMillis, byte[] datagram, long origin) {
        return DatagramKind.of(datagram, 0, datagram.length) == DatagramKind.FRAGMENT
                ? reassembler.fragment(nowMillis, datagram, 0, datagram.length, origin)
                : reassembler.head(nowMillis, datagram, 0, datagram.length, origin);
    }
}
