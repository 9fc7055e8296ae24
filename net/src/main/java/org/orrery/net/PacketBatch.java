// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;

/**
 * Packets or frames in one heap array that is allocated once and filled again and again.
 *
 * <p>Entries are packed one behind the other, each with the same free headroom in front: a reader uses {@link #offset}
 * and {@link #length} and never assumes a stride. The bytes are borrowed: valid until the next {@link #clear}. One
 * thread.
 */
public final class PacketBatch {
    /** Entries begin at multiples of this, so that the long-wise ciphers see aligned words. */
    private static final int ALIGNMENT = 8;

    private final byte[] bytes;
    private final int[] offsets;
    private final int[] lengths;
    private final @Nullable Endpoint[] peers;
    private final int slotBytes;
    private final int headroomBytes;
    private final boolean[] continued;
    private int count;
    private int next;

    /** As many entries as {@code capacity}, each of up to {@code slotBytes}, without headroom. */
    public PacketBatch(int capacity, int slotBytes) {
        this(capacity, slotBytes, 0);
    }

    /** Before each entry {@code headroomBytes} stay free, for a header that its reader puts in front. */
    public PacketBatch(int capacity, int slotBytes, int headroomBytes) {
        this(capacity, slotBytes, headroomBytes, stride(capacity, slotBytes, headroomBytes));
    }

    /**
     * A batch that is full with {@code capacity} entries, and earlier if another one of {@code slotBytes} might not fit
     * into {@code totalBytes}: much smaller than all slots together where long entries are rare.
     */
    public PacketBatch(int capacity, int slotBytes, int headroomBytes, int totalBytes) {
        if (capacity < 1 || slotBytes < 1 || headroomBytes < 0) {
            throw new IllegalArgumentException("capacity " + capacity + ", slot " + slotBytes);
        }
        if (totalBytes < align(headroomBytes) + slotBytes) {
            throw new IllegalArgumentException("slot " + slotBytes + " in " + totalBytes);
        }
        this.bytes = new byte[totalBytes];
        this.offsets = new int[capacity];
        this.lengths = new int[capacity];
        this.peers = new Endpoint[capacity];
        this.continued = new boolean[capacity];
        this.slotBytes = slotBytes;
        this.headroomBytes = align(headroomBytes);
        clear();
    }

    private static int stride(int capacity, int slotBytes, int headroomBytes) {
        return Math.multiplyExact(capacity, Math.addExact(align(slotBytes), align(headroomBytes)));
    }

    public int capacity() {
        return offsets.length;
    }

    /** The longest entry. */
    public int slotBytes() {
        return slotBytes;
    }

    /** Free bytes before each entry: as asked for, rounded up to a multiple of 8. */
    public int headroomBytes() {
        return headroomBytes;
    }

    public int count() {
        return count;
    }

    /** Whether another entry of {@link #slotBytes} has no place. */
    public boolean full() {
        return count == offsets.length || bytes.length - next < slotBytes;
    }

    /** The array that all entries lie in. */
    public byte[] bytes() {
        return bytes;
    }

    public int offset(int index) {
        return offsets[Objects.checkIndex(index, count)];
    }

    public int length(int index) {
        return lengths[Objects.checkIndex(index, count)];
    }

    /** Where a datagram came from; null for a frame. The same source gives the same object, as long as it is busy. */
    public @Nullable Endpoint peer(int index) {
        return peers[Objects.checkIndex(index, count)];
    }

    /**
     * Whether this frame is a further segment of the super-frame that the entry before is from: it differs from that
     * one in its payload, its length, its place in the stream and its checksums, so that what was decided of the one
     * holds for the other. Never true of the first entry.
     */
    public boolean continuesFlow(int index) {
        return continued[Objects.checkIndex(index, count)];
    }

    /** Forgets all entries. */
    public void clear() {
        count = 0;
        next = headroomBytes;
    }

    /** For ports: where the next entry begins; {@link #slotBytes} may be written there before {@link #commit}. */
    public int claim() {
        if (full()) {
            throw new IllegalStateException("batch is full");
        }
        return next;
    }

    /** For ports: makes the claimed place an entry of {@code length} bytes. */
    public void commit(int length, @Nullable Endpoint peer) {
        if (full() || length < 0 || length > slotBytes) {
            throw new IllegalStateException("entry of " + length + " bytes, " + count + " before it");
        }
        offsets[count] = next;
        lengths[count] = length;
        peers[count] = peer;
        continued[count] = false;
        count++;
        next += align(length) + headroomBytes;
    }

    /** For ports: as {@link #commit}, of a frame that {@linkplain #continuesFlow continues} the entry before, if any. */
    public void commitContinued(int length) {
        commit(length, null);
        continued[count - 1] = count > 1;
    }

    private static int align(int length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }
}
