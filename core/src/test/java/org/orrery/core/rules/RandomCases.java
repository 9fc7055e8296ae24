// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.orrery.core.rules.PlainRules.Frame;
import org.orrery.core.rules.PlainRules.Holder;
import org.orrery.core.value.Ip;
import org.orrery.core.wire.BigEndian;
import org.orrery.core.wire.WireReader;

/**
 * Makes rules, frames and credentials at random out of the same few addresses, ports, tags and protocols, so that rules
 * often hold and often just do not.
 */
final class RandomCases {
    static final long[] ADDRESSES = {0x1010101010L, 0x2020202020L, 0x3030303030L, 0x4040404040L, 0x38b0321504L};
    static final long[] MACS = {0x32aabbccdd01L, 0x32aabbccdd02L, 0x333300000001L, 0xffff_ffff_ffffL, 0x01005e000001L};
    private static final int[] PORTS = {0, 1, 22, 53, 80, 443, 5201, 65_535};
    private static final int[] ETHER_TYPES = {0x0800, 0x0800, 0x86dd, 0x86dd, 0x0806, 0x88b5};
    private static final int[] PROTOCOLS = {1, 6, 17, 0x3a, 132, 136, 47, 0, 43, 60, 135};
    private static final int[] ICMP_TYPES = {8, 8, 128, 128, 0x87, 0x88};
    private static final int TAG_IDS = 3;
    private static final int ACTIONS_SHARE = 3;

    private final SplittableRandom random;
    private final byte[][] ipv4s;
    private final byte[][] ipv6s;

