// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

/**
 * What a UDP datagram is, told from its length and one byte. A datagram carries exactly one of these; there is no outer
 * framing.
 */
public enum DatagramKind {
    /** Too short to mean anything; peers send such to open a NAT. */
    IGNORED,
    /** Longer than any packet. */
    OVERSIZED,
    /** The 13-byte LAN beacon of nodes older than 1.0.4: eight arbitrary bytes, then the sender's address. */
    BEACON,
    /** A later piece of a packet: {@link Fragments} reads its header. At least one byte of payload. */
    FRAGMENT,
    /** A packet, or the head of a fragmented one: {@link PacketHeader} reads its header. */
    PACKET;

    /** Bytes of a {@link #BEACON}. */
    public static final int BEACON_BYTES = 13;

    /** Where a {@link #BEACON} holds its sender's address. */
    public static final int BEACON_ADDRESS_OFFSET = 8;

    /** Classifies {@code length} bytes from {@code offset}. Total. */
    public static DatagramKind of(byte[] datagram, int offset, int length) {
        if (length == BEACON_BYTES) {
            return BEACON;
        }
        if (length <= Fragments.HEADER_BYTES) {
            return IGNORED;
        }
        if (length > PacketHeader.PACKET_BYTES_MAX) {
            return OVERSIZED;
        }
        // No valid source address begins with 0xff, so that byte tells the two formats apart.
        if (datagram[offset + Fragments.INDICATOR_OFFSET] == (byte) Fragments.INDICATOR) {
            return FRAGMENT;
        }
        return length < PacketHeader.BYTES ? IGNORED : PACKET;
    }
}
