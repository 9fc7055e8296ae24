// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;

/**
 * The variable-length form of a socket address: a type byte, the IP address and a u16. The u16 is a port, the length of
 * a prefix, or the metric of a gateway. Types 4 and 6 are IPv4 (7 bytes in all) and IPv6 (19 bytes); type 0 is "no
 * address" (1 byte); types 1 and 2 (6 more bytes) and 3 (u16 length, then that many bytes) are reserved and read as no
 * address; every other type is a fault.
 *
 * <p>All readers answer null for "no address" as well as after a fault: ask {@link WireReader#intact} which it was.
 */
public final class InetCodec {
    /** Longest form. */
    public static final int BYTES_MAX = 19;

    private InetCodec() {}

    /** Reads an address with a port, or with the metric of a gateway in its place. */
    public static @Nullable Endpoint read(WireReader in) {
        Ip ip = readIp(in);
        if (ip == null) {
            return null;
        }
        int port = in.u16();
        return in.intact() ? new Endpoint(ip, port) : null;
    }

    /** Writes an address with a port (or metric); null as "no address". */
    public static void write(WireWriter out, @Nullable Endpoint endpoint) {
        if (endpoint == null) {
            out.u8(0);
        } else {
            write(out, endpoint.ip(), endpoint.port());
        }
    }

    /** Reads an address with a prefix length; a length beyond the address family is a fault. */
    public static @Nullable Prefix readPrefix(WireReader in) {
        Ip ip = readIp(in);
        if (ip == null) {
            return null;
        }
        int bits = in.u16();
        if (bits > ip.width()) {
            in.reject(DropReason.BAD_FIELD);
        }
        return in.intact() ? new Prefix(ip, bits) : null;
    }

    /** Writes an address with a prefix length; null as "no address". */
    public static void writePrefix(WireWriter out, @Nullable Prefix prefix) {
        if (prefix == null) {
            out.u8(0);
        } else {
            write(out, prefix.ip(), prefix.bits());
        }
    }

    private static void write(WireWriter out, Ip ip, int number) {
        out.u8(ip.v6() ? 6 : 4);
        writeIp(out, ip);
        out.u16(number);
    }

    /** Writes the 4 or 16 bytes of an address without type or port. */
    public static void writeIp(WireWriter out, Ip ip) {
        if (ip.v6()) {
            out.u64(ip.high()).u64(ip.low());
        } else {
            out.u32(ip.low());
        }
    }

    /** Reads the 4 or 16 bytes of an address without type or port; zeros after a fault. */
    public static Ip readIp(WireReader in, boolean v6) {
        return v6 ? Ip.v6(in.u64(), in.u64()) : Ip.v4(in.i32());
    }

    private static @Nullable Ip readIp(WireReader in) {
        switch (in.u8()) {
            case 0 -> {
                return null;
            }
            case 1, 2 -> in.skip(6);
            case 3 -> in.skip(in.u16());
            case 4 -> {
                return readIp(in, false);
            }
            case 6 -> {
                return readIp(in, true);
            }
            default -> in.reject(DropReason.BAD_FIELD);
        }
        return null;
    }
}
