// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.superframe;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Joins consecutive TCP segments of a flow, and datagrams of one size of a flow, into super-frames for a device with
 * offloads. The receiver will not check the sums of what is joined, so each frame's is verified before. What does not
 * fit the rules goes on alone and unchanged, after what was held of its flow: cutting a super-frame at its segment size
 * gives back the frames that went in, except for IPv4 identifications that were all the same.
 *
 * <p>Frames of one flow keep their order; flows overtake each other. Pure: frames in, memory out. One thread at a time.
 */
public final class Joiner {
    /** Flows held at once. A lane that serves more flushes the one begun first. */
    static final int FLOWS_MAX = 8;

    /** A super-frame with the longest IP packet, behind the header for the device, rounded up. */
    private static final int SLOT_BYTES = 65_536 + 64;

    /** A slot for each flow and one for frames that go on alone. */
    public static final long MEMORY_BYTES = (FLOWS_MAX + 1L) * SLOT_BYTES;

    private static final int IP_BYTES_MAX = 65_535;

    /** As many datagrams as every kernel that cuts them allows. */
    private static final int DATAGRAMS_MAX = 64;

    private static final int FRAME = OffloadHeader.BYTES;
    private static final int IP = Frames.ETHERNET_BYTES;

    /** Where frames go. */
    public interface Sink {
        /**
         * Takes an {@link OffloadHeader} and what follows it.
         *
         * @param frames how many frames were joined
         * @return negative if it was refused
         */
        int write(MemorySegment from, int bytes, int frames);
    }

    private final Flow[] flows = new Flow[FLOWS_MAX];
    private final MemorySegment alone;
    private final boolean joinsTcp;
    private final boolean joinsUdp;
    private final Sink sink;
    private int open;
    private int begun;

    // The frame in hand.
    private boolean v6;
    private int protocol;
    private int transport;
    private int headerBytes;
    private int payloadBytes;

    /** @param memory {@link #MEMORY_BYTES}, of which an idle joiner touches little */
    public Joiner(MemorySegment memory, boolean joinsTcp, boolean joinsUdp, Sink sink) {
        for (int i = 0; i < FLOWS_MAX; i++) {
            flows[i] = new Flow(memory.asSlice((long) i * SLOT_BYTES, SLOT_BYTES));
        }
        this.alone = memory.asSlice((long) FLOWS_MAX * SLOT_BYTES, SLOT_BYTES);
        this.joinsTcp = joinsTcp;
        this.joinsUdp = joinsUdp;
        this.sink = sink;
    }

    /** A super-frame in the making. */
    private static final class Flow {
        final MemorySegment slot;

        /** The headers of the first frame. */
        final byte[] headers = new byte[IP + Frames.IP6_BYTES + 60];

        boolean open;
        boolean v6;
        int protocol;
        int headerBytes;
        int segmentBytes;
        int payloadBytes;
        int frames;

        /** What each frame adds to the IPv4 identification; unknown with the first frame. */
        int idStep;

        /** Order in which flows were begun. */
        int begun;

        Flow(MemorySegment slot) {
            this.slot = slot;
        }
    }

    /** Takes a copy of one frame, of 14 bytes or more and shorter than 60 kB; negative if the sink refused it. */
    public int write(byte[] frame, int offset, int length) {
        int type = Frames.u16(frame, offset + Frames.ETHERNET_TYPE);
        if (type != Frames.TYPE_IPV4 && type != Frames.TYPE_IPV6) {
            return pass(frame, offset, length); // also with a VLAN tag: then it is of no flow that is held
        }
        v6 = type == Frames.TYPE_IPV6;
        if (!findTransport(frame, offset, length)) {
            flush(); // a fragment for example: it may belong to any flow
            return pass(frame, offset, length);
        }
        Flow flow = open == 0 ? null : find(frame, offset);
        if (!joinable(frame, offset, length)) {
            if (flow != null) {
                finish(flow);
            }
            return pass(frame, offset, length);
        }
        boolean last = protocol == Frames.TCP && (frame[offset + transport + Frames.TCP_FLAGS] & Frames.PSH) != 0;
        if (flow != null) {
            if (continues(flow, frame, offset)) {
                append(flow, frame, offset);
                return last || payloadBytes < flow.segmentBytes ? finish(flow) : 0;
            }
            finish(flow);
        }
        if (last) {
            return pass(frame, offset, length);
        }
        begin(flow == null ? free() : flow, frame, offset, length);
        return 0;
    }

    /** Passes on all that is held. */
    public void flush() {
        for (int i = 0; open > 0 && i < FLOWS_MAX; i++) {
            if (flows[i].open) {
                finish(flows[i]);
            }
        }
    }

    private int pass(byte[] frame, int offset, int length) {
        OffloadHeader.writePlain(alone);
        MemorySegment.copy(frame, offset, alone, ValueLayout.JAVA_BYTE, FRAME, length);
        return sink.write(alone, FRAME + length, 1);
    }

