// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.capture;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The older format: a header of 24 bytes, then records with headers of 16. */
final class PcapReader extends CaptureReader {
    private static final int FILE_HEADER_BYTES = 24;
    private static final int RECORD_HEADER_BYTES = 16;

    /** The link type's word also tells how long a check sequence behind frames is. */
    private static final int LINK_TYPE_MASK = 0xffff;

    private final boolean bigEndian;
    private final int linkType;
    private final long nanosPerUnit;

    PcapReader(Input in, boolean bigEndian, boolean nanos) throws IOException {
        super(in);
        this.bigEndian = bigEndian;
        this.nanosPerUnit = nanos ? 1 : 1_000;
        byte[] rest = in.bytes(FILE_HEADER_BYTES - 4);
        int major = Input.u16(rest, 0, bigEndian);
        if (major != 2) {
            throw new CaptureException(4, "pcap version " + major + " is not known, only 2");
        }
        linkType = Input.i32(rest, 16, bigEndian) & LINK_TYPE_MASK;
    }

    @Override
    public @Nullable CapturedPacket next() throws IOException {
        long start = in.offset();
        byte[] header = in.optional(RECORD_HEADER_BYTES);
        if (header == null) {
            return null;
        }
        long seconds = Input.u32(header, 0, bigEndian);
        long fraction = Input.u32(header, 4, bigEndian);
        long captured = Input.u32(header, 8, bigEndian);
        if (captured > PACKET_BYTES_MAX) {
            throw new CaptureException(
                    start + 8, "a packet of " + captured + " bytes; " + PACKET_BYTES_MAX + " are the most");
        }
        byte[] bytes = captured == 0 ? new byte[0] : in.bytes((int) captured);
        return new CapturedPacket(
                ++packets,
                start,
                seconds * 1_000_000_000L + fraction * nanosPerUnit,
                linkType,
                bytes,
                Input.u32(header, 12, bigEndian),
                "",
                0);
    }
}
