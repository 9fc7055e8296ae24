// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.capture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes Ethernet frames as pcapng: one section, one interface, times in nanoseconds, big-endian. One thread.
 *
 * <p>Format: the pcapng draft of the IETF's OPSAWG.
 */
public final class PcapngWriter {
    private static final int SECTION = 0x0a0d0d0a;
    private static final int BYTE_ORDER = 0x1a2b3c4d;
    private static final int INTERFACE = 1;
    private static final int STATISTICS = 5;
    private static final int ENHANCED_PACKET = 6;
    private static final int ETHERNET = 1;

    private static final int OPTION_COMMENT = 1;
    private static final int INTERFACE_NAME = 2;
    private static final int INTERFACE_DESCRIPTION = 3;
    private static final int INTERFACE_RESOLUTION = 9;
    private static final int PACKET_FLAGS = 2;
    private static final int PACKET_DROP_COUNT = 4;
    private static final int STATISTICS_RECEIVED = 4;
    private static final int STATISTICS_DROPPED = 5;
    private static final int SECTION_PROGRAM = 4;
    private static final byte NANOSECONDS = 9;

    /** Longest name or comment, in bytes of UTF-8; the rest is left out. */
    private static final int TEXT_BYTES_MAX = 255;

    /** Headers and options of one block, texts included. */
    private static final int OVERHEAD_BYTES = 1024;

    private final OutputStream out;
    private ByteBuffer block = ByteBuffer.allocate(OVERHEAD_BYTES);

    /** Which way a frame was going when it was copied. */
    public enum Direction {
        UNKNOWN,
        /** Copied by its receiver. */
        INBOUND,
        /** Copied by its sender. */
        OUTBOUND
    }

    /**
     * Writes what stands in front of all frames.
     *
     * @param program that writes
     * @param interfaceName where the frames come from
     * @param snapBytes longest frame that will be written
     */
    public PcapngWriter(OutputStream out, String program, String interfaceName, String description, int snapBytes)
            throws IOException {
        this.out = out;
        begin(SECTION);
        block.putInt(BYTE_ORDER).putShort((short) 1).putShort((short) 0).putLong(-1);
        option(SECTION_PROGRAM, program);
        end();
        begin(INTERFACE);
        block.putShort((short) ETHERNET).putShort((short) 0).putInt(snapBytes);
        option(INTERFACE_NAME, interfaceName);
        option(INTERFACE_DESCRIPTION, description);
        option(INTERFACE_RESOLUTION, new byte[] {NANOSECONDS});
        end();
    }

    /**
     * Writes a frame.
     *
     * @param frame from the destination MAC on
     * @param originalLength bytes it had before it was cut, at least {@code length}
     * @param comment empty for none
     * @param lostBefore frames lost since the one before
     */
    public void frame(
            long timeNanos,
            byte[] frame,
            int offset,
            int length,
            int originalLength,
            Direction direction,
            String comment,
            long lostBefore)
            throws IOException {
        if (block.capacity() < OVERHEAD_BYTES + length) {
            block = ByteBuffer.allocate(OVERHEAD_BYTES + length);
        }
        begin(ENHANCED_PACKET);
        block.putInt(0).putLong(timeNanos).putInt(length).putInt(originalLength);
        block.put(frame, offset, length);
        pad();
        if (!comment.isEmpty()) {
            option(OPTION_COMMENT, comment);
        }
        option(PACKET_FLAGS, ByteBuffer.allocate(4).putInt(direction.ordinal()).array());
        if (lostBefore != 0) {
            option(PACKET_DROP_COUNT, ByteBuffer.allocate(8).putLong(lostBefore).array());
        }
        end();
    }

    /** Writes how many frames came and how many of them were lost, since the beginning. */
    public void statistics(long timeNanos, long received, long lost) throws IOException {
        begin(STATISTICS);
        block.putInt(0).putLong(timeNanos);
        option(STATISTICS_RECEIVED, ByteBuffer.allocate(8).putLong(received).array());
        option(STATISTICS_DROPPED, ByteBuffer.allocate(8).putLong(lost).array());
        end();
    }

    private void begin(int type) {
        block.clear();
        block.putInt(type).putInt(0);
    }

    private void option(int code, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, TEXT_BYTES_MAX);
        while (length < bytes.length && length > 0 && (bytes[length] & 0xc0) == 0x80) {
            length--; // not within a character
        }
        option(code, java.util.Arrays.copyOf(bytes, length));
    }

    private void option(int code, byte[] value) {
        block.putShort((short) code).putShort((short) value.length).put(value);
        pad();
    }

    private void pad() {
        while (block.position() % 4 != 0) {
            block.put((byte) 0);
        }
    }

    private void end() throws IOException {
        block.putInt(0); // no more options
        int length = block.position() + 4;
        block.putInt(length).putInt(4, length);
        out.write(block.array(), 0, length);
    }
}
