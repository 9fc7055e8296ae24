// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

/**
 * Cuts a sealed packet into datagrams and reads the header of the later ones. Piece 0, the head, is simply the first
 * bytes of the packet; every other piece has 16 bytes before its part of the packet: packet ID u64, destination u40,
 * {@code 0xff}, u8 of total pieces (high half) and piece number (low half), hops u8. Nothing here allocates: a sender
 * loops over the pieces and lets each be written where its port wants it.
 *
 * <pre>
 * int size = Fragments.equalSize(length, mtu);
 * for (int piece = 0; piece &lt; Fragments.pieces(length, size); piece++) {
 *     int bytes = Fragments.write(piece, packet, offset, length, size, slot, slotOffset);
 * }
 * </pre>
 */
public final class Fragments {
    /** Bytes before a fragment's payload. */
    public static final int HEADER_BYTES = 16;

    /** Where a fragment has {@link #INDICATOR} and a packet the first byte of its source address. */
    public static final int INDICATOR_OFFSET = 13;

    public static final int INDICATOR = 0xff;

    /** Pieces, head included, that this node and peers of protocol 10 and later accept. */
    public static final int PIECES_MAX = 7;

    /** Pieces, head included, that peers of protocol 9 and earlier accept. */
    public static final int PIECES_MAX_OLD = 4;

    /** Longest packet that a peer of protocol 9 or earlier can hold, before and after decompression. */
    public static final int PACKET_BYTES_MAX_OLD = 5776;

    /** Shortest size to cut to: the head must hold the whole packet header. */
    public static final int DATAGRAM_BYTES_MIN = PacketHeader.BYTES;

    private static final int PIECES_OFFSET = 14;
    private static final int HOPS_OFFSET = 15;

    private Fragments() {}

    /** How many pieces a peer that announced {@code protocolVersion} accepts; 0, unknown, counts as old. */
    public static int piecesMax(int protocolVersion) {
        return protocolVersion <= 9 ? PIECES_MAX_OLD : PIECES_MAX;
    }

    /** How many datagrams of at most {@code datagramBytes} a packet of {@code length} bytes needs. */
    public static int pieces(int length, int datagramBytes) {
        check(datagramBytes);
        int rest = length - datagramBytes;
        int perFragment = datagramBytes - HEADER_BYTES;
        return rest <= 0 ? 1 : 1 + (rest + perFragment - 1) / perFragment;
    }

    /** The longest packet that {@code pieces} datagrams of {@code datagramBytes} hold. */
    public static int capacity(int pieces, int datagramBytes) {
        check(datagramBytes);
        return datagramBytes + (pieces - 1) * (datagramBytes - HEADER_BYTES);
    }

    /**
     * The smallest size to cut to that needs no more pieces than {@code datagramBytes} does: all datagrams but the last
     * have exactly this size and the last is at most a few bytes shorter. One such run is one segmented send.
     */
    public static int equalSize(int length, int datagramBytes) {
        int pieces = pieces(length, datagramBytes);
        int onTheWire = length + (pieces - 1) * HEADER_BYTES;
        return pieces == 1 ? datagramBytes : Math.max(DATAGRAM_BYTES_MIN, (onTheWire + pieces - 1) / pieces);
    }

    /** Index, within the packet, of the first byte that {@code piece} carries. */
    public static int pieceStart(int piece, int datagramBytes) {
        return piece == 0 ? 0 : capacity(piece, datagramBytes);
    }

    /** Bytes of the datagram that {@code piece} becomes, its header included. */
    public static int pieceBytes(int piece, int length, int datagramBytes) {
        int header = piece == 0 ? 0 : HEADER_BYTES;
        return Math.min(datagramBytes, length - pieceStart(piece, datagramBytes) + header);
    }

    /**
     * Writes one piece of a sealed packet to {@code out} and answers the datagram's length.
     *
     * @param piece from 0 to {@link #pieces} - 1
     * @param datagramBytes the size to cut to, the same for all pieces of a packet
     * @param out has room for {@code datagramBytes} from {@code outOffset}
     */
    public static int write(
            int piece, byte[] packet, int offset, int length, int datagramBytes, byte[] out, int outOffset) {
        int bytes = pieceBytes(piece, length, datagramBytes);
        if (piece == 0) {
            System.arraycopy(packet, offset, out, outOffset, bytes);
            return bytes;
        }
        writeHeader(piece, pieces(length, datagramBytes), packet, offset, out, outOffset);
        System.arraycopy(
                packet, offset + pieceStart(piece, datagramBytes), out, outOffset + HEADER_BYTES, bytes - HEADER_BYTES);
        return bytes;
    }

    /** Writes only the 16-byte header of a fragment, for ports that gather header and payload themselves. */
    public static void writeHeader(int piece, int pieces, byte[] packet, int offset, byte[] out, int outOffset) {
        if (piece < 1 || piece >= pieces || pieces > 15) {
            throw new IllegalArgumentException("piece " + piece + " of " + pieces);
        }
        System.arraycopy(packet, offset, out, outOffset, INDICATOR_OFFSET);
        out[outOffset + INDICATOR_OFFSET] = (byte) INDICATOR;
        out[outOffset + PIECES_OFFSET] = (byte) (pieces << 4 | piece);
        out[outOffset + HOPS_OFFSET] = 0;
    }

    /** The packet ID of a fragment. */
    public static long id(byte[] fragment, int offset) {
        return PacketHeader.id(fragment, offset);
    }

    /** The destination address of a fragment. */
    public static long destination(byte[] fragment, int offset) {
        return PacketHeader.destination(fragment, offset);
    }

    /** How many pieces the fragment says there are, 0 to 15. */
    public static int total(byte[] fragment, int offset) {
        return fragment[offset + PIECES_OFFSET] >> 4 & 15;
    }

    /** The fragment's own number, 0 to 15. */
    public static int number(byte[] fragment, int offset) {
        return fragment[offset + PIECES_OFFSET] & 15;
    }

    /** The fragment's whole hops byte: relays compare all of it, although only three bits count. */
    public static int hops(byte[] fragment, int offset) {
        return fragment[offset + HOPS_OFFSET] & 0xff;
    }

    public static void setHops(byte[] fragment, int offset, int hops) {
        fragment[offset + HOPS_OFFSET] = (byte) (hops & PacketHeader.HOPS_MASK);
    }

    private static void check(int datagramBytes) {
        if (datagramBytes < DATAGRAM_BYTES_MIN) {
            throw new IllegalArgumentException("datagrams of " + datagramBytes + " bytes");
        }
    }
}
