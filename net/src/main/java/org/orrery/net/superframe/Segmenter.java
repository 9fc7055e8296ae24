// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.superframe;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.orrery.net.PacketBatch;

/**
 * Cuts what a device with offloads gave into ordinary Ethernet frames with right lengths and checksums. A super-frame
 * that a batch has no room for goes on in the next one. Pure: memory in, frames out. One thread.
 */
public final class Segmenter {
    /** The longest headers of a super-frame: two VLAN tags, IP and TCP with all options, and some IPv6 extensions. */
    private static final int HEADERS_BYTES_MAX = 512;

    private static final int VLAN_TAGS_MAX = 2;

    private final byte[] headers = new byte[HEADERS_BYTES_MAX];
    private MemorySegment source = MemorySegment.NULL;

    /** Where the next payload lies in the source, and where the last one ends; equal when nothing is left. */
    private int at;

    private int end;

    private boolean v6;
    private boolean tcp;
    private int ip;
    private int transport;
    private int headerBytes;
    private int segmentBytes;
    private int addresses;
    private int index;
    private int lastIndex;

    public Segmenter() {}

    /** Whether segments are left of the super-frame that was {@linkplain #take taken} last. */
    public boolean pending() {
        return at < end;
    }

    /** Forgets what is left. */
    public void clear() {
        end = at;
    }

    /** Frames that a super-frame taken now becomes; 1 for an ordinary frame. */
    public int segments() {
        return lastIndex + 1;
    }

    /**
     * Appends what {@code from} holds to a batch that is not full: an {@link OffloadHeader}, and a frame or super-frame
     * behind it.
     *
     * @param from stays untouched until no segments are {@linkplain #pending}
     * @param bytes header and frame together
     * @return false if it makes no sense, or if its segments are longer than the batch's slots
     */
    public boolean take(MemorySegment from, int bytes, PacketBatch into) {
        int frameBytes = bytes - OffloadHeader.BYTES;
        lastIndex = 0;
        if (frameBytes < Frames.ETHERNET_BYTES) {
            return false;
        }
        if (OffloadHeader.kind(from) == OffloadHeader.KIND_NONE) {
            return takePlain(from, frameBytes, into);
        }
        if (!begin(from, bytes) || headerBytes + segmentBytes > into.slotBytes()) {
            end = at;
            return false;
        }
        drain(into);
        return true;
    }