    /** @param derived IPv6 addresses that some node derives, to be used now and then */
    RandomCases(SplittableRandom random, byte[]... derived) {
        this.random = random;
        this.ipv4s =
                new byte[][] {{10, 1, 2, 3}, {10, 1, 2, 4}, {10, 1, 3, 3}, {(byte) 192, (byte) 168, 0, 1}, {0, 0, 0, 0}
                };
        List<byte[]> v6 = new ArrayList<>(List.of(derived));
        for (String text : List.of("fd00::1", "fd00::2", "fd00:0:0:1::1", "2001:db8::ff", "ff02::1")) {
            v6.add(Ip.parse(text).orElseThrow().bytes());
        }
        for (byte[] each : derived) {
            byte[] neighbour = each.clone();
            neighbour[15] ^= 0x55;
            v6.add(neighbour);
        }
        this.ipv6s = v6.toArray(byte[][]::new);
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    int below(int n) {
        return random.nextInt(n);
    }

    long address() {
        return ADDRESSES[below(ADDRESSES.length)];
    }

    private int of(int[] choices) {
        return choices[below(choices.length)];
    }

    private byte[] ip(boolean v6) {
        byte[][] choices = v6 ? ipv6s : ipv4s;
        return choices[below(choices.length)].clone();
    }

    // ---------------------------------------------------------------- rules

    List<Rule> table(int sets) {
        List<Rule> rules = new ArrayList<>();
        for (int i = oneIn(10) ? 0 : 1 + below(sets); i > 0; i--) {
            for (int k = below(4); k > 0; k--) {
                rules.add(match());
            }
            rules.add(action());
        }
        if (oneIn(4)) {
            rules.add(match());
        }
        return rules;
    }

    private Rule action() {
        return switch (below(12)) {
            case 0, 1, 2 -> Rule.of(RuleType.DROP);
            case 3, 4, 5 -> Rule.of(RuleType.ACCEPT);
            case 6 -> Rule.of(RuleType.BREAK);
            case 7 -> oneIn(3) ? raw(7 + below(9)) : Rule.of(RuleType.PRIORITY);
            case 8, 9 -> Rule.of(RuleType.TEE, address(), 0, length());
            case 10 -> Rule.of(RuleType.WATCH, address(), 0, length());
            default -> Rule.of(RuleType.REDIRECT, address(), 0, 0);
        };
    }

    private int length() {
        return oneIn(2) ? 0 : below(100);
    }

    private static final RuleType[] MATCHES =
            Arrays.stream(RuleType.values()).filter(type -> !type.action()).toArray(RuleType[]::new);

    private Rule match() {
        if (oneIn(40)) {
            return adorned(raw(oneIn(2) ? 16 + below(8) : 52 + below(12)));
        }
        RuleType type = MATCHES[below(MATCHES.length)];
        byte[] value = new byte[type.valueBytes()];
        switch (type) {
            case SOURCE_ADDRESS, DESTINATION_ADDRESS -> put(value, 0, 5, oneIn(8) ? 0 : address());
            case VLAN_ID -> put(value, 0, 2, below(2));
            case VLAN_PCP, VLAN_DEI -> put(value, 0, 1, below(2));
            case MAC_SOURCE, MAC_DESTINATION -> put(value, 0, 6, MACS[below(MACS.length)]);
            case IPV4_SOURCE, IPV4_DESTINATION -> prefix(value, ip(false), 32);
            case IPV6_SOURCE, IPV6_DESTINATION -> prefix(value, ip(true), 128);
            case IP_TOS -> {
                put(value, 0, 1, oneIn(2) ? 0xff : below(256));
                range(value, 1, 1, below(256), 256);
            }
            case IP_PROTOCOL -> put(value, 0, 1, of(PROTOCOLS));
            case ETHERTYPE -> put(value, 0, 2, of(ETHER_TYPES));
            case ICMP -> {
                put(value, 0, 1, of(ICMP_TYPES));
                put(value, 1, 1, below(2));
                put(value, 2, 1, below(4));
            }
            case SOURCE_PORT_RANGE, DESTINATION_PORT_RANGE -> range(value, 0, 2, of(PORTS), 65_536);
            case CHARACTERISTICS ->
                BigEndian.setI64(
                        value, 0, oneIn(2) ? 1L << 59 + below(5) : oneIn(2) ? 1L << below(12) : random.nextLong());
            case FRAME_SIZE_RANGE -> range(value, 0, 2, below(120), 200);
            case RANDOM -> put(value, 0, 4, random.nextLong() & 0xffff_ffffL);
            case TAGS_DIFFERENCE,
                    TAGS_BITWISE_AND,
                    TAGS_BITWISE_OR,
                    TAGS_BITWISE_XOR,
                    TAGS_EQUAL,
                    TAG_SENDER,
                    TAG_RECEIVER -> {
                put(value, 0, 4, tagId());
                put(value, 4, 4, tagValue());
            }
            case INTEGER_RANGE -> integerRange(value);
            default -> throw new AssertionError(type);
        }
        return adorned(Rule.of(type, false, false, value));
    }

    private void integerRange(byte[] value) {
        int bits = 1 + below(64);
        long start = oneIn(3) ? random.nextLong() : below(300);
        long width = oneIn(4) ? random.nextLong() : below(300);
        if (oneIn(2)) {
            bits = 8 << below(3);
            start = 0;
            width = random.nextLong(1L << bits);
        }
        BigEndian.setI64(value, 0, start);
        BigEndian.setI64(value, 8, start + width);
        put(value, 16, 2, oneIn(20) ? 65_535 : below(60));
        put(value, 18, 1, bits - 1 | (oneIn(2) ? 0x80 : 0) | (oneIn(4) ? 0x40 : 0));
    }

    private long tagId() {
        return oneIn(9) ? 0xffff_fff0L : 1 + below(TAG_IDS);
    }

    private long tagValue() {
        return oneIn(9) ? 0xffff_ffffL : below(3);
    }

    private Rule adorned(Rule rule) {
        Rule result = oneIn(3) ? rule.negated() : rule;
        return oneIn(4) ? result.alternative() : result;
    }

    /** A rule of a type that nobody knows. */
    private static Rule raw(int type) {
        Rule rule = Rule.read(new WireReader(new byte[] {(byte) type, 0}, 0, 2));
        return java.util.Objects.requireNonNull(rule);
    }

    private static void put(byte[] value, int at, int width, long number) {
        for (int i = 0; i < width; i++) {
            value[at + i] = (byte) (number >>> 8 * (width - 1 - i));
        }
    }

    private void range(byte[] value, int at, int width, int start, int limit) {
        int from = oneIn(3) ? Math.max(0, start - below(20)) : start;
        int to = oneIn(3) ? Math.min(limit - 1, start + below(300)) : oneIn(20) ? 0 : start;
        put(value, at, width, from);
        put(value, at + width, width, to);
    }

    /** With host bits set or not, and now and then with more bits than an address has. */
    private void prefix(byte[] value, byte[] address, int total) {
        int bits = oneIn(10) ? below(256) : oneIn(2) ? total : 8 * below(total / 8 + 1) + (oneIn(3) ? below(8) : 0);
        if (oneIn(2)) {
            for (int bit = Math.min(bits, total); bit < total; bit++) {
                address[bit / 8] &= (byte) ~(0x80 >> bit % 8);
            }
        }
        System.arraycopy(address, 0, value, 0, address.length);
        value[address.length] = (byte) bits;
    }

    // ---------------------------------------------------------------- credentials

    Holder holder(boolean empty) {
        Map<Long, Long> tags = new HashMap<>();
        Set<Long> macs = new HashSet<>();
        Set<List<Byte>> ips = new HashSet<>();
        var capabilities = new TreeMap<Long, List<Rule>>();
        if (!empty) {
            for (int i = below(6); i > 0; i--) {
                tags.put(tagId(), tagValue());
            }
            for (int i = below(3); i > 0; i--) {
                macs.add(MACS[below(MACS.length)]);
                ips.add(PlainRules.bytes(ip(false)));
                ips.add(PlainRules.bytes(ip(true)));
            }
            for (int i = below(4); i > 0; i--) {
                capabilities.put(oneIn(4) ? 0xffff_ff00L + below(4) : (long) below(9), table(ACTIONS_SHARE));
            }
        }
        return new Holder(tags, macs, ips, capabilities);
    }

    // ---------------------------------------------------------------- frames

    Frame frame(boolean inbound, long source, long destination) {
        int etherType = of(ETHER_TYPES);
        byte[] data =
                switch (etherType) {
                    case 0x0800 -> ipv4();
                    case 0x86dd -> oneIn(6) ? discovery() : ipv6();
                    case 0x0806 -> arp();
                    default -> noise(1 + below(80));
                };
        if (oneIn(5)) {
            data = Arrays.copyOf(data, below(data.length + 1));
        }
        if (oneIn(25)) {
            etherType = of(ETHER_TYPES); // what is inside is something else
        }
        return new Frame(
                inbound, source, destination, MACS[below(MACS.length)], MACS[below(MACS.length)], etherType, data);
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (oneIn(2) ? 0 : random.nextInt());
        }
        return bytes;
    }

