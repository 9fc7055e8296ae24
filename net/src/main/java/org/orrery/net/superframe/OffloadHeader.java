// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.superframe;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The header that a device with offloads puts before each frame ({@code struct virtio_net_hdr}): flags u8, kind u8, and
 * four u16 in the order of the host, which is little-endian on the machines that these ports are for: length of the
 * headers, payload of a segment, where the checksum begins to count, where it is kept from there.
 */
public final class OffloadHeader {
    public static final int BYTES = 10;

    /** The checksum field holds the sum of the pseudo-header; the rest is to be added. */
    public static final int NEEDS_CHECKSUM = 1;

    static final int KIND_NONE = 0;
    public static final int KIND_TCP4 = 1;
    static final int KIND_TCP6 = 4;
    static final int KIND_UDP = 5;

    /** Added to a kind of TCP: the first segment carries the mark of a reduced window. */
    static final int KIND_ECN = 0x80;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

    private OffloadHeader() {}

    static int flags(MemorySegment in) {
        return in.get(BYTE, 0);
    }

    static int kind(MemorySegment in) {
        return in.get(BYTE, 1) & 0xff;
    }

    static int segmentBytes(MemorySegment in) {
        return in.get(SHORT, 4) & 0xffff;
    }

    static int checksumStart(MemorySegment in) {
        return in.get(SHORT, 6) & 0xffff;
    }

    static int checksumOffset(MemorySegment in) {
        return in.get(SHORT, 8) & 0xffff;
    }

    /** An ordinary frame, its checksums as they are. */
    static void writePlain(MemorySegment out) {
        write(out, 0, KIND_NONE, 0, 0, 0, 0);
    }

    /**
     * Writes a header.
     *
     * @param headerBytes Ethernet, IP and transport header together
     * @param segmentBytes payload of each frame but the last
     * @param checksumStart where the transport header begins in the frame
     * @param checksumOffset where its checksum field lies from there
     */
    public static void write(
            MemorySegment out,
            int flags,
            int kind,
            int headerBytes,
            int segmentBytes,
            int checksumStart,
            int checksumOffset) {
        out.set(BYTE, 0, (byte) flags);
        out.set(BYTE, 1, (byte) kind);
        out.set(SHORT, 2, (short) headerBytes);
        out.set(SHORT, 4, (short) segmentBytes);
        out.set(SHORT, 6, (short) checksumStart);
        out.set(SHORT, 8, (short) checksumOffset);
    }
}
