// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.wire.BigEndian;

/**
 * As much of an operating system's network stack as it takes to see that Ethernet works: it resolves addresses by ARP and
 * neighbor discovery, answers both, answers echo requests and sends them. Frames go in and out as they would on a TAP
 * device.
 */
public final class HostStack {
    static final int ETHERNET_BYTES = 14;

    private static final int ETHER_TYPE_OFFSET = 12;
    private static final int ARP = 0x0806;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int ECHO_REQUEST = 8;
    private static final int ECHO6_REQUEST = 128;
    private static final int ECHO6_REPLY = 129;
    private static final int SOLICITATION = 135;
    private static final int ADVERTISEMENT = 136;
    private static final int ECHO_BYTES = 56;

    /** As Linux does it: once a second, three times. */
    private static final long RESOLVE_MILLIS = 1_000;

    private static final int RESOLVE_TRIES = 3;
    private static final int UNRESOLVED_MAX = 16;

    private final VirtualInternet internet;
    private final SimHost host;
    private final NetworkId network;
    private final long mac;
    private final Map<Ip, Long> neighbors = new HashMap<>();
    private final Map<Ip, List<byte[]>> unresolved = new LinkedHashMap<>();
    private final Map<Integer, Ping> pings = new HashMap<>();
    private final Set<MulticastGroup> listening = new TreeSet<>();
    private final Map<Long, Integer> heard = new HashMap<>();
    private List<Prefix> addresses = List.of();
    private int mtu;
    private int nextPing = 1;
    private long received;

    HostStack(VirtualInternet internet, SimHost host, NetworkId network, Mac mac) {
        this.internet = internet;
        this.host = host;
        this.network = network;
        this.mac = mac.bits();
    }

    /** The addresses that the network gave it. */
    public List<Prefix> addresses() {
        return addresses;
    }