    /** Whether this is a whole packet of TCP or UDP directly behind a plain IP header, so that its flow can be told. */
    private boolean findTransport(byte[] frame, int offset, int length) {
        transport = IP + (v6 ? Frames.IP6_BYTES : Frames.IP4_BYTES);
        if (length < transport + Frames.UDP_BYTES) {
            return false;
        }
        int ip = offset + IP;
        if (v6) {
            protocol = Frames.u8(frame, ip + Frames.IP6_NEXT);
        } else {
            protocol = Frames.u8(frame, ip + Frames.IP4_PROTOCOL);
            int fragment = Frames.u16(frame, ip + Frames.IP4_FRAGMENT);
            if (frame[ip] != 0x45 || (fragment & ~Frames.IP4_DONT_FRAGMENT) != 0) {
                return false;
            }
        }
        return protocol == Frames.UDP || (protocol == Frames.TCP && length >= transport + Frames.TCP_BYTES);
    }

    private @Nullable Flow find(byte[] frame, int offset) {
        for (Flow flow : flows) {
            if (flow.open && sameFlow(flow, frame, offset)) {
                return flow;
            }
        }
        return null;
    }

    private boolean sameFlow(Flow flow, byte[] frame, int offset) {
        byte[] held = flow.headers;
        if (flow.protocol != protocol
                || flow.v6 != v6
                || Frames.i32(held, transport) != Frames.i32(frame, offset + transport) // both ports
                || Frames.i64(held, 0) != Frames.i64(frame, offset)
                || Frames.i32(held, 8) != Frames.i32(frame, offset + 8)) {
            return false;
        }
        if (!v6) {
            return Frames.i64(held, IP + Frames.IP4_ADDRESSES) == Frames.i64(frame, offset + IP + Frames.IP4_ADDRESSES);
        }
        for (int i = 0; i < 32; i += 8) {
            int at = IP + Frames.IP6_ADDRESSES + i;
            if (Frames.i64(held, at) != Frames.i64(frame, offset + at)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the frame may be part of a super-frame: plain data, nothing missing or behind it, and intact. */
    private boolean joinable(byte[] frame, int offset, int length) {
        int ip = offset + IP;
        int packetBytes = v6
                ? Frames.u16(frame, ip + Frames.IP6_LENGTH) + Frames.IP6_BYTES
                : Frames.u16(frame, ip + Frames.IP4_LENGTH);
        if (packetBytes != length - IP || (!v6 && Checksum.sum(frame, ip, Frames.IP4_BYTES) != 0xffff)) {
            return false;
        }
        int header = offset + transport;
        int bytes = length - transport;
        if (protocol == Frames.TCP) {
            int dataOffset = Frames.u8(frame, header + Frames.TCP_DATA_OFFSET);
            int flags = Frames.u8(frame, header + Frames.TCP_FLAGS);
            headerBytes = transport + (dataOffset >>> 4) * 4;
            // The four bits below the data offset are reserved, or flags of their own.
            if (!joinsTcp
                    || (dataOffset & 0x0f) != 0
                    || headerBytes < transport + Frames.TCP_BYTES
                    || (flags & ~Frames.PSH) != Frames.ACK) {
                return false;
            }
        } else {
            headerBytes = transport + Frames.UDP_BYTES;
            if (!joinsUdp
                    || Frames.u16(frame, header + Frames.UDP_LENGTH) != bytes
                    || Frames.u16(frame, header + Frames.UDP_CHECKSUM) == 0) {
                return false;
            }
        }
        payloadBytes = length - headerBytes;
        if (payloadBytes < 1) {
            return false;
        }
        long sum = (long) Checksum.sum(frame, header, bytes) + bytes;
        return Checksum.fold(sum + Checksum.addresses(frame, ip, v6, protocol)) == 0xffff;
    }

    /** Whether a joinable frame is what comes next in the super-frame of its flow. */
    private boolean continues(Flow flow, byte[] frame, int offset) {
        if (headerBytes != flow.headerBytes
                || payloadBytes > flow.segmentBytes
                || headerBytes - IP + flow.payloadBytes + payloadBytes > IP_BYTES_MAX) {
            return false;
        }
        byte[] held = flow.headers;
        int ip = offset + IP;
        if (v6) {
            // Version, class and label; hops.
            if (Frames.i32(held, IP) != Frames.i32(frame, ip)
                    || held[IP + Frames.IP6_HOPS] != frame[ip + Frames.IP6_HOPS]) {
                return false;
            }
        } else if (held[IP + 1] != frame[ip + 1] // type of service
                || Frames.u16(held, IP + Frames.IP4_FRAGMENT) != Frames.u16(frame, ip + Frames.IP4_FRAGMENT)
                || held[IP + Frames.IP4_TTL] != frame[ip + Frames.IP4_TTL]
                || !continuesId(flow, frame, ip)) {
            return false;
        }
        return protocol == Frames.UDP ? flow.frames < DATAGRAMS_MAX : continuesStream(flow, frame, offset);
    }

    /** Identifications count up, as those that segmentation makes; or they are all the same where they mean nothing. */
    private static boolean continuesId(Flow flow, byte[] frame, int ip) {
        int first = Frames.u16(flow.headers, IP + Frames.IP4_ID);
        int id = Frames.u16(frame, ip + Frames.IP4_ID);
        if (flow.frames == 1) {
            boolean free = (Frames.u16(frame, ip + Frames.IP4_FRAGMENT) & Frames.IP4_DONT_FRAGMENT) != 0;
            flow.idStep = free && id == first ? 0 : 1;
        }
        return ((first + flow.frames * flow.idStep) & 0xffff) == id;
    }

    private boolean continuesStream(Flow flow, byte[] frame, int offset) {
        byte[] held = flow.headers;
        int header = offset + transport;
        if (Frames.i32(held, transport + Frames.TCP_SEQUENCE) + flow.payloadBytes
                        != Frames.i32(frame, header + Frames.TCP_SEQUENCE)
                || Frames.i32(held, transport + Frames.TCP_ACKNOWLEDGED)
                        != Frames.i32(frame, header + Frames.TCP_ACKNOWLEDGED)
                || Frames.u16(held, transport + Frames.TCP_WINDOW) != Frames.u16(frame, header + Frames.TCP_WINDOW)
                || Frames.u16(held, transport + Frames.TCP_URGENT) != Frames.u16(frame, header + Frames.TCP_URGENT)) {
            return false;
        }
        for (int at = transport + Frames.TCP_BYTES; at < headerBytes; at += 4) {
            if (Frames.i32(held, at) != Frames.i32(frame, offset + at)) {
                return false;
            }
        }
        return true;
    }

    /** A closed flow: the first, so that few slots are ever touched; or else the one that was begun first, finished. */
    private Flow free() {
        Flow oldest = flows[0];
        for (Flow flow : flows) {
            if (!flow.open) {
                return flow;
            }
            if (flow.begun - oldest.begun < 0) {
                oldest = flow;
            }
        }
        finish(oldest);
        return oldest;
    }

    private void begin(Flow flow, byte[] frame, int offset, int length) {
        flow.open = true;
        flow.v6 = v6;
        flow.protocol = protocol;
        flow.headerBytes = headerBytes;
        flow.segmentBytes = payloadBytes;
        flow.payloadBytes = payloadBytes;
        flow.frames = 1;
        flow.begun = begun++;
        open++;
        System.arraycopy(frame, offset, flow.headers, 0, headerBytes);
        MemorySegment.copy(frame, offset, flow.slot, ValueLayout.JAVA_BYTE, FRAME, length);
    }

    private void append(Flow flow, byte[] frame, int offset) {
        long to = (long) FRAME + headerBytes + flow.payloadBytes;
        MemorySegment.copy(frame, offset + headerBytes, flow.slot, ValueLayout.JAVA_BYTE, to, payloadBytes);
        flow.payloadBytes += payloadBytes;
        flow.frames++;
        if (protocol == Frames.TCP) {
            flow.headers[transport + Frames.TCP_FLAGS] |= frame[offset + transport + Frames.TCP_FLAGS];
        }
    }

    /** Passes on what is held of a flow. */
    private int finish(Flow flow) {
        flow.open = false;
        open--;
        if (flow.frames == 1) {
            OffloadHeader.writePlain(flow.slot);
        } else {
            writeHeaders(flow);
        }
        return sink.write(flow.slot, FRAME + flow.headerBytes + flow.payloadBytes, flow.frames);
    }

    private static void writeHeaders(Flow flow) {
        byte[] headers = flow.headers;
        boolean tcp = flow.protocol == Frames.TCP;
        int header = IP + (flow.v6 ? Frames.IP6_BYTES : Frames.IP4_BYTES);
        int bytes = flow.headerBytes - header + flow.payloadBytes;
        if (flow.v6) {
            Frames.u16(headers, IP + Frames.IP6_LENGTH, bytes);
        } else {
            Frames.u16(headers, IP + Frames.IP4_LENGTH, Frames.IP4_BYTES + bytes);
            Frames.sealIp4(headers, IP, Frames.IP4_BYTES);
        }
        if (!tcp) {
            Frames.u16(headers, header + Frames.UDP_LENGTH, bytes);
        }
        int field = tcp ? Frames.TCP_CHECKSUM : Frames.UDP_CHECKSUM;
        int pseudo = Checksum.fold((long) Checksum.addresses(headers, IP, flow.v6, flow.protocol) + bytes);
        Frames.u16(headers, header + field, pseudo);
        MemorySegment.copy(headers, 0, flow.slot, ValueLayout.JAVA_BYTE, FRAME, flow.headerBytes);
        int tcpKind = flow.v6 ? OffloadHeader.KIND_TCP6 : OffloadHeader.KIND_TCP4;
        int kind = tcp ? tcpKind : OffloadHeader.KIND_UDP;
        OffloadHeader.write(
                flow.slot, OffloadHeader.NEEDS_CHECKSUM, kind, flow.headerBytes, flow.segmentBytes, header, field);
    }
}
