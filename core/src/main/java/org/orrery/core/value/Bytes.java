// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.value;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An immutable string of bytes that is equal by content: what a record holds where an array would break equality. */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    public static Bytes copyOf(byte[] source) {
        return copyOf(source, 0, source.length);
    }

    public static Bytes copyOf(byte[] source, int offset, int length) {
        return length == 0 ? EMPTY : new Bytes(Arrays.copyOfRange(source, offset, offset + length));
    }

    public int length() {
        return content.length;
    }

    public boolean isEmpty() {
        return content.length == 0;
    }

    /** The byte at {@code index} as it is, signed. */
    public byte at(int index) {
        return content[index];
    }

    /** A copy. */
    public byte[] toByteArray() {
        return content.clone();
    }

    /** Copies everything to {@code out} from {@code offset}. */
    public void copyTo(byte[] out, int offset) {
        System.arraycopy(content, 0, out, offset, content.length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Bytes that && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    /** Only the size: payloads do not belong into logs. */
    @Override
    public String toString() {
        return content.length + " bytes";
    }
}
