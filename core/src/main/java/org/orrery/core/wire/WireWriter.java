// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import java.util.Arrays;
import org.orrery.core.value.Bytes;

/**
 * Writes big-endian fields into a byte array. Over a borrowed array it stops at the end and remembers that it did
 * ({@link #overflowed}); its own array grows up to a stated maximum. One thread.
 */
public final class WireWriter {
    private byte[] bytes;
    private final int start;
    private final int limit;
    private int position;
    private boolean overflowed;

    /** Writes into {@code borrowed} from {@code offset} to its end. */
    public WireWriter(byte[] borrowed, int offset) {
        this(borrowed, offset, borrowed.length - offset);
    }

    /** Writes at most {@code length} bytes into {@code borrowed} from {@code offset}. */
    public WireWriter(byte[] borrowed, int offset, int length) {
        if (offset < 0 || length < 0 || offset > borrowed.length - length) {
            throw new IllegalArgumentException("range " + offset + "+" + length + " of " + borrowed.length);
        }
        this.bytes = borrowed;
        this.start = offset;
        this.position = offset;
        this.limit = offset + length;
    }

    /** Writes into an array of its own that grows to at most {@code maximumBytes}. */
    public WireWriter(int maximumBytes) {
        this.bytes = new byte[Math.min(maximumBytes, 256)];
        this.start = 0;
        this.limit = maximumBytes;
    }

    public WireWriter u8(int value) {
        if (room(1)) {
            bytes[position++] = (byte) value;
        }
        return this;
    }

    public WireWriter u16(int value) {
        if (room(2)) {
            BigEndian.setU16(bytes, position, value);
            position += 2;
        }
        return this;
    }

    public WireWriter u32(long value) {
        if (room(4)) {
            BigEndian.setI32(bytes, position, (int) value);
            position += 4;
        }
        return this;
    }

    /** Five bytes: a node address. */
    public WireWriter u40(long value) {
        return u8((int) (value >>> 32)).u32(value);
    }

    /** Six bytes: a MAC. */
    public WireWriter u48(long value) {
        return u16((int) (value >>> 32)).u32(value);
    }

    public WireWriter u64(long value) {
        if (room(8)) {
            BigEndian.setI64(bytes, position, value);
            position += 8;
        }
        return this;
    }

    public WireWriter bytes(byte[] source) {
        return bytes(source, 0, source.length);
    }

    public WireWriter bytes(byte[] source, int offset, int length) {
        if (room(length)) {
            System.arraycopy(source, offset, bytes, position, length);
            position += length;
        }
        return this;
    }

    public WireWriter bytes(Bytes source) {
        if (room(source.length())) {
            source.copyTo(bytes, position);
            position += source.length();
        }
        return this;
    }

    /** {@code count} bytes of {@code value}. */
    public WireWriter fill(int value, int count) {
        if (room(count)) {
            Arrays.fill(bytes, position, position + count, (byte) value);
            position += count;
        }
        return this;
    }

    /** Overwrites two bytes at {@code at} (an absolute index), for counts known only later. */
    public void patchU16(int at, int value) {
        if (!overflowed) {
            BigEndian.setU16(bytes, at, value);
        }
    }

    /** Index in the underlying array of the next byte. */
    public int position() {
        return position;
    }

    /** Bytes written. */
    public int length() {
        return position - start;
    }

    /** Bytes that still fit. */
    public int available() {
        return limit - position;
    }

    /** Whether a write did not fit; it and all later ones were left out. */
    public boolean overflowed() {
        return overflowed;
    }

    /** A copy of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOfRange(bytes, start, position);
    }

    private boolean room(int count) {
        if (overflowed || count > limit - position) {
            overflowed = true;
            return false;
        }
        if (count > bytes.length - position) {
            bytes = Arrays.copyOf(bytes, Math.min(limit, Math.max(bytes.length * 2, position + count)));
        }
        return true;
    }
}
