// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import static org.orrery.core.wire.BigEndian.i32;
import static org.orrery.core.wire.BigEndian.i64;
import static org.orrery.core.wire.BigEndian.setI32;
import static org.orrery.core.wire.BigEndian.setI64;
import static org.orrery.core.wire.BigEndian.setU16;
import static org.orrery.core.wire.BigEndian.setU48;
import static org.orrery.core.wire.BigEndian.u16;
import static org.orrery.core.wire.BigEndian.u48;

import org.orrery.core.wire.PacketHeader;

/**
 * The fields of FRAME, EXT_FRAME and MULTICAST_FRAME, read and written in place: they carry the traffic, and nothing here
 * allocates. {@code packet} and {@code offset} say where the packet's header begins; every offset that
 * is answered or asked for counts from there. Readers expect that the packet was found long enough.
 *
 * <p>Shapes behind the header. FRAME: network ID u64, Ethertype u16, payload. EXT_FRAME: network ID u64, flags u8,
 * membership certificate if {@link #FLAG_MEMBERSHIP}, destination MAC u48, source MAC u48, Ethertype u16, payload.
 * MULTICAST_FRAME: network ID u64, flags u8, membership certificate if {@link #FLAG_MEMBERSHIP}, gather limit u32 if
 * {@link #FLAG_GATHER}, source MAC u48 if {@link #FLAG_SOURCE}, group MAC u48, ADI u32, Ethertype u16, payload.
 */
public final class FrameFields {
    /** Where all three have the network ID. */
    public static final int NETWORK_OFFSET = PacketHeader.PAYLOAD_OFFSET;

    /** Where FRAME has the Ethertype. */
    public static final int FRAME_ETHERTYPE_OFFSET = 36;

    /** Where the payload of FRAME begins; a shorter packet is no FRAME. */
    public static final int FRAME_PAYLOAD_OFFSET = 38;

    /** Where EXT_FRAME and MULTICAST_FRAME have their flags; a packet that ends before is neither. */
    public static final int FLAGS_OFFSET = 36;

    /** Where a membership certificate begins if there is one. Obsolete: it is still read but no longer sent. */
    public static final int MEMBERSHIP_OFFSET = 37;

    /** Flag of both: a membership certificate follows. */
    public static final int FLAG_MEMBERSHIP = 0x01;

    /** Flag of MULTICAST_FRAME: the sender wants more members of the group, at most as many as the gather limit says. */
    public static final int FLAG_GATHER = 0x02;

    /** Flag of MULTICAST_FRAME: the source MAC is given and not derived from the sender's address. */
    public static final int FLAG_SOURCE = 0x04;

    /** Flag of MULTICAST_FRAME: the receiver, a replicator, is to distribute the frame. */
    public static final int FLAG_REPLICATE = 0x08;

    /** Flag of EXT_FRAME: answer with OK. */
    public static final int FLAG_ACKNOWLEDGE = 0x10;

    /** Bits of the EXT_FRAME flags with the {@linkplain #extSubtype kind} of frame. */
    public static final int SUBTYPE_MASK = 0x0e;

    /** EXT_FRAME flags: an ordinary, bridged frame. */
    public static final int EXT_NORMAL = 0x00;

    /** EXT_FRAME flags: a copy of an outbound frame. */
    public static final int EXT_TEE_OUTBOUND = 0x02;

    /** EXT_FRAME flags: an outbound frame that was redirected. */
    public static final int EXT_REDIRECT_OUTBOUND = 0x04;

    /** EXT_FRAME flags: a copy of an outbound frame, to be acknowledged. */
    public static final int EXT_WATCH_OUTBOUND = 0x16;

    /** EXT_FRAME flags: a copy of an inbound frame. */
    public static final int EXT_TEE_INBOUND = 0x08;

    /** EXT_FRAME flags: an inbound frame that was redirected. */
    public static final int EXT_REDIRECT_INBOUND = 0x0a;

    /** EXT_FRAME flags: a copy of an inbound frame, to be acknowledged. */
    public static final int EXT_WATCH_INBOUND = 0x1c;

    private static final int MACS_BYTES = 12;
    private static final int GROUP_BYTES = 10;
    private static final int ETHERTYPE_BYTES = 2;

    private static final int QUALIFIERS_MAX = 8;
    private static final int QUALIFIER_BYTES = 24;
    private static final int SIGNATURE_BYTES = 96;

    private FrameFields() {}

    /** The network ID of any of the three. */
    public static long network(byte[] packet, int offset) {
        return i64(packet, offset + NETWORK_OFFSET);
    }

    /** The Ethertype of a FRAME. */
    public static int frameEthertype(byte[] packet, int offset) {
        return u16(packet, offset + FRAME_ETHERTYPE_OFFSET);
    }

    /** The flags of EXT_FRAME or MULTICAST_FRAME. */
    public static int flags(byte[] packet, int offset) {
        return packet[offset + FLAGS_OFFSET] & 0xff;
    }

    /** What kind of copy an EXT_FRAME is, 0 to 7; informational. */
    public static int extSubtype(int flags) {
        return (flags & SUBTYPE_MASK) >> 1;
    }

    /**
     * Where the fields behind the flags, and behind the membership certificate if there is one, begin; -1 if the packet
     * ends before or the certificate is malformed. The certificate itself lies from {@link #MEMBERSHIP_OFFSET} to here.
     */
    public static int fieldsOffset(byte[] packet, int offset, int length) {
        if (length < MEMBERSHIP_OFFSET) {
            return -1;
        }
        return (flags(packet, offset) & FLAG_MEMBERSHIP) == 0
                ? MEMBERSHIP_OFFSET
                : membershipEnd(packet, offset, length);
    }

