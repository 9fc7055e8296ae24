// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

/**
 * The 28 bytes at the start of every packet, read and written in place. Shape, big-endian: packet ID u64, destination
 * u40, source u40, flags u8, MAC u64, verb u8, then the payload. All methods take the index of the packet's first byte
 * and expect {@link #BYTES} bytes there; they allocate nothing and keep no state. Any thread.
 */
public final class PacketHeader {
    public static final int ID_OFFSET = 0;
    public static final int DESTINATION_OFFSET = 8;
    public static final int SOURCE_OFFSET = 13;
    public static final int FLAGS_OFFSET = 18;
    public static final int MAC_OFFSET = 19;
    public static final int VERB_OFFSET = 27;
    public static final int PAYLOAD_OFFSET = 28;

    /** Length of the header, which is also the shortest packet. */
    public static final int BYTES = 28;

    /** Longest packet: seven pieces of 1,432 bytes, the buffer size of protocol 12. */
    public static final int PACKET_BYTES_MAX = 7 * 1432;

    /** Longest payload, compressed or not. */
    public static final int PAYLOAD_BYTES_MAX = PACKET_BYTES_MAX - BYTES;

    /** Flag that senders set exactly for suite 1; receivers only feed it to the cipher. */
    public static final int FLAG_ENCRYPTED = 0x80;

    /** Flag: more of the packet follows in fragments. */
    public static final int FLAG_FRAGMENTED = 0x40;

    /** Bits of the flags byte that hold the cipher suite. */
    public static final int SUITE_MASK = 0x38;

    /** Bits of the flags byte that hold the relay count, the only ones that may change on the way. */
    public static final int HOPS_MASK = 0x07;

    /** Bit of the verb byte: the payload is compressed. */
    public static final int VERB_COMPRESSED = 0x80;

    /** Bits of the verb byte that hold the verb's number; the two others are sent as zero and ignored. */
    public static final int VERB_MASK = 0x1f;

    private PacketHeader() {}

    /** Writes a whole header: suite 0, not fragmented, no hops, no MAC. */
    public static void write(byte[] packet, int offset, long id, long destination, long source, int verb) {
        BigEndian.setI64(packet, offset, id);
        setDestination(packet, offset, destination);
        BigEndian.setU40(packet, offset + SOURCE_OFFSET, source);
        packet[offset + FLAGS_OFFSET] = 0;
        BigEndian.setI64(packet, offset + MAC_OFFSET, 0L);
        packet[offset + VERB_OFFSET] = (byte) verb;
    }

    public static long id(byte[] packet, int offset) {
        return BigEndian.i64(packet, offset);
    }

    public static void setId(byte[] packet, int offset, long id) {
        BigEndian.setI64(packet, offset, id);
    }

    public static long destination(byte[] packet, int offset) {
        return BigEndian.u40(packet, offset + DESTINATION_OFFSET);
    }

    public static void setDestination(byte[] packet, int offset, long destination) {
        BigEndian.setU40(packet, offset + DESTINATION_OFFSET, destination);
    }

    public static long source(byte[] packet, int offset) {
        return BigEndian.u40(packet, offset + SOURCE_OFFSET);
    }

    public static void setSource(byte[] packet, int offset, long source) {
        BigEndian.setU40(packet, offset + SOURCE_OFFSET, source);
    }

    public static int flags(byte[] packet, int offset) {
        return packet[offset + FLAGS_OFFSET] & 0xff;
    }

    public static void setFlags(byte[] packet, int offset, int flags) {
        packet[offset + FLAGS_OFFSET] = (byte) flags;
    }

    /** The cipher suite, 0 to 7. */
    public static int suite(byte[] packet, int offset) {
        return (packet[offset + FLAGS_OFFSET] & SUITE_MASK) >> 3;
    }

    /** Sets the cipher suite and, as every sender must, the encrypted flag exactly for suite 1. */
    public static void setSuite(byte[] packet, int offset, int suite) {
        int kept = packet[offset + FLAGS_OFFSET] & (FLAG_FRAGMENTED | HOPS_MASK);
        int encrypted = suite == 1 ? FLAG_ENCRYPTED : 0;
        packet[offset + FLAGS_OFFSET] = (byte) (kept | encrypted | (suite << 3 & SUITE_MASK));
    }

    /** How often the packet was relayed, 0 to 7. */
    public static int hops(byte[] packet, int offset) {
        return packet[offset + FLAGS_OFFSET] & HOPS_MASK;
    }

    public static void setHops(byte[] packet, int offset, int hops) {
        packet[offset + FLAGS_OFFSET] = (byte) (packet[offset + FLAGS_OFFSET] & ~HOPS_MASK | hops & HOPS_MASK);
    }

    public static boolean fragmented(byte[] packet, int offset) {
        return (packet[offset + FLAGS_OFFSET] & FLAG_FRAGMENTED) != 0;
    }

    /** Sets or clears the fragmented flag. It is authenticated: set it before the packet is sealed. */
    public static void setFragmented(byte[] packet, int offset, boolean fragmented) {
        int others = packet[offset + FLAGS_OFFSET] & ~FLAG_FRAGMENTED;
        packet[offset + FLAGS_OFFSET] = (byte) (fragmented ? others | FLAG_FRAGMENTED : others);
    }

    /** The authenticator, or the trusted path ID under suite 2. */
    public static long mac(byte[] packet, int offset) {
        return BigEndian.i64(packet, offset + MAC_OFFSET);
    }

    public static void setMac(byte[] packet, int offset, long mac) {
        BigEndian.setI64(packet, offset + MAC_OFFSET, mac);
    }

    /** The verb's number, 0 to 31; only meaningful once the packet is decrypted. */
    public static int verb(byte[] packet, int offset) {
        return packet[offset + VERB_OFFSET] & VERB_MASK;
    }

    /** Sets the verb's number and clears the compressed bit. */
    public static void setVerb(byte[] packet, int offset, int verb) {
        packet[offset + VERB_OFFSET] = (byte) (verb & VERB_MASK);
    }

    public static boolean compressed(byte[] packet, int offset) {
        return (packet[offset + VERB_OFFSET] & VERB_COMPRESSED) != 0;
    }

    public static void setCompressed(byte[] packet, int offset, boolean compressed) {
        int others = packet[offset + VERB_OFFSET] & ~VERB_COMPRESSED;
        packet[offset + VERB_OFFSET] = (byte) (compressed ? others | VERB_COMPRESSED : others);
    }
}
