// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.capture;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file or stream of packets in pcap or pcapng form, whichever it is, one packet at a time. One thread.
 *
 * <p>Formats: the pcap and pcapng drafts of the IETF's OPSAWG. Both byte orders; times in micro- or nanoseconds.
 */
public abstract sealed class CaptureReader implements AutoCloseable permits PcapReader, PcapngReader {
    /** More bytes of one packet are refused: four times what recorders write by default. */
    public static final int PACKET_BYTES_MAX = 1024 * 1024;

    private static final int PCAP_MICROS = 0xa1b2c3d4;
    private static final int PCAP_NANOS = 0xa1b23c4d;

    final Input in;
    long packets;

    CaptureReader(Input in) {
        this.in = in;
    }

    /**
     * Reads enough to know the format.
     *
     * @throws CaptureException if it is neither
     */
    public static CaptureReader open(InputStream stream) throws IOException {
        var in = new Input(stream);
        byte[] magic = in.optional(4);
        if (magic == null) {
            throw new CaptureException(0, "the file is empty");
        }
        int big = Input.i32(magic, 0, true);
        int little = Input.i32(magic, 0, false);
        if (big == PcapngReader.SECTION) {
            return new PcapngReader(in);
        }
        boolean bigEndian = big == PCAP_MICROS || big == PCAP_NANOS;
        int number = bigEndian ? big : little;
        if (number == PCAP_MICROS || number == PCAP_NANOS) {
            return new PcapReader(in, bigEndian, number == PCAP_NANOS);
        }
        throw new CaptureException(
                0,
                "neither pcap nor pcapng: it begins with "
                        + HexFormat.ofDelimiter(" ").formatHex(magic));
    }

    /** The next packet, or null at the end. */
    public abstract @Nullable CapturedPacket next() throws IOException;

    @Override
    public void close() throws IOException {
        in.stream.close();
    }

    /** Bytes with their offsets. */
    static final class Input {
        private final InputStream stream;
        private long offset;

        Input(InputStream stream) {
            this.stream = stream;
        }

        long offset() {
            return offset;
        }

        /** {@code count} bytes; null if the file ends right here, trouble if it ends within. */
        byte @Nullable [] optional(int count) throws IOException {
            byte[] bytes = stream.readNBytes(count);
            if (bytes.length == 0 && count > 0) {
                return null;
            }
            offset += bytes.length;
            if (bytes.length < count) {
                throw new CaptureException(
                        offset, "the file ends within a record: " + (count - bytes.length) + " bytes are missing");
            }
            return bytes;
        }

        byte[] bytes(int count) throws IOException {
            byte[] bytes = optional(count);
            if (bytes == null) {
                throw new CaptureException(offset, "the file ends within a record: " + count + " bytes are missing");
            }
            return bytes;
        }

        void skip(long count) throws IOException {
            try {
                stream.skipNBytes(count);
            } catch (EOFException end) {
                throw new CaptureException(offset, "the file ends within a record of " + count + " bytes");
            }
            offset += count;
        }

        static int i32(byte[] bytes, int at, boolean bigEndian) {
            int value = 0;
            for (int i = 0; i < 4; i++) {
                value |= (bytes[at + i] & 0xff) << 8 * (bigEndian ? 3 - i : i);
            }
            return value;
        }

        static long u32(byte[] bytes, int at, boolean bigEndian) {
            return i32(bytes, at, bigEndian) & 0xffff_ffffL;
        }

        static int u16(byte[] bytes, int at, boolean bigEndian) {
            int high = bytes[bigEndian ? at : at + 1] & 0xff;
            int low = bytes[bigEndian ? at + 1 : at] & 0xff;
            return high << 8 | low;
        }
    }
}
