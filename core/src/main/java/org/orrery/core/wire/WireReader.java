// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import org.orrery.core.value.Bytes;
import org.orrery.core.value.DropReason;

/**
 * Reads big-endian fields from part of a byte array. It never throws and never reads past its end: after the first
 * fault every read answers zero (or an empty array) and {@link #fault} keeps the reason. One thread.
 */
public final class WireReader {
    private static final byte[] EMPTY = {};

    private final byte[] bytes;
    private final int end;
    private int position;
    private DropReason fault = DropReason.NONE;

    /** Reads {@code length} bytes from {@code offset}; the array is borrowed and not copied. */
    public WireReader(byte[] bytes, int offset, int length) {
        if (offset < 0 || length < 0 || offset > bytes.length - length) {
            throw new IllegalArgumentException("range " + offset + "+" + length + " of " + bytes.length);
        }
        this.bytes = bytes;
        this.position = offset;
        this.end = offset + length;
    }

    public WireReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    public int u8() {
        return take(1) ? bytes[position - 1] & 0xff : 0;
    }

    public int u16() {
        return take(2) ? BigEndian.u16(bytes, position - 2) : 0;
    }

    public int i32() {
        return take(4) ? BigEndian.i32(bytes, position - 4) : 0;
    }

    public long u32() {
        return i32() & 0xffff_ffffL;
    }

    /** Five bytes: a node address. */
    public long u40() {
        return take(5) ? BigEndian.u40(bytes, position - 5) : 0;
    }

    /** Six bytes: a MAC. */
    public long u48() {
        return take(6) ? BigEndian.u48(bytes, position - 6) : 0;
    }

    public long u64() {
        return take(8) ? BigEndian.i64(bytes, position - 8) : 0;
    }

    /** A copy of the next {@code count} bytes; empty after a fault. */
    public byte[] bytes(int count) {
        if (!take(count)) {
            return EMPTY;
        }
        byte[] out = new byte[count];
        System.arraycopy(bytes, position - count, out, 0, count);
        return out;
    }

    /** The next {@code count} bytes as an immutable copy; empty after a fault. */
    public Bytes blob(int count) {
        return take(count) ? Bytes.copyOf(bytes, position - count, count) : Bytes.EMPTY;
    }

    /** A reader of its own over everything not read yet, whose faults stay its own. */
    public WireReader rest() {
        return new WireReader(bytes, position, remaining());
    }

    public void skip(int count) {
        take(count);
    }

    /** Bytes not read yet; zero after a fault. */
    public int remaining() {
        return intact() ? end - position : 0;
    }

    /** Index in the underlying array of the next byte. */
    public int position() {
        return position;
    }

    /** The underlying array, for spans that are hashed or verified in place. */
    public byte[] array() {
        return bytes;
    }

    /** The next byte without taking it, or -1 at the end or after a fault. */
    public int peek() {
        return intact() && position < end ? bytes[position] & 0xff : -1;
    }

    /** Records {@code reason} unless there is a fault already. */
    public void reject(DropReason reason) {
        if (fault == DropReason.NONE) {
            fault = reason;
        }
    }

    /** The first fault, {@link DropReason#NONE} if there is none. */
    public DropReason fault() {
        return fault;
    }

    /** Whether all reads so far were inside the range and accepted. */
    public boolean intact() {
        return fault == DropReason.NONE;
    }

    /** {@link #intact} and nothing left over; left-over bytes are recorded as a fault. */
    public boolean finished() {
        if (intact() && position != end) {
            fault = DropReason.TRAILING_BYTES;
        }
        return intact();
    }

    private boolean take(int count) {
        if (fault != DropReason.NONE) {
            return false;
        }
        if (count < 0 || count > end - position) {
            fault = DropReason.TRUNCATED;
            return false;
        }
        position += count;
        return true;
    }
}
