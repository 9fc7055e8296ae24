// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.LongFunction;
import org.orrery.core.value.Hex;
import org.orrery.core.value.Mac;

/**
 * Rules in the words of the rule language, for people. Types that the language has no word for are spelled out in a way
 * that it would not compile. Immutable.
 *
 * @param names what tags and their values are called
 */
public record RuleText(TagNames names) {
    private static final Map<Long, String> ETHER_TYPES = Map.of(
            0x0800L, "ipv4",
            0x0806L, "arp",
            0x0842L, "wol",
            0x8035L, "rarp",
            0x86ddL, "ipv6",
            0x809bL, "atalk",
            0x80f3L, "aarp",
            0x8137L, "ipx_a",
            0x8138L, "ipx_b");

    /** The language reserves the plain word for the match of that name. */
    private static final Map<Long, String> PROTOCOLS = Map.ofEntries(
            Map.entry(1L, "icmp4"),
            Map.entry(2L, "igmp"),
            Map.entry(4L, "ipip"),
            Map.entry(6L, "tcp"),
            Map.entry(8L, "egp"),
            Map.entry(9L, "igp"),
            Map.entry(17L, "udp"),
            Map.entry(27L, "rdp"),
            Map.entry(50L, "esp"),
            Map.entry(51L, "ah"),
            Map.entry(58L, "icmp6"),
            Map.entry(115L, "l2tp"),
            Map.entry(132L, "sctp"),
            Map.entry(136L, "udplite"));

    private static final Map<Integer, String> CHARACTERISTICS = Map.ofEntries(
            Map.entry(63, "inbound"),
            Map.entry(62, "multicast"),
            Map.entry(61, "broadcast"),
            Map.entry(60, "ipauth"),
            Map.entry(59, "macauth"),
            Map.entry(11, "tcp_rs0"),
            Map.entry(10, "tcp_rs1"),
            Map.entry(9, "tcp_rs2"),
            Map.entry(8, "tcp_ns"),
            Map.entry(7, "tcp_cwr"),
            Map.entry(6, "tcp_ece"),
            Map.entry(5, "tcp_urg"),
            Map.entry(4, "tcp_ack"),
            Map.entry(3, "tcp_psh"),
            Map.entry(2, "tcp_rst"),
            Map.entry(1, "tcp_syn"),
            Map.entry(0, "tcp_fin"));

    /** Numbers only. */
    public static final RuleText PLAIN = new RuleText(TagNames.NONE);

    /** An ether type by name, else as {@code 0x88cc}. */
    public static String etherType(long type) {
        return ETHER_TYPES.getOrDefault(type, "0x" + Hex.of(type, 4));
    }

    /** An IP protocol by name, else its number. */
    public static String protocol(long protocol) {
        return PROTOCOLS.getOrDefault(protocol, Long.toString(protocol));
    }

    /** The names of a mask's bits, highest first, separated by commas; bits without a name by number. */
    public static String characteristics(long mask) {
        var text = new StringJoiner(",");
        for (int bit = 63; bit >= 0; bit--) {
            if ((mask >>> bit & 1) != 0) {
                text.add(CHARACTERISTICS.getOrDefault(bit, Integer.toString(bit)));
            }
        }
        return text.toString();
    }

    /**
     * A statement: an action with the matches in front of it, as {@code drop not ethertype ipv4 and not ethertype arp;}.
     *
     * @param rules matches, then at most one action; without one they decide nothing, which the text says
     */
    public String statement(List<Rule> rules) {
        List<String> words = new ArrayList<>();
        boolean acts = !rules.isEmpty() && rules.getLast().action();
        words.add(acts ? words(rules.getLast()) : "(no action)");
        List<Rule> matches = acts ? rules.subList(0, rules.size() - 1) : rules;
        for (int i = 0; i < matches.size(); i++) {
            words.add(match(matches.get(i), i == 0));
        }
        return String.join(" ", words) + ";";
    }

    /** A match with what joins it to those before it: {@code or}, {@code and}, or nothing for the first. */
    public String match(Rule rule, boolean first) {
        return (rule.or() ? "or " : first ? "" : "and ") + words(rule);
    }

    /** One rule without what joins it to others: {@code not dport 22}, {@code tee 128 38b0321504}. */
    public String words(Rule rule) {
        RuleType type = rule.type();
        if (type == null) {
            return (rule.action() ? "action " : not(rule) + "match ") + rule.typeId() + " (unknown)";
        }
        return (type.action() ? "" : not(rule)) + named(rule, type);
    }

