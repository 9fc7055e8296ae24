// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.daemon.capture.PcapngWriter;
import org.orrery.daemon.capture.PcapngWriter.Direction;

/** Both file formats: what they hold, and every way in which they can be wrong. */
class CaptureReaderTest {
    private static final byte[] FRAME =
            HexFormat.of().parseHex("ffffffffffff" + "020000000001" + "88cc" + "0102030405");
    private static final int MUTATIONS = 20_000;

    private static List<CapturedPacket> read(byte[] file) throws IOException {
        List<CapturedPacket> packets = new ArrayList<>();
        try (CaptureReader reader = CaptureReader.open(new ByteArrayInputStream(file))) {
            for (CapturedPacket packet = reader.next(); packet != null; packet = reader.next()) {
                packets.add(packet);
            }
        }
        return packets;
    }

    private static byte[] pcap(ByteOrder order, boolean nanos, int linkType, byte[]... packets) {
        ByteBuffer out = ByteBuffer.allocate(10_000).order(order);
        out.putInt(nanos ? 0xa1b23c4d : 0xa1b2c3d4).putShort((short) 2).putShort((short) 4);
        out.putInt(0).putInt(0).putInt(65_535).putInt(linkType);
        for (byte[] packet : packets) {
            out.putInt(1_700_000_000).putInt(123_456).putInt(packet.length).putInt(packet.length + 100);
            out.put(packet);
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] pcapng() throws IOException {
        var out = new ByteArrayOutputStream();
        var writer = new PcapngWriter(out, "a program", "8056c2e21c000001", "what it is", 10_014);
        writer.frame(1_700_000_000_123_456_789L, FRAME, 0, FRAME.length, 1_500, Direction.INBOUND, "tee by you", 3);
        writer.statistics(1_700_000_001_000_000_000L, 2, 0);
        writer.frame(1_700_000_002_000_000_000L, FRAME, 0, 14, 14, Direction.UNKNOWN, "", 0);
        return out.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void readsPcapOfEveryByteOrderAndResolution(boolean big, boolean nanos) throws IOException {
        byte[] file = pcap(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN, nanos, 1, FRAME, new byte[0], FRAME);
        List<CapturedPacket> packets = read(file);
        assertThat(packets).hasSize(3);
        CapturedPacket last = packets.get(2);
        assertThat(last.number()).isEqualTo(3);
        assertThat(last.offset()).isEqualTo(24 + 16 + FRAME.length + 16);
        assertThat(last.timeNanos()).isEqualTo(1_700_000_000L * 1_000_000_000L + (nanos ? 123_456 : 123_456_000));
        assertThat(last.linkType()).isEqualTo(1);
        assertThat(last.bytes()).isEqualTo(FRAME);
        assertThat(last.originalLength()).isEqualTo(FRAME.length + 100);
        assertThat(packets.get(1).bytes()).isEmpty();
    }

    @Test
    void readsWhatTheWriterWrote() throws IOException {
        List<CapturedPacket> packets = read(pcapng());
        assertThat(packets).hasSize(2);
        CapturedPacket first = packets.getFirst();
        assertThat(first.timeNanos()).isEqualTo(1_700_000_000_123_456_789L);
        assertThat(first.linkType()).isEqualTo(1);
        assertThat(first.bytes()).isEqualTo(FRAME);
        assertThat(first.originalLength()).isEqualTo(1_500);
        assertThat(first.comment()).isEqualTo("tee by you");
        assertThat(first.lostBefore()).isEqualTo(3);
        assertThat(packets.getLast().bytes()).isEqualTo(Arrays.copyOf(FRAME, 14));
        assertThat(packets.getLast().comment()).isEmpty();
    }

    @Test
    void readsLittleEndianBlocksSimplePacketsAndOtherResolutions() throws IOException {
        ByteBuffer out = ByteBuffer.allocate(1_000).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x0a0d0d0a).putInt(28).putInt(0x1a2b3c4d).putShort((short) 1).putShort((short) 0);
        out.putLong(-1).putInt(28);
        out.putInt(1).putInt(32).putShort((short) 101).putShort((short) 0).putInt(4);
        out.putShort((short) 9).putShort((short) 1).put((byte) 0x8a).put(new byte[3]); // 2^-10 s
        out.putInt(0).putInt(32);
        out.putInt(3).putInt(20).putInt(9).put(new byte[] {0x45, 1, 2, 3}).putInt(20); // cut to 4 of 9 bytes
        out.putInt(6)
                .putInt(36)
                .putInt(0)
                .putInt(0)
                .putInt(1536)
                .putInt(1)
                .putInt(1)
                .put(new byte[] {0x60, 0, 0, 0});
        out.putInt(36);
        out.putInt(0xbad).putInt(12).putInt(12); // a block that nobody knows
        List<CapturedPacket> packets = read(Arrays.copyOf(out.array(), out.position()));
        assertThat(packets).hasSize(2);
        assertThat(packets.get(0).bytes()).containsExactly(0x45, 1, 2, 3);
        assertThat(packets.get(0).originalLength()).isEqualTo(9);
        assertThat(packets.get(0).timeNanos()).isZero();
        assertThat(packets.get(1).timeNanos()).isEqualTo(1_500_000_000L);
        assertThat(packets.get(1).bytes()).containsExactly(0x60);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | at byte 0: the file is empty",
                "0102 | at byte 2: the file ends within a record: 2 bytes are missing",
                "00010203 | at byte 0: neither pcap nor pcapng: it begins with 00 01 02 03",
                "a1b2c3d40003000000000000000000000000ffff00000001 | at byte 4: pcap version 3 is not known, only 2",
                "a1b2c3d4000200040000000000000000 | at byte 16: the file ends within a record: 8 bytes are missing",
                "a1b2c3d400020004000000000000000000ffff000000000100000001000000020020000000000000"
                        + " | at byte 32: a packet of 2097152 bytes; 1048576 are the most",
                "0a0d0d0a0000001c00000000 | at byte 8: a section without its byte order mark",
                "0a0d0d0a000000101a2b3c4d | at byte 4: a block of 16 bytes, which no block of its kind has",
                "0a0d0d0a0000001c1a2b3c4d00020000ffffffffffffffff0000001c | at byte 12: pcapng version 2 is not known, only 1",
                "0a0d0d0a0000001c1a2b3c4d00010000ffffffffffffffff00000018"
                        + " | at byte 24: the block says 28 bytes in front and 24 behind",
            })
    void saysWhatIsWrongAndWhere(String hex, String message) {
        assertThatThrownBy(() -> read(HexFormat.of().parseHex(hex)))
                .isInstanceOf(CaptureException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00000006 00000024 00000001 0000000000000000 00000004 00000004 01020304 00000024"
                        + " | at byte 28: a packet of interface 1, of which the section says nothing before",
                "00000001 00000014 00010000 00000000 00000014 00000006 00000024 00000000 0000000000000000 00000005 00000005"
                        + " 01020304 00000024 | at byte 68: a packet of 5 bytes in a block with room for 4",
                "00000006 00000010 00000000 00000010 | at byte 28: a packet block of only 4 bytes",
                "00000006 7ffffffc | at byte 32: a block of 2147483644 bytes; 2097152 are the most",
                "00000006 0000000d | at byte 32: a block of 13 bytes, which no block of its kind has",
                "00000001 0000001c 00010000 00000000 0009 0001 13000000 0000001c"
                        + " | at byte 28: times in units of 10^-19 s are not known",
            })
    void saysWhatIsWrongWithBlocks(String hex, String message) {
        String section = "0a0d0d0a0000001c1a2b3c4d00010000ffffffffffffffff0000001c";
        assertThatThrownBy(() -> read(HexFormat.of().parseHex(section + hex.replace(" ", ""))))
                .isInstanceOf(CaptureException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyCutIsAnEndOrAnErrorThatSaysWhere(boolean newer) throws IOException {
        byte[] whole = newer ? pcapng() : pcap(ByteOrder.LITTLE_ENDIAN, false, 1, FRAME, FRAME);
        int ends = 0;
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                assertThat(read(cut).size()).isLessThan(2 + (newer ? 1 : 0));
                ends++;
            } catch (CaptureException fault) {
                assertThat(fault).hasMessageStartingWith("at byte ");
            }
        }
        // Only between records, and between the blocks that the newer format begins with.
        assertThat(ends).isEqualTo(newer ? 4 : 2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void changedBytesNeverDoMoreThanThat(boolean newer) throws IOException {
        byte[] whole = newer ? pcapng() : pcap(ByteOrder.BIG_ENDIAN, true, 113, FRAME, FRAME);
        var random = new Random(newer ? 11 : 12);
        int faults = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] changed = whole.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                changed[random.nextInt(changed.length)] = (byte) (random.nextBoolean() ? random.nextInt() : -1);
            }
            try {
                for (CapturedPacket packet : read(changed)) {
                    LinkFrame.of(packet);
                }
            } catch (CaptureException fault) {
                faults++;
            } catch (LinkFrame.UnreadableException unread) {
                assertThat(unread).hasMessageMatching("(?s)(link type|it has|it is no IP).*");
            }
        }
        assertThat(faults).isGreaterThan(MUTATIONS / 20);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0a0b0c0d0e0f0102030405060800 4500, 010203040506, 0a0b0c0d0e0f, 0800, 4500",
        "101, 4500, 000000000000, 000000000000, 0800, 4500",
        "228, 4501, 000000000000, 000000000000, 0800, 4501",
        "229, 6000, 000000000000, 000000000000, 86dd, 6000",
        "0, 02000000 6001, 000000000000, 000000000000, 86dd, 6001",
        "113, 0000 0001 0006 010203040506 0000 0806 0001, 010203040506, 000000000000, 0806, 0001",
        "276, 0800 0000 00000002 0001 00 06 0102030405060000 4502, 010203040506, 000000000000, 0800, 4502",
    })
    void findsTheFrameOfEveryLinkType(
            int linkType, String packet, String source, String destination, String type, String payload)
            throws Exception {
        byte[] bytes = HexFormat.of().parseHex(packet.replace(" ", ""));
        LinkFrame frame = LinkFrame.of(new CapturedPacket(1, 0, 0, linkType, bytes, bytes.length, "", 0));
        assertThat(HexFormat.of().toHexDigits(frame.sourceMac(), 12)).isEqualTo(source);
        assertThat(HexFormat.of().toHexDigits(frame.destinationMac(), 12)).isEqualTo(destination);
        assertThat(HexFormat.of().toHexDigits(frame.etherType(), 4)).isEqualTo(type);
        assertThat(HexFormat.of().formatHex(frame.payload())).isEqualTo(payload);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "105 | 00 | link type 105 (IEEE 802.11) is not read; Ethernet (1), raw IP (101) and Linux cooked (113, 276) are",
                "147 | 00 | link type 147 is not read; Ethernet (1), raw IP (101) and Linux cooked (113, 276) are",
                "1 | 0102 | it has 2 bytes, and an Ethernet header has 14",
                "101 | '' | it has 0 bytes, and an IP header has 1",
                "101 | 90 | it is no IP packet: version 9",
            })
    void saysWhyThereIsNoFrame(int linkType, String packet, String message) {
        byte[] bytes = HexFormat.of().parseHex(packet);
        assertThatThrownBy(() -> LinkFrame.of(new CapturedPacket(1, 0, 0, linkType, bytes, bytes.length, "", 0)))
                .hasMessage(message);
    }
}
