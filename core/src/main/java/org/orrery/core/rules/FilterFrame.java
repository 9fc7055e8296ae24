// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * One Ethernet frame as rules see it: the payload in place, without the 14-byte header, and the addresses around it. A
 * lane keeps one and sets it for each frame; where the IP header ends is found once per frame, however many rules ask.
 */
public final class FilterFrame {
    static final int IPV4 = 0x0800;
    static final int IPV6 = 0x86dd;
    static final int ARP = 0x0806;
    static final int ICMPV6 = 0x3a;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] EMPTY = {};
    private static final int UNREAD = -2;
    private static final int NONE = -1;

    private byte[] bytes = EMPTY;
    private int offset;
    private int length;
    private int etherType;
    private int vlanId;
    private long source;
    private long destination;
    private long sourceMac;
    private long destinationMac;
    private boolean inbound;

    /** The transport protocol, or NONE when there is no complete IP header, or UNREAD. */
    private int protocol = UNREAD;

    /** Where the transport header starts, valid with {@link #protocol}. */
    private int transport;

    /** An empty frame. */
    public FilterFrame() {}

    /**
     * Points at a frame. The payload is borrowed until the next call.
     *
     * @param source address bits of the member it comes from
     * @param destination address bits of the member it goes to, 0 for none
     */
    public FilterFrame set(
            byte[] borrowed,
            int offset,
            int length,
            int etherType,
            int vlanId,
            long sourceMac,
            long destinationMac,
            long source,
            long destination,
            boolean inbound) {
        this.bytes = borrowed;
        this.offset = offset;
        this.length = length;
        this.etherType = etherType;
        this.vlanId = vlanId;
        this.sourceMac = sourceMac;
        this.destinationMac = destinationMac;
        this.source = source;
        this.destination = destination;
        this.inbound = inbound;
        this.protocol = UNREAD;
        return this;
    }

    /** The same frame for another recipient, as multicast needs it. */
    public FilterFrame towards(long destination) {
        this.destination = destination;
        return this;
    }

    int length() {
        return length;
    }

    int etherType() {
        return etherType;
    }

    int vlanId() {
        return vlanId;
    }

    long source() {
        return source;
    }

    long destination() {
        return destination;
    }

    long sourceMac() {
        return sourceMac;
    }

    long destinationMac() {
        return destinationMac;
    }

    boolean inbound() {
        return inbound;
    }

    /** The byte at {@code index}; 0 when the frame is shorter. */
    int u8(int index) {
        return index < length ? bytes[offset + index] & 0xff : 0;
    }

    /** Two bytes that the caller knows to be there. */
    int u16(int index) {
        return u8(index) << 8 | u8(index + 1);
    }

    /** Four bytes that the caller knows to be there. */
    int i32(int index) {
        return (int) INT.get(bytes, offset + index);
    }

    /** Eight bytes that the caller knows to be there. */
    long u64(int index) {
        return (long) LONG.get(bytes, offset + index);
    }

    boolean ipv4() {
        return etherType == IPV4 && length >= 20;
    }

    boolean ipv6() {
        return etherType == IPV6 && length >= 40;
    }

    /** The IP protocol after all IPv6 extension headers, or -1 when this is no IP or the headers do not fit. */
    int protocol() {
        if (protocol == UNREAD) {
            protocol = findTransport();
        }
        return protocol;
    }

    /** Where the header of {@link #protocol} starts. It may lie past the end. */
    int transport() {
        return transport;
    }

    private int findTransport() {
        if (ipv4()) {
            transport = (u8(0) & 0x0f) * 4;
            return u8(9);
        }
        if (!ipv6()) {
            return NONE;
        }
        int next = u8(6);
        int position = 40;
        while (position <= length) {
            // Hop-by-hop, routing, destination options, mobility: the headers that can be stepped over.
            if (next != 0 && next != 43 && next != 60 && next != 135) {
                transport = position;
                return next;
            }
            if (position + 8 > length) {
                return NONE;
            }
            next = u8(position);
            position += u8(position + 1) * 8 + 8;
        }
        return NONE;
    }
}
