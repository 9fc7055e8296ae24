// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import java.util.Arrays;
import org.orrery.core.value.DropReason;

/**
 * Joins heads and fragments, which may come in any order, into packets. Nothing in a piece is authentic, so everything a
 * stranger can claim here is bounded:
 *
 * <ul>
 *   <li>{@link #SLOTS_MAX} incomplete packets; a further one replaces the oldest. Each has a buffer of one maximum packet,
 *       made when the slot is first used and then kept: 256 * 10,024 = 2.6 MB at most.
 *   <li>{@link #SLOTS_PER_ORIGIN_MAX} of them begun by one origin; a further one replaces the oldest of that origin, so
 *       that one host that floods random IDs delays only itself.
 *   <li>An incomplete packet is given up {@link #EXPIRY_MILLIS} after its first piece.
 * </ul>
 *
 * Pieces are matched by packet ID alone, as the protocol has it: one packet's pieces may come over several paths. The
 * answer {@link DropReason#NONE} means that the piece completed a packet, which is then at {@link #packet},
 * {@link #packetOffset}, {@link #packetBytes} until the next call. Owner lane only; the steady state allocates nothing.
 */
public final class Reassembler {
    public static final int SLOTS_MAX = 256;
    public static final int SLOTS_PER_ORIGIN_MAX = 64;
    public static final long EXPIRY_MILLIS = 4000;

    private static final int BUCKETS = 512; // power of two, twice the slots: chains stay short
    private static final int NONE = -1;

    private final Slot[] slots = new Slot[SLOTS_MAX];
    private final int[] buckets = new int[BUCKETS]; // by packet ID: first slot of the chain
    private final int[] originCounts = new int[BUCKETS]; // by origin hash; origins that collide share their allowance
    private final byte[] joined = new byte[PacketHeader.PACKET_BYTES_MAX];
    private int freeSlots = NONE; // chained by nextInBucket
    private int usedSlots;
    private int oldest = NONE;
    private int newest = NONE;
    private byte[] packet = joined;
    private int packetBytes;
    private long abandoned;

    public Reassembler() {
        Arrays.fill(buckets, NONE);
    }

    /**
     * Takes the head of a fragmented packet: a packet whose fragmented flag is set, already known to be for this node.
     *
     * @param borrowed copied from, not kept
     * @param origin a number for the physical sender, such as a hash of its IP address
     * @return NONE if this completed the packet, else FRAGMENT_HELD, FRAGMENT_DUPLICATE or TOO_LONG
     */
    public DropReason head(long nowMillis, byte[] borrowed, int offset, int length, long origin) {
        return accept(nowMillis, PacketHeader.id(borrowed, offset), 0, 0, borrowed, offset, length, origin);
    }

    /**
     * Takes a fragment, already known to be for this node.
     *
     * @param borrowed copied from, not kept
     * @param origin a number for the physical sender, such as a hash of its IP address
     * @return NONE if this completed the packet, else FRAGMENT_HELD, FRAGMENT_DUPLICATE, BAD_FRAGMENT or TOO_LONG
     */
    public DropReason fragment(long nowMillis, byte[] borrowed, int offset, int length, long origin) {
        int total = Fragments.total(borrowed, offset);
        int number = Fragments.number(borrowed, offset);
        if (total < 2
                || total > Fragments.PIECES_MAX
                || number < 1
                || number >= total
                || length <= Fragments.HEADER_BYTES) {
            return DropReason.BAD_FRAGMENT;
        }
        return accept(
                nowMillis,
                Fragments.id(borrowed, offset),
                number,
                total,
                borrowed,
                offset + Fragments.HEADER_BYTES,
                length - Fragments.HEADER_BYTES,
                origin);
    }

    /** The array that holds the packet completed last, borrowed until the next call of any method that takes pieces. */
    public byte[] packet() {
        return packet;
    }

    /** Where in {@link #packet} it begins. */
    public int packetOffset() {
        return 0;
    }

    /** Its length. */
    public int packetBytes() {
        return packetBytes;
    }

    /** Incomplete packets held now. */
    public int held() {
        int count = 0;
        for (int slot = oldest; slot != NONE; slot = slots[slot].newer) {
            count++;
        }
        return count;
    }

    /** Incomplete packets given up so far, because they expired, were replaced or grew too long. */
    public long abandoned() {
        return abandoned;
    }

    /** Gives up what is too old. Every piece does this too; call it only to let {@link #held} fall in silence. */
    public void expire(long nowMillis) {
        while (oldest != NONE && nowMillis - slots[oldest].sinceMillis >= EXPIRY_MILLIS) {
            abandoned++;
            release(oldest);
        }
    }

