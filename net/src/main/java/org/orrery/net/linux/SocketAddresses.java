// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/**
 * {@code sockaddr_in} (16 bytes: family, port, address, zeros) and {@code sockaddr_in6} (28 bytes: family, port, flow,
 * address, scope). The family is in host order, port and address in network order.
 */
final class SocketAddresses {
    static final int V4_BYTES = 16;
    static final int V6_BYTES = 28;
    static final int BYTES_MAX = V6_BYTES;

    /** Distance of socket addresses in an array of them: {@link #BYTES_MAX} rounded up to keep the fields aligned. */
    static final int STRIDE_BYTES = 32;

    private static final int PORT = 2;
    private static final int V4_ADDRESS = 4;
    private static final int V6_FLOW = 4;
    private static final int V6_ADDRESS = 8;
    private static final int V6_SCOPE = 24;

    private static final ValueLayout.OfShort FAMILY_LAYOUT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);

    private SocketAddresses() {}

    /** Writes {@code endpoint} at {@code offset}; answers the length, 16 or 28. */
    static int write(Endpoint endpoint, MemorySegment out, long offset) {
        Ip ip = endpoint.ip();
        out.set(SHORT, offset + PORT, (short) endpoint.port());
        if (ip.v6()) {
            out.set(FAMILY_LAYOUT, offset, (short) Constants.AF_INET6);
            out.set(INT, offset + V6_FLOW, 0);
            out.set(LONG, offset + V6_ADDRESS, ip.high());
            out.set(LONG, offset + V6_ADDRESS + 8, ip.low());
            out.set(INT, offset + V6_SCOPE, 0);
            return V6_BYTES;
        }
        out.set(FAMILY_LAYOUT, offset, (short) Constants.AF_INET);
        out.set(INT, offset + V4_ADDRESS, (int) ip.low());
        out.set(LONG, offset + 8, 0);
        return V4_BYTES;
    }

    /** Reads what {@link #write} wrote; null for another family. The same bytes give the cached object. */
    static @Nullable Endpoint read(MemorySegment in, long offset, EndpointCache cache) {
        int port = in.get(SHORT, offset + PORT) & 0xffff;
        return switch (in.get(FAMILY_LAYOUT, offset)) {
            case Constants.AF_INET -> cache.endpoint(false, 0, in.get(INT, offset + V4_ADDRESS) & 0xffff_ffffL, port);
            case Constants.AF_INET6 ->
                cache.endpoint(true, in.get(LONG, offset + V6_ADDRESS), in.get(LONG, offset + V6_ADDRESS + 8), port);
            default -> null;
        };
    }
}
