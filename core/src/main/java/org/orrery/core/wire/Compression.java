// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * Payload compression: one raw LZ4 block in place of the payload, told by a bit of the verb byte. Senders compress before
 * they seal, and never HELLO; receivers decompress after they opened. Any thread.
 */
public final class Compression {
    /** Packets up to this length are not worth it; the threshold of protocol 12. */
    public static final int PACKET_BYTES_MIN = PacketHeader.BYTES + 64;

    private static final LZ4Compressor COMPRESSOR = LZ4Factory.safeInstance().fastCompressor();
    private static final LZ4SafeDecompressor DECOMPRESSOR =
            LZ4Factory.safeInstance().safeDecompressor();

    /** Bytes of scratch space that {@link #compress} wants. */
    public static final int SCRATCH_BYTES = COMPRESSOR.maxCompressedLength(PacketHeader.PAYLOAD_BYTES_MAX);

    private Compression() {}

    /**
     * Compresses the payload of the packet in place if that makes it shorter, and sets or clears the compressed bit
     * accordingly.
     *
     * @param scratch borrowed for the call, {@link #SCRATCH_BYTES} long
     * @return the packet's length afterwards
     */
    public static int compress(byte[] packet, int offset, int length, byte[] scratch) {
        PacketHeader.setCompressed(packet, offset, false);
        if (length <= PACKET_BYTES_MIN || length > PacketHeader.PACKET_BYTES_MAX) {
            return length;
        }
        int payloadAt = offset + PacketHeader.PAYLOAD_OFFSET;
        int payloadBytes = length - PacketHeader.BYTES;
        int compressedBytes = COMPRESSOR.compress(packet, payloadAt, payloadBytes, scratch, 0, scratch.length);
        if (compressedBytes >= payloadBytes) {
            return length;
        }
        System.arraycopy(scratch, 0, packet, payloadAt, compressedBytes);
        PacketHeader.setCompressed(packet, offset, true);
        return PacketHeader.BYTES + compressedBytes;
    }

    /**
     * Copies an opened packet to {@code out} with its payload decompressed and the compressed bit cleared. Total: any
     * payload gives a length or -1. A packet without payload is only copied.
     *
     * @param out has room for {@link PacketHeader#PACKET_BYTES_MAX} from {@code outOffset}; not the packet's own array
     * @return the packet's new length; -1 if the payload is no LZ4 block, is empty, or gives no bytes or too many
     */
    public static int decompress(byte[] packet, int offset, int length, byte[] out, int outOffset) {
        System.arraycopy(packet, offset, out, outOffset, PacketHeader.BYTES);
        PacketHeader.setCompressed(out, outOffset, false);
        int compressedBytes = length - PacketHeader.BYTES;
        if (compressedBytes == 0) {
            return length;
        }
        try {
            int payloadBytes = DECOMPRESSOR.decompress(
                    packet,
                    offset + PacketHeader.PAYLOAD_OFFSET,
                    compressedBytes,
                    out,
                    outOffset + PacketHeader.PAYLOAD_OFFSET,
                    PacketHeader.PAYLOAD_BYTES_MAX);
            return payloadBytes == 0 ? -1 : PacketHeader.BYTES + payloadBytes;
        } catch (LZ4Exception | IndexOutOfBoundsException malformed) {
            return -1; // the library's only way to say so
        }
    }
}