    private static String not(Rule rule) {
        return rule.not() ? "not " : "";
    }

    private String named(Rule rule, RuleType type) {
        return switch (type) {
            case DROP, ACCEPT, BREAK, PRIORITY -> type.name().toLowerCase(Locale.ROOT);
            case TEE, WATCH -> {
                long length = rule.bits(type, 2);
                yield type.name().toLowerCase(Locale.ROOT) + " " + (length == 0xffff || length == 0 ? -1 : length) + " "
                        + Hex.of(rule.bits(type, 0), 10);
            }
            case REDIRECT -> "redirect " + Hex.of(rule.bits(type, 0), 10);
            case SOURCE_ADDRESS -> "ztsrc " + Hex.of(rule.bits(type, 0), 10);
            case DESTINATION_ADDRESS -> "ztdest " + Hex.of(rule.bits(type, 0), 10);
            case VLAN_ID -> "vlan " + rule.bits(type, 0);
            case VLAN_PCP -> "vlanpcp " + rule.bits(type, 0);
            case VLAN_DEI -> "vlandei " + rule.bits(type, 0);
            case MAC_SOURCE -> "macsrc " + Mac.toString(rule.bits(type, 0));
            case MAC_DESTINATION -> "macdest " + Mac.toString(rule.bits(type, 0));
            case IPV4_SOURCE, IPV6_SOURCE -> "ipsrc " + prefix(rule, type);
            case IPV4_DESTINATION, IPV6_DESTINATION -> "ipdest " + prefix(rule, type);
            case IP_TOS ->
                "iptos 0x" + Hex.of(rule.bits(type, 0), 2) + " " + range(rule, type, 1, bits -> "0x" + Hex.of(bits, 2));
            case IP_PROTOCOL -> "ipprotocol " + protocol(rule.bits(type, 0));
            case ETHERTYPE -> "ethertype " + etherType(rule.bits(type, 0));
            case ICMP -> {
                long code = rule.bits(type, 1);
                yield "icmp " + rule.bits(type, 0) + " " + ((code & 1) != 0 ? code >>> 8 : -1);
            }
            case SOURCE_PORT_RANGE -> "sport " + range(rule, type, 0, Long::toString);
            case DESTINATION_PORT_RANGE -> "dport " + range(rule, type, 0, Long::toString);
            case CHARACTERISTICS -> "chr " + characteristics(rule.bits(type, 0));
            case FRAME_SIZE_RANGE -> "framesize " + range(rule, type, 0, Long::toString);
            case RANDOM -> "random " + share(rule.bits(type, 0));
            case TAGS_DIFFERENCE -> "tdiff " + tag(rule, type, false);
            case TAGS_BITWISE_AND -> "tand " + tag(rule, type, false);
            case TAGS_BITWISE_OR -> "tor " + tag(rule, type, false);
            case TAGS_BITWISE_XOR -> "txor " + tag(rule, type, false);
            case TAGS_EQUAL -> "teq " + tag(rule, type, true);
            case TAG_SENDER -> "tseq " + tag(rule, type, true);
            case TAG_RECEIVER -> "treq " + tag(rule, type, true);
            case INTEGER_RANGE -> {
                long format = rule.bits(type, 3);
                yield "integer 0x" + Long.toHexString(rule.bits(type, 0)) + "-0x"
                        + Long.toHexString(rule.bits(type, 1)) + " of " + ((format & 63) + 1) + " bits at "
                        + rule.bits(type, 2)
                        + ((format & 0x80) != 0 ? " little-endian" : "");
            }
        };
    }

    private static String prefix(Rule rule, RuleType type) {
        RuleField field = type.fields().getFirst();
        return rule.ip(field) + "/"
                + Math.min(rule.prefixBits(field), rule.ip(field).width());
    }

    private static String range(Rule rule, RuleType type, int field, LongFunction<String> shown) {
        return range(rule.bits(type, field), rule.bits(type, field + 1), shown);
    }

    static String range(long start, long end, LongFunction<String> shown) {
        return start == end ? shown.apply(start) : shown.apply(start) + "-" + shown.apply(end);
    }

    /** A probability of 32 bits as a fraction. */
    static String share(long probability) {
        String digits = String.format(Locale.ROOT, "%.6f", probability / 4_294_967_295.0);
        return digits.replaceFirst("\\.?0+$", "");
    }

    private String tag(Rule rule, RuleType type, boolean isValue) {
        int id = (int) rule.bits(type, 0);
        long value = rule.bits(type, 1);
        return names.tag(id) + " " + (isValue ? names.value(id, value) : Long.toString(value));
    }
}