    private byte[] ipv4() {
        int words = oneIn(6) ? below(16) : 5;
        int protocol = oneIn(4) ? 1 : of(PROTOCOLS);
        byte[] upper = upper(protocol);
        byte[] packet = noise(Math.max(20, words * 4) + upper.length);
        packet[0] = (byte) (0x40 | words);
        packet[1] = (byte) (oneIn(2) ? 0 : below(256));
        packet[9] = (byte) protocol;
        System.arraycopy(ip(false), 0, packet, 12, 4);
        System.arraycopy(ip(false), 0, packet, 16, 4);
        System.arraycopy(upper, 0, packet, packet.length - upper.length, upper.length);
        return packet;
    }

    private byte[] ipv6() {
        int protocol = oneIn(4) ? 0x3a : of(PROTOCOLS);
        byte[] upper = upper(protocol);
        byte[] headers = {};
        int next = protocol;
        for (int i = oneIn(2) ? 0 : below(4); i > 0; i--) {
            int eights = below(3);
            byte[] header = noise(8 + 8 * eights);
            header[0] = (byte) next;
            header[1] = (byte) (oneIn(12) ? below(256) : eights);
            next = new int[] {0, 43, 60, 135, 44, 51}[below(oneIn(4) ? 6 : 4)];
            byte[] longer = Arrays.copyOf(header, header.length + headers.length);
            System.arraycopy(headers, 0, longer, header.length, headers.length);
            headers = longer;
        }
        byte[] packet = noise(40 + headers.length + upper.length);
        packet[0] = (byte) (0x60 | below(16));
        packet[1] = (byte) below(256);
        packet[6] = (byte) next;
        System.arraycopy(ip(true), 0, packet, 8, 16);
        System.arraycopy(ip(true), 0, packet, 24, 16);
        System.arraycopy(headers, 0, packet, 40, headers.length);
        System.arraycopy(upper, 0, packet, 40 + headers.length, upper.length);
        return packet;
    }

    /** A solicitation or advertisement of a neighbour, whole or a little too short to be one. */
    private byte[] discovery() {
        byte[] packet = noise(oneIn(4) ? 60 + below(6) : 72);
        packet[0] = 0x60;
        packet[6] = 0x3a;
        System.arraycopy(ip(true), 0, packet, 8, 16);
        System.arraycopy(ip(true), 0, packet, 24, 16);
        packet[40] = (byte) (oneIn(2) ? 0x87 : 0x88);
        byte[] target = ip(true);
        System.arraycopy(target, 0, packet, 48, Math.min(16, packet.length - 48));
        return packet;
    }

    private byte[] arp() {
        byte[] packet = noise(28);
        System.arraycopy(ip(false), 0, packet, 14, 4);
        System.arraycopy(ip(false), 0, packet, 24, 4);
        return packet;
    }

    private byte[] upper(int protocol) {
        byte[] bytes = noise(oneIn(6) ? below(5) : 4 + below(40));
        if (bytes.length >= 4) {
            if (protocol == 1 || protocol == 0x3a) {
                bytes[0] = (byte) of(ICMP_TYPES);
                bytes[1] = (byte) below(2);
            } else {
                BigEndian.setU16(bytes, 0, of(PORTS));
                BigEndian.setU16(bytes, 2, of(PORTS));
            }
        }
        return bytes;
    }
}