    /** The first address of a family. */
    public Ip address(boolean v6) {
        return addresses.stream()
                .map(Prefix::ip)
                .filter(ip -> ip.v6() == v6)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(host + " has no such address on " + network));
    }

    /** Frames that arrived. */
    public long received() {
        return received;
    }

    public int mtu() {
        return mtu;
    }

    /** Forgets which MACs belong to which addresses. */
    public void forgetNeighbors() {
        neighbors.clear();
    }

    /** Answers whether anything changed. */
    boolean configure(List<Prefix> now, int newMtu) {
        boolean changed = !now.equals(addresses) || newMtu != mtu;
        addresses = List.copyOf(now);
        mtu = newMtu;
        return changed;
    }

    /** Wants what is sent to a multicast MAC from now on, as a program does that joins a group. */
    public void listen(long groupMac) {
        listening.add(new MulticastGroup(new Mac(groupMac), 0));
        host.control((node, now) -> node.subscribe(network, groups(), now));
    }

    /** Frames that arrived for a multicast MAC. */
    public int heard(long groupMac) {
        return heard.getOrDefault(groupMac, 0);
    }

    /** The groups that an interface with these addresses listens to. */
    Set<MulticastGroup> groups() {
        Set<MulticastGroup> groups = new TreeSet<>(listening);
        groups.add(new MulticastGroup(new Mac(0x0100_5e00_0001L), 0));
        groups.add(new MulticastGroup(new Mac(0x3333_0000_0001L), 0));
        addresses.forEach(prefix -> groups.add(MulticastGroup.resolving(prefix.ip())));
        return groups;
    }

    // ---------------------------------------------------------------- sending

    /** Sends {@code count} echo requests of 56 bytes, one every {@code intervalMillis}, the first at once. */
    public Ping ping(Ip target, int count, long intervalMillis) {
        return ping(target, count, intervalMillis, ECHO_BYTES);
    }

    /** @param bytes of payload in each request; longer than one datagram is fine */
    public Ping ping(Ip target, int count, long intervalMillis, int bytes) {
        var ping = new Ping(target);
        int id = nextPing++ & 0xffff;
        pings.put(id, ping);
        for (int i = 0; i < count; i++) {
            internet.after(i * intervalMillis, () -> echo(id, ping, bytes));
        }
        return ping;
    }

    private void echo(int id, Ping ping, int bytes) {
        if (!host.isOn()
                || addresses.stream()
                        .noneMatch(prefix -> prefix.ip().v6() == ping.target().v6())) {
            ping.sending(internet.nowMillis());
            return;
        }
        int sequence = ping.sending(internet.nowMillis());
        boolean v6 = ping.target().v6();
        var message = new byte[8 + bytes];
        message[0] = (byte) (v6 ? ECHO6_REQUEST : ECHO_REQUEST);
        BigEndian.setU16(message, 4, id);
        BigEndian.setU16(message, 6, sequence & 0xffff);
        for (int i = 8; i < message.length; i++) {
            message[i] = (byte) (i * 7 + sequence + id);
        }
        sendTo(ping.target(), packet(address(v6), ping.target(), message));
    }

    private void sendTo(Ip target, byte[] packet) {
        Long to = neighbors.get(target);
        if (to != null) {
            send(to, target.v6() ? IPV6 : IPV4, packet);
            return;
        }
        List<byte[]> waiting = unresolved.get(target);
        if (waiting == null) {
            waiting = new ArrayList<>();
            unresolved.put(target, waiting);
            resolve(target, RESOLVE_TRIES);
        }
        if (waiting.size() < UNRESOLVED_MAX) {
            waiting.add(packet);
        }
    }

    private void resolve(Ip target, int tries) {
        if (!unresolved.containsKey(target)) {
            return;
        }
        if (tries == 0) {
            unresolved.remove(target);
            return;
        }
        internet.after(RESOLVE_MILLIS, () -> resolve(target, tries - 1));
        if (addresses.stream().noneMatch(prefix -> prefix.ip().v6() == target.v6())) {
            return; // the network took it away meanwhile
        }
        Ip own = address(target.v6());
        if (target.v6()) {
            var message = new byte[32];
            message[0] = (byte) SOLICITATION;
            System.arraycopy(target.bytes(), 0, message, 8, 16);
            message[24] = 1;
            message[25] = 1;
            BigEndian.setU48(message, 26, mac);
            Ip group = Ip.v6(0xff02_0000_0000_0000L, 0x1_ff00_0000L | target.low() & 0xff_ffffL);
            send(MulticastGroup.resolving(target).mac().bits(), IPV6, packet(own, group, message));
        } else {
            send(Mac.BROADCAST.bits(), ARP, arp(1, own, 0, target));
        }
    }

    private byte[] arp(int operation, Ip from, long toMac, Ip to) {
        var arp = new byte[28];
        BigEndian.setU16(arp, 0, 1);
        BigEndian.setU16(arp, 2, IPV4);
        arp[4] = 6;
        arp[5] = 4;
        BigEndian.setU16(arp, 6, operation);
        BigEndian.setU48(arp, 8, mac);
        BigEndian.setI32(arp, 14, (int) from.low());
        BigEndian.setU48(arp, 18, toMac);
        BigEndian.setI32(arp, 24, (int) to.low());
        return arp;
    }

    /** Sends one frame from this interface's MAC. */
    public void send(long destination, int etherType, byte[] payload) {
        var frame = new byte[ETHERNET_BYTES + payload.length];
        BigEndian.setU48(frame, 0, destination);
        BigEndian.setU48(frame, 6, mac);
        BigEndian.setU16(frame, ETHER_TYPE_OFFSET, etherType);
        System.arraycopy(payload, 0, frame, ETHERNET_BYTES, payload.length);
        host.frame(network.bits(), frame);
    }

    // ---------------------------------------------------------------- receiving

    void received(byte[] frame) {
        received++;
        internet.frameArrived(host, network, frame);
        if (!internet.wasSent(network.bits(), frame) && !emulated(frame)) {
            host.fault("got a frame that nobody sent, of " + frame.length + " bytes");
        }
        long destination = BigEndian.u48(frame, 0);
        if (Mac.multicast(destination)) {
            heard.merge(destination, 1, Integer::sum);
        }
        if (destination != mac && !Mac.multicast(destination)) {
            return;
        }
        switch (BigEndian.u16(frame, ETHER_TYPE_OFFSET)) {
            case ARP -> receivedArp(frame);
            case IPV4 -> received4(frame);
            case IPV6 -> received6(frame);
            default -> {}
        }
    }

    /** The node itself makes neighbor advertisements, on networks that ask it to. */
    private static boolean emulated(byte[] frame) {
        return frame.length == ETHERNET_BYTES + 72
                && BigEndian.u16(frame, ETHER_TYPE_OFFSET) == IPV6
                && (frame[ETHERNET_BYTES + 40] & 0xff) == ADVERTISEMENT;
    }

    private void receivedArp(byte[] frame) {
        int at = ETHERNET_BYTES;
        if (frame.length < at + 28) {
            return;
        }
        int operation = BigEndian.u16(frame, at + 6);
        long senderMac = BigEndian.u48(frame, at + 8);
        Ip sender = Ip.v4(BigEndian.i32(frame, at + 14));
        Ip asked = Ip.v4(BigEndian.i32(frame, at + 24));
        if (!owns(asked)) {
            return;
        }
        learned(sender, senderMac);
        if (operation == 1) {
            send(senderMac, ARP, arp(2, asked, senderMac, sender));
        }
    }

    private void received4(byte[] frame) {
        int at = ETHERNET_BYTES;
        if (frame.length < at + 28 || frame[at] != 0x45 || frame[at + 9] != ICMP || sum(frame, at, 20, 0) != 0) {
            return;
        }
        Ip source = Ip.v4(BigEndian.i32(frame, at + 12));
        Ip own = Ip.v4(BigEndian.i32(frame, at + 16));
        int length = BigEndian.u16(frame, at + 2) - 20;
        if (!owns(own) || length < 8 || at + 20 + length > frame.length || sum(frame, at + 20, length, 0) != 0) {
            return;
        }
        byte[] message = java.util.Arrays.copyOfRange(frame, at + 20, at + 20 + length);
        if (message[0] == ECHO_REQUEST) {
            message[0] = 0;
            sendTo(source, packet(own, source, message));
        } else if (message[0] == 0) {
            reply(source, message);
        }
    }

    private void received6(byte[] frame) {
        int at = ETHERNET_BYTES;
        if (frame.length < at + 48 || frame[at + 6] != ICMPV6) {
            return;
        }
        Ip source = Ip.of(frame, at + 8, true);
        Ip own = Ip.of(frame, at + 24, true);
        int length = BigEndian.u16(frame, at + 4);
        if (length < 8 || at + 40 + length > frame.length || sum(frame, at + 8, 32 + length, length + ICMPV6) != 0) {
            return;
        }
        byte[] message = java.util.Arrays.copyOfRange(frame, at + 40, at + 40 + length);
        switch (message[0] & 0xff) {
            case SOLICITATION -> {
                Ip wanted = length < 24 ? own : Ip.of(message, 8, true);
                if (length >= 32 && owns(wanted)) {
                    long senderMac = BigEndian.u48(message, 26);
                    learned(source, senderMac);
                    var answer = new byte[32];
                    answer[0] = (byte) ADVERTISEMENT;
                    answer[4] = 0x60;
                    System.arraycopy(wanted.bytes(), 0, answer, 8, 16);
                    answer[24] = 2;
                    answer[25] = 1;
                    BigEndian.setU48(answer, 26, mac);
                    send(senderMac, IPV6, packet(wanted, source, answer));
                }
            }
            case ADVERTISEMENT -> {
                if (length >= 32 && owns(own)) {
                    learned(Ip.of(message, 8, true), BigEndian.u48(message, 26));
                }
            }
            case ECHO6_REQUEST -> {
                if (owns(own)) {
                    message[0] = (byte) ECHO6_REPLY;
                    sendTo(source, packet(own, source, message));
                }
            }
            case ECHO6_REPLY -> {
                if (owns(own)) {
                    reply(source, message);
                }
            }
            default -> {}
        }
    }

    private void reply(Ip source, byte[] message) {
        Ping ping = pings.get(BigEndian.u16(message, 4));
        if (ping != null && ping.target().equals(source)) {
            ping.answered(BigEndian.u16(message, 6), internet.nowMillis());
        }
    }

    private boolean owns(Ip ip) {
        return addresses.stream().anyMatch(prefix -> prefix.ip().equals(ip));
    }

    private void learned(Ip ip, long neighborMac) {
        neighbors.put(ip, neighborMac);
        List<byte[]> waiting = unresolved.remove(ip);
        if (waiting != null) {
            waiting.forEach(packet -> send(neighborMac, ip.v6() ? IPV6 : IPV4, packet));
        }
    }

    // ---------------------------------------------------------------- packets

    /** An IP packet around an ICMP message, checksums included. The message's checksum field may hold anything. */
    private static byte[] packet(Ip from, Ip to, byte[] message) {
        message[2] = 0;
        message[3] = 0;
        boolean v6 = from.v6();
        int header = v6 ? 40 : 20;
        var packet = new byte[header + message.length];
        System.arraycopy(message, 0, packet, header, message.length);
        if (v6) {
            packet[0] = 0x60;
            BigEndian.setU16(packet, 4, message.length);
            packet[6] = ICMPV6;
            packet[7] = (byte) 255;
            System.arraycopy(from.bytes(), 0, packet, 8, 16);
            System.arraycopy(to.bytes(), 0, packet, 24, 16);
            BigEndian.setU16(packet, header + 2, sum(packet, 8, packet.length - 8, message.length + ICMPV6));
        } else {
            packet[0] = 0x45;
            BigEndian.setU16(packet, 2, packet.length);
            packet[8] = 64;
            packet[9] = ICMP;
            System.arraycopy(from.bytes(), 0, packet, 12, 4);
            System.arraycopy(to.bytes(), 0, packet, 16, 4);
            BigEndian.setU16(packet, 10, sum(packet, 0, header, 0));
            BigEndian.setU16(packet, header + 2, sum(packet, header, message.length, 0));
        }
        return packet;
    }

    /** The Internet checksum; 0 over bytes that contain a right one. */
    private static int sum(byte[] bytes, int offset, int length, long start) {
        long sum = start;
        for (int i = 0; i < length; i++) {
            sum += (i & 1) == 0 ? (bytes[offset + i] & 0xff) << 8 : bytes[offset + i] & 0xff;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }
}
