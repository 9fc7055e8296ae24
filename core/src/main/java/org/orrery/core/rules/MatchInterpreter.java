// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.random.RandomGenerator;
import org.orrery.core.rules.MatchFinding.Answer;
import org.orrery.core.value.Hex;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;

/**
 * Compares one match with a frame and says in words what it found: the slow twin of {@link CompiledRules}, for
 * explanations. It reads rules field by field. One evaluation of one table.
 *
 * @param remote what is known of the other side
 * @param text how tags and numbers are called
 */
record MatchInterpreter(
        FilterFrame frame,
        FilterScope scope,
        FilterSide remote,
        RandomGenerator random,
        RuleDialect dialect,
        RuleText text) {
    private static final int SCTP = 132;
    private static final int UDP_LITE = 136;

    /** @param superAccept whether a copy or redirection to this node itself was passed over before */
    MatchFinding find(Rule rule, boolean superAccept) {
        RuleType type = rule.type();
        boolean newer = dialect == RuleDialect.PROTOCOL_12;
        if (type == null || (!newer && type == RuleType.INTEGER_RANGE)) {
            return MatchFinding.of(
                    scope.unknownMatches(),
                    "nobody knows match " + rule.typeId() + "; the network says that such count as "
                            + scope.unknownMatches());
        }
        long first = type.fields().getFirst().width() > 8 ? 0 : rule.bits(type, 0);
        return switch (type) {
            case SOURCE_ADDRESS -> address("sender", frame.source(), first);
            case DESTINATION_ADDRESS -> address("recipient", frame.destination(), first);
            case VLAN_ID ->
                MatchFinding.compared(frame.vlanId() == first, "VLAN", "" + frame.vlanId(), Long.toString(first));
            case VLAN_PCP -> MatchFinding.compared(first == 0, "VLAN priority", "0", Long.toString(first));
            case VLAN_DEI -> MatchFinding.compared(first == 0, "VLAN drop eligibility", "0", Long.toString(first));
            case MAC_SOURCE -> mac("source MAC", frame.sourceMac(), first);
            case MAC_DESTINATION -> mac("destination MAC", frame.destinationMac(), first);
            case IPV4_SOURCE, IPV4_DESTINATION, IPV6_SOURCE, IPV6_DESTINATION -> ip(rule, type);
            case IP_TOS -> typeOfService(rule, type);
            case IP_PROTOCOL ->
                frame.protocol() < 0
                        ? noIp()
                        : MatchFinding.compared(
                                frame.protocol() == first,
                                "IP protocol",
                                RuleText.protocol(frame.protocol()),
                                RuleText.protocol(first));
            case ETHERTYPE ->
                MatchFinding.compared(
                        frame.etherType() == first,
                        "ether type",
                        RuleText.etherType(frame.etherType()),
                        RuleText.etherType(first));
            case ICMP -> icmp(rule, type);
            case SOURCE_PORT_RANGE -> port(rule, type, "source port", 0);
            case DESTINATION_PORT_RANGE -> port(rule, type, "destination port", 2);
            case CHARACTERISTICS -> characteristics(first);
            case FRAME_SIZE_RANGE -> {
                long last = rule.bits(type, 1);
                yield MatchFinding.compared(
                        frame.length() >= first && frame.length() <= last,
                        "frame size",
                        "" + frame.length(),
                        RuleText.range(first, last, Long::toString));
            }
            case RANDOM -> {
                long drawn = random.nextInt() & 0xffff_ffffL;
                yield MatchFinding.of(
                        drawn <= first,
                        "chance drew " + RuleText.share(drawn) + (drawn <= first ? ", at most " : ", more than ")
                                + RuleText.share(first));
            }
            case TAGS_DIFFERENCE, TAGS_BITWISE_AND, TAGS_BITWISE_OR, TAGS_BITWISE_XOR, TAGS_EQUAL ->
                bothTags(rule, type, superAccept);
            case TAG_SENDER -> oneTag(rule, type, true, superAccept);
            case TAG_RECEIVER -> oneTag(rule, type, false, superAccept);
            case INTEGER_RANGE -> integer(rule, type);
            case DROP, ACCEPT, TEE, WATCH, REDIRECT, BREAK, PRIORITY -> throw new AssertionError(type + " is no match");
        };
    }

    private static MatchFinding address(String who, long is, long wanted) {
        return MatchFinding.compared(
                is == wanted, who, is == 0 ? "nobody in particular" : Hex.of(is, 10), Hex.of(wanted, 10));
    }

    private static MatchFinding mac(String which, long is, long wanted) {
        return MatchFinding.compared(is == wanted, which, Mac.toString(is), Mac.toString(wanted));
    }

    private MatchFinding noIp() {
        return MatchFinding.notApplicable(
                frame.etherType() == FilterFrame.IPV4 || frame.etherType() == FilterFrame.IPV6
                        ? "the IP header is not complete"
                        : "no IP packet: ether type is " + RuleText.etherType(frame.etherType()));
    }

    private MatchFinding ip(Rule rule, RuleType type) {
        RuleField field = type.fields().getFirst();
        boolean v6 = field.kind() == RuleField.Kind.IPV6_PREFIX;
        if (v6 ? !frame.ipv6() : !frame.ipv4()) {
            return MatchFinding.notApplicable(
                    "no " + (v6 ? "IPv6" : "IPv4") + " packet: ether type is " + RuleText.etherType(frame.etherType()));
        }
        boolean source = type == RuleType.IPV4_SOURCE || type == RuleType.IPV6_SOURCE;
        Ip is = address(v6, v6 ? (source ? 8 : 24) : source ? 12 : 16);
        Ip wanted = rule.ip(field);
        int bits = Math.min(rule.prefixBits(field), wanted.width());
        Ip network = is.masked(bits);
        boolean holds = network.equals(v6 ? wanted : wanted.masked(bits));
        String name = (source ? "source " : "destination ") + (v6 ? "IPv6" : "IPv4");
        boolean hostBits = v6 && !wanted.masked(bits).equals(wanted);
        return hostBits
                ? MatchFinding.of(
                        false, name + " is " + is + "; a prefix with bits set behind its length matches nothing")
                : MatchFinding.compared(holds, name, is.toString(), "in " + wanted + "/" + bits);
    }

    private Ip address(boolean v6, int at) {
        return v6 ? Ip.v6(frame.u64(at), frame.u64(at + 8)) : Ip.v4(frame.i32(at));
    }

    private MatchFinding typeOfService(Rule rule, RuleType type) {
        if (!frame.ipv4() && !frame.ipv6()) {
            return noIp();
        }
        int field = frame.ipv4() ? frame.u8(1) : (frame.u8(0) & 0x0f) << 4 | frame.u8(1) >>> 4;
        long masked = field & rule.bits(type, 0);
        long start = rule.bits(type, 1);
        long end = rule.bits(type, 2);
        return MatchFinding.compared(
                masked >= start && masked <= end,
                "type of service",
                "0x" + Hex.of(field, 2) + ", masked 0x" + Hex.of(masked, 2),
                RuleText.range(start, end, bits -> "0x" + Hex.of(bits, 2)));
    }

    private MatchFinding icmp(Rule rule, RuleType type) {
        int protocol = frame.protocol();
        boolean icmp = frame.ipv4() ? protocol == 1 : protocol == FilterFrame.ICMPV6;
        if (!icmp) {
            return protocol < 0
                    ? noIp()
                    : MatchFinding.notApplicable("no ICMP: IP protocol is " + RuleText.protocol(protocol));
        }
        int at = frame.transport();
        if (at >= frame.length()) {
            return MatchFinding.notApplicable("the ICMP header is missing");
        }
        long wanted = rule.bits(type, 0);
        int is = frame.u8(at);
        if (is != wanted) {
            return MatchFinding.notApplicable("ICMP type is " + is + ", not " + wanted);
        }
        long code = rule.bits(type, 1);
        if ((code & 1) == 0) {
            return new MatchFinding(Answer.YES_DESPITE_NOT, "ICMP type is " + is);
        }
        return MatchFinding.compared(
                frame.u8(at + 1) == code >>> 8,
                "ICMP type is " + is + ", code",
                "" + frame.u8(at + 1),
                Long.toString(code >>> 8));
    }

    private MatchFinding port(Rule rule, RuleType type, String name, int at) {
        int protocol = frame.protocol();
        if (protocol < 0) {
            return noIp();
        }
        if (protocol != 6 && protocol != 17 && protocol != SCTP && protocol != UDP_LITE) {
            return MatchFinding.of(false, "no ports: IP protocol is " + RuleText.protocol(protocol));
        }
        if (frame.length() <= frame.transport() + 4) {
            return MatchFinding.of(false, "the frame ends before its ports");
        }
        int is = frame.u16(frame.transport() + at);
        if (is == 0 && !frame.ipv4()) {
            return MatchFinding.of(false, name + " is 0, which no rule matches in IPv6");
        }
        long start = rule.bits(type, 0);
        long end = rule.bits(type, 1);
        return MatchFinding.compared(
                is >= start && is <= end, name, "" + is, RuleText.range(start, end, Long::toString));
    }

    // ---------------------------------------------------------------- tags

    private MatchFinding bothTags(Rule rule, RuleType type, boolean superAccept) {
        int id = (int) rule.bits(type, 0);
        String tag = text.names().tag(id);
        long here = scope.own().tags().value(id);
        String self = frame.inbound() ? "receiver" : "sender";
        String other = frame.inbound() ? "sender" : "receiver";
        if (here == TagSet.ABSENT) {
            return MatchFinding.notApplicable(self + " has no tag " + tag);
        }
        long there = remote.tags().value(id);
        if (there == TagSet.ABSENT) {
            return frame.inbound() && !superAccept
                    ? MatchFinding.notApplicable(other + " has shown no tag " + tag)
                    : left(other + " has shown no tag " + tag, superAccept);
        }
        long wanted = rule.bits(type, 1);
        String values = "tag " + tag + " is " + text.names().value(id, here) + " here, "
                + text.names().value(id, there) + " there";
        return switch (type) {
            case TAGS_DIFFERENCE ->
                MatchFinding.of(Math.abs(here - there) <= wanted, values + ": " + Math.abs(here - there) + " apart");
            case TAGS_BITWISE_AND -> combined((here & there) == wanted, values, "and", here & there);
            case TAGS_BITWISE_OR -> combined((here | there) == wanted, values, "or", here | there);
            case TAGS_BITWISE_XOR -> combined((here ^ there) == wanted, values, "xor", here ^ there);
            default -> MatchFinding.of(here == wanted && there == wanted, values);
        };
    }

    private static MatchFinding combined(boolean holds, String values, String how, long result) {
        return MatchFinding.of(holds, values + ": " + how + " gives " + result);
    }

    private MatchFinding oneTag(Rule rule, RuleType type, boolean ofSender, boolean superAccept) {
        int id = (int) rule.bits(type, 0);
        String holder = ofSender ? "sender" : "receiver";
        String tag = text.names().tag(id);
        if (superAccept) {
            return left("tag " + tag + " of the " + holder, true);
        }
        boolean ofRemote = ofSender == frame.inbound();
        long value = (ofRemote ? remote : scope.own()).tags().value(id);
        if (value != TagSet.ABSENT) {
            long wanted = rule.bits(type, 1);
            return MatchFinding.compared(
                    value == wanted,
                    holder + "'s tag " + tag,
                    text.names().value(id, value),
                    text.names().value(id, wanted));
        }
        return ofRemote && !frame.inbound()
                ? left(holder + " has shown no tag " + tag, false)
                : MatchFinding.notApplicable(holder + (ofRemote ? " has shown no tag " : " has no tag ") + tag);
    }

    private static MatchFinding left(String what, boolean superAccept) {
        return new MatchFinding(
                Answer.LEFT_TO_OTHER_SIDE,
                what + (superAccept ? " does not count for a copy to this node" : "; receiver decides"));
    }

    // ---------------------------------------------------------------- bytes and characteristics

    private MatchFinding integer(Rule rule, RuleType type) {
        long start = rule.bits(type, 0);
        // The width of a range is kept as 32 bits by every member, so wider ones wrap here too.
        long end = start + (rule.bits(type, 1) - start & 0xffff_ffffL);
        int format = (int) rule.bits(type, 3);
        int bits = (format & 63) + 1;
        boolean little = (format & 0x80) != 0;
        int count = (bits + 7) / 8;
        int at = (int) rule.bits(type, 2) + (little ? 0 : 8 - count);
        long number = 0;
        if (at + count <= frame.length()) {
            for (int i = 0; i < count; i++) {
                number |= (long) frame.u8(at + i) << 8 * (little ? i : count - 1 - i);
            }
            if (little) {
                number >>>= count * 8 - bits;
            } else if (bits < 64) {
                number &= (1L << bits) - 1;
            }
        }
        boolean holds = Long.compareUnsigned(number, start) >= 0 && Long.compareUnsigned(number, end) <= 0;
        return MatchFinding.compared(
                holds,
                at + count <= frame.length() ? "integer at byte " + at : "integer behind the frame's end",
                "0x" + Long.toHexString(number),
                RuleText.range(start, end, value -> "0x" + Long.toHexString(value)));
    }

    private MatchFinding characteristics(long wanted) {
        long has = 0;
        for (int bit = 0; bit < 64; bit++) {
            has |= (wanted >>> bit & 1) != 0 && has(bit) ? 1L << bit : 0;
        }
        String missing = RuleText.characteristics(wanted & ~has);
        return MatchFinding.of(
                has != 0, has != 0 ? "frame is " + RuleText.characteristics(has) : "frame is not " + missing);
    }

    private boolean has(int bit) {
        return switch (bit) {
            case 63 -> frame.inbound();
            case 62 -> Mac.multicast(frame.destinationMac());
            case 61 -> frame.destinationMac() == Mac.BROADCAST.bits();
            case 60 -> senderIpOwned();
            case 59 -> senderOwned().ownsMac(frame.sourceMac());
            default -> bit < 12 && (tcpFlags() >>> bit & 1) != 0;
        };
    }

    private int tcpFlags() {
        int at = frame.transport();
        if (frame.protocol() != 6 || (!frame.ipv4() && frame.length() <= at + 14)) {
            return 0;
        }
        return (frame.u8(at + 12) & 0x0f) << 8 | frame.u8(at + 13);
    }

    private OwnedAddresses senderOwned() {
        return (frame.inbound() ? remote : scope.own()).owned();
    }

    private boolean senderIpOwned() {
        boolean neighbour = frame.ipv6() && frame.length() >= 64 && frame.u8(6) == FilterFrame.ICMPV6;
        if (neighbour && frame.u8(40) == 0x87) {
            return true;
        }
        if (frame.ipv4()) {
            return senderOwned().ownsIpv4(frame.i32(12));
        }
        if (frame.etherType() == FilterFrame.ARP && frame.length() >= 28) {
            return senderOwned().ownsIpv4(frame.i32(14));
        }
        if (!frame.ipv6()) {
            return false;
        }
        int at = neighbour && frame.u8(40) == 0x88 ? 48 : 8;
        boolean derived = frame.inbound()
                && dialect == RuleDialect.PROTOCOL_12
                && scope.derived(frame.u64(at), frame.u64(at + 8));
        return derived || senderOwned().ownsIpv6(frame.u64(at), frame.u64(at + 8));
    }
}