    private static int membershipEnd(byte[] packet, int offset, int length) {
        int signer = MEMBERSHIP_OFFSET + 3;
        if (length < signer || packet[offset + MEMBERSHIP_OFFSET] != 1) {
            return -1;
        }
        int qualifiers = u16(packet, offset + MEMBERSHIP_OFFSET + 1);
        signer += QUALIFIER_BYTES * Math.min(qualifiers, QUALIFIERS_MAX);
        if (qualifiers > QUALIFIERS_MAX || length < signer + 5) {
            return -1;
        }
        boolean unsigned = packet[offset + signer] == 0 && i32(packet, offset + signer + 1) == 0;
        int end = signer + 5 + (unsigned ? 0 : SIGNATURE_BYTES);
        return length < end ? -1 : end;
    }

    /** Where the payload of an EXT_FRAME begins; the packet may be shorter. */
    public static int extPayloadOffset(int fieldsOffset) {
        return fieldsOffset + MACS_BYTES + ETHERTYPE_BYTES;
    }

    public static long extDestination(byte[] packet, int offset, int fieldsOffset) {
        return u48(packet, offset + fieldsOffset);
    }

    public static long extSource(byte[] packet, int offset, int fieldsOffset) {
        return u48(packet, offset + fieldsOffset + 6);
    }

    public static int extEthertype(byte[] packet, int offset, int fieldsOffset) {
        return u16(packet, offset + fieldsOffset + MACS_BYTES);
    }

    /** Where the payload of a MULTICAST_FRAME with these flags begins; the packet may be shorter. */
    public static int multicastPayloadOffset(int flags, int fieldsOffset) {
        return groupOffset(flags, fieldsOffset) + GROUP_BYTES + ETHERTYPE_BYTES;
    }

    /** How many members the sender of a MULTICAST_FRAME wants to learn, u32; zero if it did not ask. */
    public static long multicastGatherLimit(byte[] packet, int offset, int flags, int fieldsOffset) {
        return (flags & FLAG_GATHER) == 0 ? 0 : i32(packet, offset + fieldsOffset) & 0xffff_ffffL;
    }

    /** The source MAC of a MULTICAST_FRAME that has {@link #FLAG_SOURCE}. */
    public static long multicastSource(byte[] packet, int offset, int flags, int fieldsOffset) {
        return u48(packet, offset + groupOffset(flags, fieldsOffset) - 6);
    }

    /** The group's MAC of a MULTICAST_FRAME. */
    public static long multicastDestination(byte[] packet, int offset, int flags, int fieldsOffset) {
        return u48(packet, offset + groupOffset(flags, fieldsOffset));
    }

    /** The group's ADI of a MULTICAST_FRAME. */
    public static int multicastAdi(byte[] packet, int offset, int flags, int fieldsOffset) {
        return i32(packet, offset + groupOffset(flags, fieldsOffset) + 6);
    }

    public static int multicastEthertype(byte[] packet, int offset, int flags, int fieldsOffset) {
        return u16(packet, offset + groupOffset(flags, fieldsOffset) + GROUP_BYTES);
    }

    private static int groupOffset(int flags, int fieldsOffset) {
        return fieldsOffset + ((flags & FLAG_GATHER) != 0 ? 4 : 0) + ((flags & FLAG_SOURCE) != 0 ? 6 : 0);
    }

    /** Writes the fields of a FRAME before its payload, which then begins at {@link #FRAME_PAYLOAD_OFFSET}. */
    public static void writeFrame(byte[] packet, int offset, long network, int ethertype) {
        setI64(packet, offset + NETWORK_OFFSET, network);
        setU16(packet, offset + FRAME_ETHERTYPE_OFFSET, ethertype);
    }

    /**
     * Writes the fields of an EXT_FRAME before its payload.
     *
     * @param flags one of the {@code EXT_} values
     * @return where the payload begins
     */
    public static int writeExtFrame(
            byte[] packet, int offset, long network, int flags, long destination, long source, int ethertype) {
        setI64(packet, offset + NETWORK_OFFSET, network);
        packet[offset + FLAGS_OFFSET] = (byte) (flags & ~FLAG_MEMBERSHIP);
        setU48(packet, offset + MEMBERSHIP_OFFSET, destination);
        setU48(packet, offset + MEMBERSHIP_OFFSET + 6, source);
        setU16(packet, offset + MEMBERSHIP_OFFSET + MACS_BYTES, ethertype);
        return extPayloadOffset(MEMBERSHIP_OFFSET);
    }

    /**
     * Writes the fields of a MULTICAST_FRAME before its payload.
     *
     * @param flags of {@link #FLAG_GATHER}, {@link #FLAG_SOURCE} and {@link #FLAG_REPLICATE}
     * @param gatherLimit u32, only written with its flag
     * @param source only written with its flag
     * @return where the payload begins
     */
    public static int writeMulticastFrame(
            byte[] packet,
            int offset,
            long network,
            int flags,
            long gatherLimit,
            long source,
            long destination,
            int adi,
            int ethertype) {
        setI64(packet, offset + NETWORK_OFFSET, network);
        packet[offset + FLAGS_OFFSET] = (byte) (flags & ~FLAG_MEMBERSHIP);
        int at = offset + MEMBERSHIP_OFFSET;
        if ((flags & FLAG_GATHER) != 0) {
            setI32(packet, at, (int) gatherLimit);
            at += 4;
        }
        if ((flags & FLAG_SOURCE) != 0) {
            setU48(packet, at, source);
            at += 6;
        }
        setU48(packet, at, destination);
        setI32(packet, at + 6, adi);
        setU16(packet, at + GROUP_BYTES, ethertype);
        return at + GROUP_BYTES + ETHERTYPE_BYTES - offset;
    }
}
