// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.orrery.core.value.Ip;

/**
 * Builds one rtnetlink request: header (length u32, type u16, flags u16, sequence u32, port u32), a fixed body that
 * depends on the type, then attributes (length u16, type u16, value, padded to 4). Everything is in host order.
 */
final class NetlinkMessage {
    static final int REQUEST = 0x1;
    static final int ACK = 0x4;
    static final int DUMP = 0x300;
    static final int EXCLUSIVE = 0x200;
    static final int CREATE = 0x400;

    static final int HEADER_BYTES = 16;
    static final int ATTRIBUTE_BYTES = 4;

    /** The longest request here is a route: header, body, and seven attributes of at most 20 bytes. */
    private static final int BYTES_MAX = 256;

    private final ByteBuffer out = ByteBuffer.allocate(BYTES_MAX).order(ByteOrder.nativeOrder());

    NetlinkMessage(int type, int flags) {
        out.putInt(0)
                .putShort((short) type)
                .putShort((short) (REQUEST | flags))
                .putInt(0)
                .putInt(0);
    }

    /** {@code struct ifinfomsg}; of the interface flags those in {@code change} become as in {@code flags}. */
    static NetlinkMessage link(int type, int requestFlags, int index, int flags, int change) {
        var message = new NetlinkMessage(type, requestFlags);
        message.out.put((byte) 0).put((byte) 0).putShort((short) 0);
        message.out.putInt(index).putInt(flags).putInt(change);
        return message;
    }

    /** {@code struct ifaddrmsg}. */
    static NetlinkMessage address(int type, int requestFlags, int family, int bits, int flags, int scope, int index) {
        var message = new NetlinkMessage(type, requestFlags);
        message.out.put((byte) family).put((byte) bits).put((byte) flags).put((byte) scope);
        message.out.putInt(index);
        return message;
    }

    /** {@code struct fib_rule_hdr} of a rule for a source of {@code fromBits}; its table is for an attribute to say. */
    static NetlinkMessage rule(
            int type, int requestFlags, int family, int fromBits, int action, int protocol, int flags) {
        var message = new NetlinkMessage(type, requestFlags);
        message.out.put((byte) family).put((byte) 0).put((byte) fromBits).put((byte) 0);
        message.out.put((byte) Rtnetlink.TABLE_IN_ATTRIBUTE).put((byte) 0).put((byte) 0);
        message.out.put((byte) action).putInt(flags);
        if (protocol != 0) {
            message.with(Rtnetlink.RULE_PROTOCOL, new byte[] {(byte) protocol});
        }
        return message;
    }

    /** {@code struct rtmsg} of a unicast route without source prefix; its table is for an attribute to say. */
    static NetlinkMessage route(int type, int requestFlags, int family, int bits, int protocol, int scope, int kind) {
        var message = new NetlinkMessage(type, requestFlags);
        message.out.put((byte) family).put((byte) bits).put((byte) 0).put((byte) 0);
        message.out
                .put((byte) Rtnetlink.TABLE_IN_ATTRIBUTE)
                .put((byte) protocol)
                .put((byte) scope);
        message.out.put((byte) kind).putInt(0);
        return message;
    }

    NetlinkMessage with(int attribute, int value) {
        out.putShort((short) (ATTRIBUTE_BYTES + 4)).putShort((short) attribute).putInt(value);
        return this;
    }

    NetlinkMessage with(int attribute, Ip value) {
        return with(attribute, value.bytes());
    }

    NetlinkMessage with(int attribute, byte[] value) {
        out.putShort((short) (ATTRIBUTE_BYTES + value.length)).putShort((short) attribute);
        out.put(value);
        while ((out.position() & 3) != 0) {
            out.put((byte) 0);
        }
        return this;
    }

    /** A copy in native memory, with length and sequence number filled in. */
    MemorySegment finish(Arena arena, int sequence) {
        out.putInt(0, out.position());
        out.putInt(8, sequence);
        MemorySegment copy = arena.allocate(out.position(), 4);
        MemorySegment.copy(out.array(), 0, copy, ValueLayout.JAVA_BYTE, 0, out.position());
        return copy;
    }
}
