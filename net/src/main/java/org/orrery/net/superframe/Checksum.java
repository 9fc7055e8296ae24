// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.superframe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071): the one's complement sum of 16-bit words. Sums here are folded to 16 bits, in network
 * order and not inverted, so that sums of parts add up to the sum of the whole if all parts but the last have even
 * lengths.
 */
public final class Checksum {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW = 0xffff_ffffL;

    private Checksum() {}

    /**
     * The sum of {@code length} bytes, the last one padded with a zero if their number is odd. Taken as little-endian
     * words, eight bytes at a time: such a sum has its two bytes exchanged and is otherwise the same.
     */
    public static int sum(byte[] bytes, int offset, int length) {
        // Four sums of 32-bit words: none overflows, and the additions of a round do not wait for each other.
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        int at = offset;
        int end = offset + length;
        for (; at <= end - 32; at += 32) {
            long first = (long) LONG.get(bytes, at);
            long second = (long) LONG.get(bytes, at + 8);
            long third = (long) LONG.get(bytes, at + 16);
            long fourth = (long) LONG.get(bytes, at + 24);
            a += (first & LOW) + (second & LOW);
            b += (first >>> 32) + (second >>> 32);
            c += (third & LOW) + (fourth & LOW);
            d += (third >>> 32) + (fourth >>> 32);
        }
        for (; at <= end - 8; at += 8) {
            long word = (long) LONG.get(bytes, at);
            a += word & LOW;
            b += word >>> 32;
        }
        long rest = 0;
        for (int shift = 0; at < end; at++, shift += 8) {
            rest |= (bytes[at] & 0xffL) << shift;
        }
        a += rest & LOW;
        b += rest >>> 32;
        int sum = fold(a + b + c + d);
        return (sum & 0xff) << 8 | sum >>> 8;
    }

    /** Adds the carries of a sum until it has 16 bits. */
    static int fold(long sum) {
        long folded = (sum & LOW) + (sum >>> 32);
        folded = (folded & 0xffff) + (folded >>> 16);
        folded = (folded & 0xffff) + (folded >>> 16);
        folded = (folded & 0xffff) + (folded >>> 16);
        return (int) folded;
    }

    /**
     * The sum of the pseudo-header without the length: both addresses, which lie together in either version's header,
     * and the protocol.
     *
     * @param ip where the IP header begins
     */
    static int addresses(byte[] bytes, int ip, boolean v6, int protocol) {
        int sum = v6 ? sum(bytes, ip + 8, 32) : sum(bytes, ip + 12, 8);
        return fold((long) sum + protocol);
    }
}
