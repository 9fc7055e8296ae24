// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.superframe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers of Ethernet, IP, TCP and UDP headers, and big-endian access to them. */
final class Frames {
    static final int ETHERNET_BYTES = 14;
    static final int ETHERNET_TYPE = 12;
    static final int TYPE_IPV4 = 0x0800;
    static final int TYPE_IPV6 = 0x86dd;
    static final int TYPE_VLAN = 0x8100;
    static final int TYPE_SERVICE_VLAN = 0x88a8;
    static final int VLAN_TAG_BYTES = 4;

    static final int TCP = 6;
    static final int UDP = 17;

    static final int IP4_BYTES = 20;
    static final int IP4_LENGTH = 2;
    static final int IP4_ID = 4;
    static final int IP4_FRAGMENT = 6;
    static final int IP4_TTL = 8;
    static final int IP4_PROTOCOL = 9;
    static final int IP4_CHECKSUM = 10;
    static final int IP4_ADDRESSES = 12;
    static final int IP4_DONT_FRAGMENT = 0x4000;

    static final int IP6_BYTES = 40;
    static final int IP6_LENGTH = 4;
    static final int IP6_NEXT = 6;
    static final int IP6_HOPS = 7;
    static final int IP6_ADDRESSES = 8;

    static final int TCP_BYTES = 20;
    static final int TCP_SEQUENCE = 4;
    static final int TCP_ACKNOWLEDGED = 8;
    static final int TCP_DATA_OFFSET = 12;
    static final int TCP_FLAGS = 13;
    static final int TCP_WINDOW = 14;
    static final int TCP_CHECKSUM = 16;
    static final int TCP_URGENT = 18;
    static final int FIN = 0x01;
    static final int PSH = 0x08;
    static final int ACK = 0x10;
    static final int CWR = 0x80;

    static final int UDP_BYTES = 8;
    static final int UDP_LENGTH = 4;
    static final int UDP_CHECKSUM = 6;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Frames() {}

    static int u8(byte[] bytes, int at) {
        return bytes[at] & 0xff;
    }

    static int u16(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at) & 0xffff;
    }

    static void u16(byte[] bytes, int at, int value) {
        SHORT.set(bytes, at, (short) value);
    }

    static int i32(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    static void i32(byte[] bytes, int at, int value) {
        INT.set(bytes, at, value);
    }

    static long i64(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    /** Sets the checksum of the IPv4 header of {@code headerBytes} at {@code ip}. */
    static void sealIp4(byte[] bytes, int ip, int headerBytes) {
        u16(bytes, ip + IP4_CHECKSUM, 0);
        u16(bytes, ip + IP4_CHECKSUM, ~Checksum.sum(bytes, ip, headerBytes));
    }
}
