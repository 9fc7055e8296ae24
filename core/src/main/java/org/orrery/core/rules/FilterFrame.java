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
    static final int ICMP = 1;
    static final int ICMPV6 = 0x3a;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] EMPTY = {};

    // Numbers that rules compare, as indices into facts().
    static final byte ZERO = 0;
    static final byte SOURCE = 1;
    static final byte DESTINATION = 2;
    static final byte VLAN_ID = 3;
    static final byte SOURCE_MAC = 4;
    static final byte DESTINATION_MAC = 5;
    static final byte ETHER_TYPE = 6;
    static final byte LENGTH = 7;
    static final byte PROTOCOL = 8;
    static final byte SERVICE_CLASS = 9;
    static final byte IPV4_SOURCE = 10;
    static final byte IPV4_DESTINATION = 11;
    static final byte SOURCE_PORT = 12;
    static final byte DESTINATION_PORT = 13;
    private static final int FACTS = 14;

    /** Instead of a fact: this kind of frame has none, so that matches do not apply. */
    static final long ABSENT = -1;

    /** Instead of a fact: whatever it is compared with, it is something else. */
    static final long FALSE = -2;

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
    private final long[] facts = new long[FACTS];
    private boolean factsRead;

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
        this.factsRead = false;
        return this;
    }

    /** Bytes of payload. */
    public int length() {
        return length;
    }

    public int etherType() {
        return etherType;
    }

    int vlanId() {
        return vlanId;
    }

    /** Address bits of the member it comes from. */
    public long source() {
        return source;
    }

    /** Address bits of the member it goes to, 0 for none. */
    public long destination() {
        return destination;
    }

    long sourceMac() {
        return sourceMac;
    }

    long destinationMac() {
        return destinationMac;
    }

    /** Whether it came from another member, rather than from this node. */
    public boolean inbound() {
        return inbound;
    }

    /** The byte at {@code index}; 0 when the frame is shorter. */
    public int u8(int index) {
        return index < length ? bytes[offset + index] & 0xff : 0;
    }

    /** Two bytes that the caller knows to be there. */
    public int u16(int index) {
        return u8(index) << 8 | u8(index + 1);
    }

    /** Four bytes that the caller knows to be there. */
    int i32(int index) {
        return (int) INT.get(bytes, offset + index);
    }

    /** Eight bytes that the caller knows to be there. */
    public long u64(int index) {
        return (long) LONG.get(bytes, offset + index);
    }

    /** Whether it holds a whole IPv4 header. */
    public boolean ipv4() {
        return etherType == IPV4 && length >= 20;
    }

    /** Whether it holds a whole IPv6 header. */
    public boolean ipv6() {
        return etherType == IPV6 && length >= 40;
    }

    /** Whether its ether type is one of IP, whatever is in it. */
    boolean claimsIp() {
        return etherType == IPV4 || etherType == IPV6;
    }

    /** The IP protocol after all IPv6 extension headers, or -1 when this is no IP or the headers do not fit. */
    public int protocol() {
        if (protocol == UNREAD) {
            protocol = findTransport();
        }
        return protocol;
    }

    /** Where the header of {@link #protocol} starts. It may lie past the end. */
    public int transport() {
        return transport;
    }

    /** All that rules compare as numbers, 0 or higher, or {@link #ABSENT} or {@link #FALSE}; read once per frame. */
    long[] facts() {
        if (!factsRead) {
            factsRead = true;
            readFacts();
        }
        return facts;
    }

    private void readFacts() {
        facts[SOURCE] = source;
        facts[DESTINATION] = destination;
        facts[VLAN_ID] = vlanId;
        facts[SOURCE_MAC] = sourceMac;
        facts[DESTINATION_MAC] = destinationMac;
        facts[ETHER_TYPE] = etherType;
        facts[LENGTH] = length;
        int upper = protocol();
        facts[PROTOCOL] = upper < 0 ? ABSENT : upper;
        boolean v4 = ipv4();
        facts[IPV4_SOURCE] = v4 ? i32(12) & 0xffff_ffffL : ABSENT;
        facts[IPV4_DESTINATION] = v4 ? i32(16) & 0xffff_ffffL : ABSENT;
        facts[SERVICE_CLASS] = v4 ? u8(1) : ipv6() ? u16(0) >>> 4 & 0xff : ABSENT;
        facts[SOURCE_PORT] = port(upper, 0);
        facts[DESTINATION_PORT] = port(upper, 2);
    }

    private long port(int upper, int at) {
        if (upper < 0) {
            return ABSENT;
        }
        if (!hasPorts(upper) || length <= transport + 4) {
            return FALSE;
        }
        int port = u16(transport + at);
        // No member lets a rule match port 0 of IPv6.
        return port == 0 && etherType == IPV6 ? FALSE : port;
    }

    /** Source port times 65,536 plus destination port of a protocol that has them; -1 if there are none or they are cut off. */
    public long ports() {
        return hasPorts(protocol()) && length > transport + 4 ? i32(transport) & 0xffff_ffffL : -1;
    }

    /** Whether the header of this protocol begins with two ports. */
    static boolean hasPorts(int protocol) {
        return protocol == 6 || protocol == 17 || protocol == 132 || protocol == 136;
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
