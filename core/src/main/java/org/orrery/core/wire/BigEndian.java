// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Big-endian fields at any index of a byte array, for code that reads and writes in place. An index outside the array is
 * a bug of the caller and throws.
 */
public final class BigEndian {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    private BigEndian() {}

    public static int u16(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at) & 0xffff;
    }

    public static void setU16(byte[] bytes, int at, int value) {
        SHORT.set(bytes, at, (short) value);
    }

    public static int i32(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    public static void setI32(byte[] bytes, int at, int value) {
        INT.set(bytes, at, value);
    }

    /** Four bytes, unsigned. */
    public static long u32(byte[] bytes, int at) {
        return i32(bytes, at) & 0xffff_ffffL;
    }

    /** Five bytes: a node address. */
    public static long u40(byte[] bytes, int at) {
        return (bytes[at] & 0xffL) << 32 | u32(bytes, at + 1);
    }

    public static void setU40(byte[] bytes, int at, long value) {
        bytes[at] = (byte) (value >>> 32);
        INT.set(bytes, at + 1, (int) value);
    }

    /** Six bytes: a MAC. */
    public static long u48(byte[] bytes, int at) {
        return (long) u16(bytes, at) << 32 | u32(bytes, at + 2);
    }

    public static void setU48(byte[] bytes, int at, long value) {
        SHORT.set(bytes, at, (short) (value >>> 32));
        INT.set(bytes, at + 2, (int) value);
    }

    public static long i64(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    public static void setI64(byte[] bytes, int at, long value) {
        LONG.set(bytes, at, value);
    }
}
