// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.wire.BigEndian;

class DropLogTest {
    private static final long NETWORK = 0x1122334455000001L;
    private static final Endpoint FROM = new Endpoint(Ip.v4(203, 0, 113, 7), 9993);

    private final DropLog log = new DropLog(3);

    private static byte[] tcp(int port) {
        byte[] frame = new byte[14 + 40];
        BigEndian.setU16(frame, 12, 0x0800);
        frame[14] = 0x45;
        frame[14 + 9] = 6;
        System.arraycopy(Ip.v4(10, 1, 2, 3).bytes(), 0, frame, 14 + 12, 4);
        System.arraycopy(Ip.v4(10, 1, 2, 4).bytes(), 0, frame, 14 + 16, 4);
        BigEndian.setU16(frame, 14 + 20, 40_000);
        BigEndian.setU16(frame, 14 + 22, port);
        return frame;
    }

    private void frame(long millis, DropReason reason, int port) {
        byte[] frame = tcp(port);
        log.frame(millis, reason, NETWORK, 0x66778899aaL, frame, 0, frame.length, 7, RuleTable.ACCEPT_ALL);
    }

    @Test
    void tellsWhatAFrameWas() {
        assertThat(log.snapshot()).isEmpty();
        frame(1_000, DropReason.RULES_OUTBOUND, 22);
        assertThat(log.snapshot())
                .containsExactly(new Drop(
                        3L << 48,
                        1_000,
                        false,
                        true,
                        DropReason.RULES_OUTBOUND,
                        NETWORK,
                        0x66778899aaL,
                        RuleTable.ACCEPT_ALL,
                        7,
                        0x0800,
                        6,
                        Ip.v4(10, 1, 2, 3),
                        Ip.v4(10, 1, 2, 4),
                        true,
                        40_000,
                        22,
                        0));
    }

    @Test
    void tellsOfAPacketWhereItCameFrom() {
        byte[] packet = new byte[40];
        packet[13] = 0x11; // the source address is bytes 13 to 17
        packet[17] = 0x55;
        log.packet(5, DropReason.BAD_MAC, FROM, packet, 0, packet.length);
        log.packet(6, DropReason.TOO_SHORT, FROM, packet, 0, 3);
        List<Drop> drops = log.snapshot();
        assertThat(drops).extracting(Drop::peer).containsExactly(0x1100000055L, 0L);
        Drop first = drops.getFirst();
        assertThat(first.frame()).isFalse();
        assertThat(first.inbound()).isTrue();
        assertThat(first.source()).isEqualTo(FROM.ip());
        assertThat(first.sourcePort()).isEqualTo(9993);
        assertThat(first.destination()).isNull();
        assertThat(first.etherType()).isEqualTo(-1);
        assertThat(first.protocol()).isEqualTo(-1);
        assertThat(first.rule()).isEqualTo(-1);
        assertThat(first.table()).isNull();
    }

    @Test
    void aFloodOfOneReasonHidesNoOther() {
        for (int i = 0; i < 100_000; i++) {
            log.packet(2_000, DropReason.BAD_MAC, FROM, new byte[40], 0, 40);
        }
        frame(2_500, DropReason.RULES_OUTBOUND, 22);
        frame(3_000, DropReason.RULES_OUTBOUND, 23);
        List<Drop> drops = log.snapshot();
        assertThat(drops).hasSize(DropLog.OF_REASON_MAX + 2);
        assertThat(drops.getLast().destinationPort()).isEqualTo(23);
        assertThat(drops.get(DropLog.OF_REASON_MAX).skipped()).isEqualTo(100_000 - DropLog.OF_REASON_MAX);
        assertThat(drops.getLast().skipped()).isZero();
    }

    @Test
    void allReasonsTogetherAreBoundedToo() {
        for (DropReason reason : DropReason.values()) {
            for (int i = 0; i < 10; i++) {
                frame(7_000, reason, 1);
            }
        }
        assertThat(log.snapshot()).hasSize(DropLog.OF_ALL_MAX);
    }

    @Test
    void keepsTheNewest() {
        for (int i = 0; i < 1_000; i++) {
            frame(i * 1_000L, DropReason.RULES_OUTBOUND, i);
        }
        List<Drop> drops = log.snapshot();
        assertThat(drops).hasSize(DropLog.ENTRIES_MAX);
        assertThat(drops).extracting(Drop::destinationPort).startsWith(744).endsWith(999);
        assertThat(drops).extracting(Drop::id).doesNotHaveDuplicates();
    }

    @Test
    void aReaderNeverSeesHalfAnEntry() throws Exception {
        int entries = 200_000;
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < entries; i++) {
                byte[] frame = tcp(i & 0xffff);
                log.frame(i * 1_000L, DropReason.RULES_OUTBOUND, i, i, frame, 0, frame.length, i, null);
            }
        });
        while (writer.isAlive()) {
            for (Drop drop : log.snapshot()) {
                assertThat(drop.network()).isEqualTo(drop.peer());
                assertThat(drop.millis()).isEqualTo(drop.network() * 1_000);
                assertThat(drop.rule()).isEqualTo((int) drop.network());
                assertThat(drop.destinationPort()).isEqualTo((int) drop.network() & 0xffff);
                assertThat(drop.id() & 0xffff_ffffL).isEqualTo(drop.network());
            }
        }
        writer.join();
        assertThat(log.snapshot()).hasSize(DropLog.ENTRIES_MAX);
    }
}
