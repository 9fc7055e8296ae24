// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.wire.BigEndian;
import org.orrery.rulelang.Vocabulary;

/**
 * Frames described in words, as {@code tcp 10.1.1.2:50000 > 10.1.1.3:22 syn}: reads one description. What it does not say
 * is as common as can be; checksums are left zero, because no rule looks at them.
 */
public final class FrameText {
    /** What can be described, for help texts. */
    public static final String KINDS = """
            tcp A:PORT > B:PORT [syn ack fin rst psh urg ece cwr | none]   (default: syn)
            udp A:PORT > B:PORT          also: sctp, udplite
            icmp A > B [echo | reply | unreachable | TYPE[/CODE]]   (default: echo; A and B of either family)
            ip A > B PROTOCOL            a number or name, such as esp
            arp who-has A tell B         also: arp reply A to B
            ethertype 0x88cc             any other; also names, such as ipv6
            Behind any of them: size BYTES (without the Ethernet header), tos NUMBER, macsrc MAC, macdest MAC,
            data HEX (behind the headers).""";

    private static final Map<String, Integer> TRANSPORTS = Map.of("tcp", 6, "udp", 17, "sctp", 132, "udplite", 136);
    private static final Map<String, Integer> PROTOCOLS = with(Vocabulary.PROTOCOLS, Map.of("gre", 47, "ospf", 89));
    private static final Map<String, Integer> ETHER_TYPES = with(Vocabulary.ETHERTYPES, Map.of("lldp", 0x88cc));
    private static final Map<String, Integer> TCP_FLAGS = Map.of(
            "fin", 0x01, "syn", 0x02, "rst", 0x04, "psh", 0x08, "ack", 0x10, "urg", 0x20, "ece", 0x40, "cwr", 0x80);
    private static final Pattern SOCKET = Pattern.compile("\\[?([^\\[\\]]+?)]?:([0-9]{1,5})");

    /** Longest payload that a frame can have anywhere. */
    private static final int SIZE_MAX = 10_000;

    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int TCP_BYTES = 20;
    private static final int PORTS_BYTES = 8;
    private static final int ARP_BYTES = 28;
    private static final int SMALLEST_PAYLOAD = 46;

    private final String text;
    private final Deque<String> words;
    private int size = -1;
    private int typeOfService;
    private byte[] data = {};
    private @Nullable Long sourceMac;
    private @Nullable Long destinationMac;