    private DropReason accept(
            long nowMillis, long id, int number, int total, byte[] borrowed, int offset, int length, long origin) {
        expire(nowMillis);
        int index = find(id);
        if (index == NONE) {
            index = claim(nowMillis, id, origin);
        }
        Slot slot = slots[index];
        if (slot.holds(number)) {
            return DropReason.FRAGMENT_DUPLICATE;
        }
        if (length > slot.buffer.length - slot.bytes) {
            abandoned++;
            release(index);
            return DropReason.TOO_LONG;
        }
        slot.add(number, borrowed, offset, length);
        if (number != 0) {
            slot.total = total; // the newest fragment decides; the head does not know
        }
        if (slot.total == 0 || slot.pieces != (1 << slot.total) - 1) {
            return DropReason.FRAGMENT_HELD;
        }
        packet = slot.join(joined);
        packetBytes = slot.bytes;
        release(index);
        return DropReason.NONE;
    }

    private int find(long id) {
        int index = buckets[bucket(id)];
        while (index != NONE && slots[index].id != id) {
            index = slots[index].nextInBucket;
        }
        return index;
    }

    private int claim(long nowMillis, long id, long origin) {
        if (originCounts[bucket(origin)] >= SLOTS_PER_ORIGIN_MAX) {
            abandoned++;
            release(oldestOf(bucket(origin)));
        } else if (freeSlots == NONE && usedSlots == SLOTS_MAX) {
            abandoned++;
            release(oldest);
        }
        int index = freeSlots;
        if (index != NONE) {
            freeSlots = slots[index].nextInBucket;
        } else {
            index = usedSlots++;
            slots[index] = new Slot();
        }
        Slot slot = slots[index];
        slot.begin(nowMillis, id, bucket(origin));
        slot.nextInBucket = buckets[bucket(id)];
        buckets[bucket(id)] = index;
        originCounts[slot.originBucket]++;
        slot.older = newest;
        slot.newer = NONE;
        if (newest == NONE) {
            oldest = index;
        } else {
            slots[newest].newer = index;
        }
        newest = index;
        return index;
    }

    private int oldestOf(int originBucket) {
        int index = oldest;
        while (slots[index].originBucket != originBucket) {
            index = slots[index].newer;
        }
        return index;
    }

    private void release(int index) {
        Slot slot = slots[index];
        originCounts[slot.originBucket]--;
        if (slot.older == NONE) {
            oldest = slot.newer;
        } else {
            slots[slot.older].newer = slot.newer;
        }
        if (slot.newer == NONE) {
            newest = slot.older;
        } else {
            slots[slot.newer].older = slot.older;
        }
        int bucket = bucket(slot.id);
        if (buckets[bucket] == index) {
            buckets[bucket] = slot.nextInBucket;
        } else {
            int before = buckets[bucket];
            while (slots[before].nextInBucket != index) {
                before = slots[before].nextInBucket;
            }
            slots[before].nextInBucket = slot.nextInBucket;
        }
        slot.nextInBucket = freeSlots;
        freeSlots = index;
    }

    private static int bucket(long key) {
        // Packet IDs are random already, origins need not be; the multiplication spreads both.
        return (int) ((key * 0x9e37_79b9_7f4a_7c15L) >>> 55);
    }

    /** One incomplete packet: its pieces one behind the other in order of arrival. */
    private static final class Slot {
        final byte[] buffer = new byte[PacketHeader.PACKET_BYTES_MAX];
        final int[] starts = new int[Fragments.PIECES_MAX];
        final int[] lengths = new int[Fragments.PIECES_MAX];
        long id;
        long sinceMillis;
        int originBucket;
        int total; // 0 until a fragment told
        int pieces; // a bit for each piece held
        int bytes;
        boolean inOrder;
        int older;
        int newer;
        int nextInBucket;

        void begin(long nowMillis, long newId, int newOriginBucket) {
            id = newId;
            sinceMillis = nowMillis;
            originBucket = newOriginBucket;
            total = 0;
            pieces = 0;
            bytes = 0;
            inOrder = true;
        }

        boolean holds(int number) {
            return (pieces & 1 << number) != 0;
        }

        void add(int number, byte[] source, int offset, int length) {
            inOrder &= pieces == (1 << number) - 1;
            System.arraycopy(source, offset, buffer, bytes, length);
            starts[number] = bytes;
            lengths[number] = length;
            pieces |= 1 << number;
            bytes += length;
        }

        /** The whole packet from index 0: in this slot's buffer when the pieces came in order, else in {@code scratch}. */
        byte[] join(byte[] scratch) {
            if (inOrder) {
                return buffer;
            }
            int at = 0;
            for (int number = 0; number < total; number++) {
                System.arraycopy(buffer, starts[number], scratch, at, lengths[number]);
                at += lengths[number];
            }
            return scratch;
        }
    }
}
