// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

/**
 * Starts a packet: writes its header and hands out a writer that stands at the payload. A sender writes the payload,
 * asks {@link WireWriter#overflowed}, then compresses, sets the fragmented flag and seals, in that order. Any thread.
 */
public final class Packet {
    private Packet() {}

    /**
     * Begins a packet in an array of its own, which grows to at most {@link PacketHeader#PACKET_BYTES_MAX}; take it with
     * {@link WireWriter#toByteArray}.
     *
     * @param id eight bytes from a strong random source, fresh for every packet
     */
    public static WireWriter begin(long id, long destination, long source, int verb) {
        return header(new WireWriter(PacketHeader.PACKET_BYTES_MAX), id, destination, source, verb);
    }

    /**
     * Begins a packet at {@code offset} of a borrowed array; it may fill the array up to
     * {@link PacketHeader#PACKET_BYTES_MAX} bytes. Its length so far is {@link WireWriter#length}.
     */
    public static WireWriter begin(byte[] borrowed, int offset, long id, long destination, long source, int verb) {
        int room = Math.min(borrowed.length - offset, PacketHeader.PACKET_BYTES_MAX);
        return header(new WireWriter(borrowed, offset, room), id, destination, source, verb);
    }

    private static WireWriter header(WireWriter out, long id, long destination, long source, int verb) {
        return out.u64(id).u40(destination).u40(source).u8(0).u64(0).u8(verb);
    }
}