    private static boolean takePlain(MemorySegment from, int frameBytes, PacketBatch into) {
        int length = Math.min(frameBytes, into.slotBytes());
        byte[] out = into.bytes();
        int base = into.claim();
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, OffloadHeader.BYTES, out, base, length);
        if ((OffloadHeader.flags(from) & OffloadHeader.NEEDS_CHECKSUM) != 0 && length == frameBytes) {
            int start = OffloadHeader.checksumStart(from);
            int field = start + OffloadHeader.checksumOffset(from);
            if (field + 2 > length) {
                return false;
            }
            int sum = ~Checksum.sum(out, base + start, length - start) & 0xffff;
            // Zero says in UDP that there is no checksum; for TCP the two are the same number.
            Frames.u16(out, base + field, sum == 0 ? 0xffff : sum);
        }
        into.commit(length, null);
        return true;
    }

    /** Understands the headers of a super-frame; the kernel's count of them is a hint only, so they say it themselves. */
    private boolean begin(MemorySegment from, int bytes) {
        int frameBytes = bytes - OffloadHeader.BYTES;
        int readable = Math.min(frameBytes, HEADERS_BYTES_MAX);
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, OffloadHeader.BYTES, headers, 0, readable);
        int kind = OffloadHeader.kind(from) & ~OffloadHeader.KIND_ECN;
        tcp = kind != OffloadHeader.KIND_UDP;
        if (tcp && kind != OffloadHeader.KIND_TCP4 && kind != OffloadHeader.KIND_TCP6) {
            return false;
        }
        transport = OffloadHeader.checksumStart(from);
        segmentBytes = OffloadHeader.segmentBytes(from);
        int transportBytes = tcp ? Frames.TCP_BYTES : Frames.UDP_BYTES;
        if (segmentBytes == 0 || transport + transportBytes > readable || !findIp()) {
            return false;
        }
        headerBytes = transport
                + (tcp ? (Frames.u8(headers, transport + Frames.TCP_DATA_OFFSET) >>> 4) * 4 : Frames.UDP_BYTES);
        int payload = frameBytes - headerBytes;
        if (headerBytes > readable || headerBytes < transport + transportBytes || payload < 1) {
            return false;
        }
        addresses = Checksum.addresses(headers, ip, v6, tcp ? Frames.TCP : Frames.UDP);
        source = from;
        at = OffloadHeader.BYTES + headerBytes;
        end = bytes;
        index = 0;
        lastIndex = (payload - 1) / segmentBytes;
        return true;
    }

    private boolean findIp() {
        int type = Frames.u16(headers, Frames.ETHERNET_TYPE);
        ip = Frames.ETHERNET_BYTES;
        for (int tags = 0; type == Frames.TYPE_VLAN || type == Frames.TYPE_SERVICE_VLAN; tags++) {
            if (tags == VLAN_TAGS_MAX) {
                return false;
            }
            type = Frames.u16(headers, ip + 2);
            ip += Frames.VLAN_TAG_BYTES;
        }
        v6 = type == Frames.TYPE_IPV6;
        if (v6) {
            return transport >= ip + Frames.IP6_BYTES;
        }
        return type == Frames.TYPE_IPV4 && transport >= ip + Frames.IP4_BYTES && transport <= ip + 60;
    }

    /** Appends segments until none is left or the batch is full; answers how many. */
    public int drain(PacketBatch into) {
        int before = into.count();
        while (at < end && !into.full()) {
            int payload = Math.min(segmentBytes, end - at);
            int length = headerBytes + payload;
            if (length > into.slotBytes()) { // a later batch with shorter slots than the first
                clear();
                break;
            }
            byte[] out = into.bytes();
            int base = into.claim();
            System.arraycopy(headers, 0, out, base, headerBytes);
            MemorySegment.copy(source, ValueLayout.JAVA_BYTE, at, out, base + headerBytes, payload);
            writeIp(out, base, length);
            writeTransport(out, base, length);
            if (index == 0) {
                into.commit(length, null);
            } else {
                into.commitContinued(length);
            }
            at += payload;
            index++;
        }
        return into.count() - before;
    }

    private void writeIp(byte[] out, int base, int length) {
        int header = base + ip;
        if (v6) {
            Frames.u16(out, header + Frames.IP6_LENGTH, length - ip - Frames.IP6_BYTES);
            return;
        }
        Frames.u16(out, header + Frames.IP4_LENGTH, length - ip);
        Frames.u16(out, header + Frames.IP4_ID, Frames.u16(headers, ip + Frames.IP4_ID) + index);
        Frames.sealIp4(out, header, transport - ip);
    }

    private void writeTransport(byte[] out, int base, int length) {
        int header = base + transport;
        int bytes = length - transport;
        int checksum;
        if (tcp) {
            int sequence = Frames.i32(headers, transport + Frames.TCP_SEQUENCE);
            Frames.i32(out, header + Frames.TCP_SEQUENCE, sequence + index * segmentBytes);
            int flags = out[header + Frames.TCP_FLAGS];
            flags &= index == 0 ? -1 : ~Frames.CWR;
            flags &= index == lastIndex ? -1 : ~(Frames.FIN | Frames.PSH);
            out[header + Frames.TCP_FLAGS] = (byte) flags;
            checksum = header + Frames.TCP_CHECKSUM;
        } else {
            Frames.u16(out, header + Frames.UDP_LENGTH, bytes);
            checksum = header + Frames.UDP_CHECKSUM;
        }
        Frames.u16(out, checksum, 0);
        int sum = ~Checksum.fold((long) Checksum.sum(out, header, bytes) + addresses + bytes) & 0xffff;
        Frames.u16(out, checksum, sum == 0 && !tcp ? 0xffff : sum);
    }
}