    private FrameText(String text) {
        this.text = text.strip();
        this.words = new ArrayDeque<>(Arrays.stream(this.text.split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList());
    }

    /** The names of the rule language, and more. */
    private static Map<String, Integer> with(Map<String, Integer> language, Map<String, Integer> more) {
        var all = new HashMap<>(language);
        all.putAll(more);
        return Map.copyOf(all);
    }

    /** Reads a description. */
    public static DescribedFrame parse(String text) throws FaultException {
        return new FrameText(text).frame();
    }

    private DescribedFrame frame() throws FaultException {
        String kind = word("a kind of frame: tcp, udp, icmp, ip, arp, ethertype");
        return switch (kind) {
            case "tcp", "udp", "sctp", "udplite" -> transport(kind);
            case "icmp", "icmp4", "icmp6" -> icmp(kind);
            case "ip" -> ip();
            case "arp" -> arp();
            case "ethertype" -> other();
            default ->
                throw fault("'" + kind
                        + "' is no kind of frame; kinds are tcp, udp, sctp, udplite, icmp, ip, arp, ethertype");
        };
    }

    private FaultException fault(String what) {
        return new FaultException("frame '" + text + "': " + what);
    }

    private String word(String wanted) throws FaultException {
        String word = words.poll();
        if (word == null) {
            throw fault("it ends where " + wanted + " should be");
        }
        return word.toLowerCase(Locale.ROOT);
    }

    private void expect(String wanted) throws FaultException {
        String word = word("'" + wanted + "'");
        if (!word.equals(wanted)) {
            throw fault("'" + word + "' where '" + wanted + "' should be");
        }
    }

    // ---------------------------------------------------------------- kinds

    private DescribedFrame transport(String kind) throws FaultException {
        Socket from = socket();
        expect(">");
        Socket to = socket();
        boolean tcp = kind.equals("tcp");
        int flags = tcp ? flags() : 0;
        options();
        byte[] segment = new byte[(tcp ? TCP_BYTES : PORTS_BYTES) + data.length];
        BigEndian.setU16(segment, 0, from.port);
        BigEndian.setU16(segment, 2, to.port);
        if (tcp) {
            segment[12] = 0x50;
            segment[13] = (byte) flags;
            segment[14] = 0x20;
        } else {
            BigEndian.setU16(segment, 4, segment.length);
        }
        System.arraycopy(data, 0, segment, segment.length - data.length, data.length);
        return packet(from.ip, to.ip, Optional.ofNullable(TRANSPORTS.get(kind)).orElseThrow(), segment);
    }

    private int flags() throws FaultException {
        int flags = 0;
        boolean said = false;
        while (!words.isEmpty()) {
            String word = words.peek().toLowerCase(Locale.ROOT);
            boolean none = word.equals("none");
            Integer flag = TCP_FLAGS.get(word);
            if (flag == null && !none) {
                break;
            }
            words.poll();
            flags |= flag == null ? 0 : flag;
            said = true;
        }
        return said ? flags : Optional.ofNullable(TCP_FLAGS.get("syn")).orElseThrow();
    }

    private DescribedFrame icmp(String kind) throws FaultException {
        Ip from = ip("sender's IP address");
        expect(">");
        Ip to = ip("receiver's IP address");
        boolean v6 = from.v6();
        if (kind.equals("icmp4") && v6 || kind.equals("icmp6") && !v6) {
            throw fault(kind + " between addresses of the other family");
        }
        int type = v6 ? 128 : 8;
        int code = 0;
        String word = words.isEmpty() ? "" : words.peek().toLowerCase(Locale.ROOT);
        boolean named = true;
        switch (word) {
            case "echo" -> {}
            case "reply" -> type = v6 ? 129 : 0;
            case "unreachable" -> {
                type = v6 ? 1 : 3;
                code = v6 ? 4 : 3;
            }
            default -> {
                named = word.matches("[0-9]{1,3}(/[0-9]{1,3})?");
                if (named) {
                    String[] parts = word.split("/");
                    type = number("ICMP type", parts[0], 255);
                    code = parts.length > 1 ? number("ICMP code", parts[1], 255) : 0;
                }
            }
        }
        if (named) {
            words.poll();
        }
        options();
        byte[] message = new byte[PORTS_BYTES + data.length];
        message[0] = (byte) type;
        message[1] = (byte) code;
        System.arraycopy(data, 0, message, PORTS_BYTES, data.length);
        return packet(from, to, v6 ? 58 : 1, message);
    }

    private DescribedFrame ip() throws FaultException {
        Ip from = ip("sender's IP address");
        expect(">");
        Ip to = ip("receiver's IP address");
        String word = word("an IP protocol");
        Integer named = PROTOCOLS.get(word);
        int protocol = named != null ? named : number("IP protocol", word, 255);
        options();
        return packet(from, to, protocol, data);
    }

    private DescribedFrame arp() throws FaultException {
        String what = word("'who-has' or 'reply'");
        if (!what.equals("who-has") && !what.equals("reply")) {
            throw fault("'" + what + "' where 'who-has' or 'reply' should be");
        }
        boolean request = what.equals("who-has");
        Ip first = ip("an IPv4 address");
        expect(request ? "tell" : "to");
        Ip second = ip("an IPv4 address");
        if (first.v6() || second.v6()) {
            throw fault("ARP is about IPv4 addresses");
        }
        options();
        byte[] payload = new byte[ARP_BYTES];
        BigEndian.setU16(payload, 0, 1);
        BigEndian.setU16(payload, 2, 0x0800);
        payload[4] = 6;
        payload[5] = 4;
        payload[7] = (byte) (request ? 1 : 2);
        System.arraycopy((request ? second : first).bytes(), 0, payload, 14, 4);
        System.arraycopy((request ? first : second).bytes(), 0, payload, 24, 4);
        if (request && destinationMac == null) {
            destinationMac = Mac.BROADCAST.bits();
        }
        return finished(0x0806, payload);
    }

    private DescribedFrame other() throws FaultException {
        String word = word("an ether type");
        Integer named = ETHER_TYPES.get(word);
        int type = named != null ? named : number("ether type", word, 0xffff);
        options();
        return finished(type, data.length > 0 ? data : new byte[SMALLEST_PAYLOAD]);
    }

    // ---------------------------------------------------------------- parts

    private record Socket(Ip ip, int port) {}

    private Socket socket() throws FaultException {
        String word = word("ADDRESS:PORT");
        Matcher parts = SOCKET.matcher(word);
        Optional<Ip> ip = parts.matches() ? Ip.parse(parts.group(1)) : Optional.empty();
        if (ip.isEmpty()) {
            throw fault("'" + word + "' is not ADDRESS:PORT, such as 10.1.1.2:22 or [fd00::2]:22");
        }
        if (ip.get().v6() && !word.startsWith("[")) {
            throw fault("write an IPv6 address in brackets where a port follows: [" + ip.get() + "]:" + parts.group(2));
        }
        return new Socket(ip.get(), number("port", parts.group(2), 65_535));
    }

    private Ip ip(String wanted) throws FaultException {
        String word = word("the " + wanted);
        return Ip.parse(word).orElseThrow(() -> fault("'" + word + "' is no IP address"));
    }

    private int number(String what, String word, int most) throws FaultException {
        return (int)
                Numbers.parse(word, most).orElseThrow(() -> fault("'" + word + "' is no " + what + ", 0 to " + most));
    }

    private void options() throws FaultException {
        while (!words.isEmpty()) {
            String option = word("");
            switch (option) {
                case "size" -> size = number("size in bytes", word("the size"), SIZE_MAX);
                case "tos" -> typeOfService = number("type of service", word("the type of service"), 255);
                case "macsrc" -> sourceMac = mac(word("the MAC"));
                case "macdest" -> destinationMac = mac(word("the MAC"));
                case "data" -> {
                    String digits = word("the data in hex");
                    if (!digits.matches("([0-9a-f]{2})*") || digits.length() > 2 * SIZE_MAX) {
                        throw fault(
                                "'" + digits + "' is not an even number of hex digits, " + 2 * SIZE_MAX + " at most");
                    }
                    data = HexFormat.of().parseHex(digits);
                }
                default ->
                    throw fault("'" + option + "' is not understood here; behind a frame may be size, tos, macsrc, "
                            + "macdest, data");
            }
        }
    }

    private long mac(String word) throws FaultException {
        return Mac.parse(word)
                .orElseThrow(() -> fault("'" + word + "' is no MAC"))
                .bits();
    }

    private DescribedFrame packet(Ip from, Ip to, int protocol, byte[] content) throws FaultException {
        if (from.v6() != to.v6()) {
            throw fault("the addresses are of different families");
        }
        boolean v6 = from.v6();
        int header = v6 ? IPV6_BYTES : IPV4_BYTES;
        int length = Math.max(header + content.length, size);
        byte[] packet = new byte[length];
        if (v6) {
            BigEndian.setU16(packet, 0, 0x6000 | typeOfService << 4);
            BigEndian.setU16(packet, 4, length - header);
            packet[6] = (byte) protocol;
            packet[7] = 64;
        } else {
            packet[0] = 0x45;
            packet[1] = (byte) typeOfService;
            BigEndian.setU16(packet, 2, length);
            packet[8] = 64;
            packet[9] = (byte) protocol;
        }
        System.arraycopy(from.bytes(), 0, packet, v6 ? 8 : 12, from.bytes().length);
        System.arraycopy(to.bytes(), 0, packet, v6 ? 24 : 16, to.bytes().length);
        System.arraycopy(content, 0, packet, header, content.length);
        if (destinationMac == null) {
            destinationMac = groupMac(to);
        }
        return finished(v6 ? 0x86dd : 0x0800, packet);
    }

    /** The MAC that a multicast or broadcast address has; null for a host's own. */
    private static @Nullable Long groupMac(Ip to) {
        if (to.v6()) {
            return to.high() >>> 56 == 0xff ? 0x3333_0000_0000L | to.low() & 0xffff_ffffL : null;
        }
        if (to.low() == 0xffff_ffffL) {
            return Mac.BROADCAST.bits();
        }
        return to.low() >>> 28 == 0xe ? 0x0100_5e00_0000L | to.low() & 0x7f_ffffL : null;
    }

    /** The frame at the size asked for. */
    private DescribedFrame finished(int etherType, byte[] payload) {
        byte[] sized = size < 0 || payload.length == size ? payload : Arrays.copyOf(payload, size);
        return new DescribedFrame(text, etherType, sized, sourceMac, destinationMac);
    }
}
