// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;

/**
 * A rule table laid out for evaluation. It holds every type of both protocol generations, allocates nothing while it
 * evaluates, and is immutable: any number of lanes may use it at once.
 *
 * <p>A table is a row of matches and actions. Matches narrow a set that starts out as everything; an action is taken if
 * the set in front of it holds the frame, and starts a new set in any case.
 */
public final class CompiledRules {
    private static final int NOT = 0x80;
    private static final int OR = 0x40;
    /** Longs of an entry in {@link #code}. */
    private static final int WORDS = 4;

    private static final int TYPE_SHIFT = 8;
    private static final int OTHERWISE_SHIFT = 32;
    private static final byte OTHER = -1;
    private static final byte ACTION = -2;
    private static final long[] NO_FACTS = {};

    // What a match says before it is inverted.
    private static final int NO = 0;
    private static final int YES = 1;
    /** The match does not apply to this frame. */
    private static final int NOT_APPLICABLE = 2;
    /** A tag needed for it is not known here; the other side will judge. */
    private static final int LENIENT = 3;
    /** True even when inverted. */
    private static final int FORCED = 4;

    private static final long CHARACTERISTIC_INBOUND = 1L << 63;
    private static final long CHARACTERISTIC_MULTICAST = 1L << 62;
    private static final long CHARACTERISTIC_BROADCAST = 1L << 61;
    private static final long CHARACTERISTIC_IP_AUTHENTICATED = 1L << 60;
    private static final long CHARACTERISTIC_MAC_AUTHENTICATED = 1L << 59;
    private static final long CHARACTERISTIC_TCP = 0xfff;

    private final RuleTable table;
    private final RuleDialect dialect;
    private final byte[] types;

    /** Null where the type number is unknown. */
    private final @Nullable RuleType[] known;

    /**
     * For a match that compares one number of the frame: which, an index into {@link FilterFrame#facts}; else {@link
     * #OTHER} or, for an action, {@link #ACTION}.
     */
    private final byte[] compares;

    /** Where to go on when the set in front has become empty: see {@link #wayOut}. */
    private final int[] otherwise;

    /**
     * What evaluation reads of each entry, side by side: mask, least value, how far the greatest is above it, and {@link
     * #shape}.
     */
    private final long[] code;

    // The numbers of the rule. For a match that compares: mask, least and greatest value.
    private final long[] first;
    private final long[] second;
    private final long[] third;
    private final int[] fourth;
    private final boolean dependsOnEachPacket;
    private final boolean comparesNothing;
    private final boolean looksAtTags;
    private final int contentHash;

    private CompiledRules(RuleTable table, RuleDialect dialect) {
        List<Rule> rules = table.rules();
        int count = rules.size();
        this.table = table;
        this.dialect = dialect;
        types = new byte[count];
        known = new @Nullable RuleType[count];
        first = new long[count];
        second = new long[count];
        third = new long[count];
        fourth = new int[count];
        compares = new byte[count];
        otherwise = new int[count];
        for (int i = 0; i < count; i++) {
            compile(i, rules.get(i));
        }
        for (int i = 0; i < count; i++) {
            otherwise[i] = wayOut(i);
        }
        code = new long[count * WORDS];
        for (int i = 0; i < count; i++) {
            // A range whose end lies before its start holds nothing: nothing masked with 0 is 1.
            boolean empty = third[i] < second[i];
            code[i * WORDS] = empty ? 0 : first[i];
            code[i * WORDS + 1] = empty ? 1 : second[i];
            code[i * WORDS + 2] = (empty ? 0 : third[i] - second[i]) + Long.MIN_VALUE;
            code[i * WORDS + 3] = shape(i);
        }
        dependsOnEachPacket = looksAtEachPacket();
        looksAtTags = anyTagMatch();
        comparesNothing = comparesNothing();
        contentHash = rules.hashCode();
    }

    /** Compiles for the generation that nodes evaluate. */
    public static CompiledRules of(RuleTable table) {
        return of(table, RuleDialect.PROTOCOL_12);
    }

    public static CompiledRules of(RuleTable table, RuleDialect dialect) {
        return new CompiledRules(table, dialect);
    }

    /** The same for equal tables. */
    int contentHash() {
        return contentHash;
    }

    /** Whether it begins with an action that accepts whatever comes. */
    boolean acceptsAll() {
        return known.length > 0 && known[0] == RuleType.ACCEPT;
    }

    /** What it was compiled from. */
    public RuleTable table() {
        return table;
    }

    private void compile(int i, Rule rule) {
        types[i] = (byte) (rule.typeId() | (rule.not() ? NOT : 0) | (rule.or() ? OR : 0));
        compares[i] = rule.action() ? ACTION : OTHER;
        RuleType type = rule.type();
        boolean newer = dialect == RuleDialect.PROTOCOL_12;
        if (type == null || (!newer && (type == RuleType.PRIORITY || type == RuleType.INTEGER_RANGE))) {
            return;
        }
        known[i] = type;
        List<RuleField> fields = type.fields();
        switch (type) {
            case DROP, ACCEPT, BREAK, PRIORITY -> {}
            case SOURCE_ADDRESS -> equal(i, FilterFrame.SOURCE, rule.bits(type, 0));
            case DESTINATION_ADDRESS -> equal(i, FilterFrame.DESTINATION, rule.bits(type, 0));
            case VLAN_ID -> equal(i, FilterFrame.VLAN_ID, rule.bits(type, 0));
            case VLAN_PCP, VLAN_DEI -> equal(i, FilterFrame.ZERO, rule.bits(type, 0));
            case MAC_SOURCE -> equal(i, FilterFrame.SOURCE_MAC, rule.bits(type, 0));
            case MAC_DESTINATION -> equal(i, FilterFrame.DESTINATION_MAC, rule.bits(type, 0));
            case IPV4_SOURCE, IPV4_DESTINATION -> {
                int bits = Math.min(rule.prefixBits(fields.getFirst()), 32);
                long mask = bits == 0 ? 0 : -1L << (32 - bits) & 0xffff_ffffL;
                long network = rule.ip(fields.getFirst()).low() & mask;
                boolean source = type == RuleType.IPV4_SOURCE;
                within(i, source ? FilterFrame.IPV4_SOURCE : FilterFrame.IPV4_DESTINATION, mask, network, network);
            }
            case IP_TOS ->
                within(i, FilterFrame.SERVICE_CLASS, rule.bits(type, 0), rule.bits(type, 1), rule.bits(type, 2));
            case IP_PROTOCOL -> equal(i, FilterFrame.PROTOCOL, rule.bits(type, 0));
            case ETHERTYPE -> equal(i, FilterFrame.ETHER_TYPE, rule.bits(type, 0));
            case SOURCE_PORT_RANGE -> within(i, FilterFrame.SOURCE_PORT, -1, rule.bits(type, 0), rule.bits(type, 1));
            case DESTINATION_PORT_RANGE ->
                within(i, FilterFrame.DESTINATION_PORT, -1, rule.bits(type, 0), rule.bits(type, 1));
            case FRAME_SIZE_RANGE -> within(i, FilterFrame.LENGTH, -1, rule.bits(type, 0), rule.bits(type, 1));
            case IPV6_SOURCE, IPV6_DESTINATION -> {
                Ip ip = rule.ip(fields.getFirst());
                first[i] = ip.high();
                second[i] = ip.low();
                third[i] = Math.min(rule.prefixBits(fields.getFirst()), 128);
            }
            case INTEGER_RANGE -> {
                first[i] = rule.bits(type, 0);
                // The width of a range is kept as 32 bits by every member, so wider ones wrap here too.
                second[i] = rule.bits(type, 0) + (rule.bits(type, 1) - rule.bits(type, 0) & 0xffff_ffffL);
                third[i] = rule.bits(type, 2);
                fourth[i] = (int) rule.bits(type, 3);
            }
            case TEE,
                    WATCH,
                    REDIRECT,
                    ICMP,
                    CHARACTERISTICS,
                    RANDOM,
                    TAGS_DIFFERENCE,
                    TAGS_BITWISE_AND,
                    TAGS_BITWISE_OR,
                    TAGS_BITWISE_XOR,
                    TAGS_EQUAL,
                    TAG_SENDER,
                    TAG_RECEIVER -> {
                first[i] = rule.bits(type, 0);
                second[i] = fields.size() > 1 ? rule.bits(type, 1) : 0;
                third[i] = fields.size() > 2 ? rule.bits(type, 2) : 0;
            }
        }
    }

    private void equal(int i, byte fact, long value) {
        within(i, fact, -1, value, value);
    }

    private void within(int i, byte fact, long mask, long least, long greatest) {
        compares[i] = fact;
        first[i] = mask;
        second[i] = least;
        third[i] = greatest;
    }

    /**
     * Where evaluation goes on when match {@code i} has left nothing in the set: the next match that is joined with OR, or
     * the action that ends the set, both as {@code ~index} because the set is still empty there; or the entry after that
     * action, where a new set begins, if the action would do nothing but that.
     */
    private int wayOut(int i) {
        for (int next = i + 1; next < types.length; next++) {
            if (compares[next] == ACTION) {
                return copies(known[next]) ? ~next : next + 1;
            }
            if ((types[next] & OR) != 0) {
                return ~next;
            }
        }
        return types.length;
    }

    /** Bits 0 to 7: {@link #compares}; 8 to 15: type and flags; 32 to 63: {@link #otherwise}. */
    private long shape(int i) {
        return compares[i] & 0xff | (types[i] & 0xff) << TYPE_SHIFT | (long) otherwise[i] << OTHERWISE_SHIFT;
    }

    private boolean comparesNothing() {
        for (byte fact : compares) {
            if (fact >= 0) {
                return false;
            }
        }
        return true;
    }

    private boolean anyTagMatch() {
        for (RuleType type : known) {
            if (type != null
                    && type.compareTo(RuleType.TAGS_DIFFERENCE) >= 0
                    && type.compareTo(RuleType.TAG_RECEIVER) <= 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether it compares tags, of either side. */
    public boolean looksAtTags() {
        return looksAtTags;
    }

    private boolean looksAtEachPacket() {
        for (int i = 0; i < known.length; i++) {
            RuleType type = known[i];
            boolean differs = type == RuleType.FRAME_SIZE_RANGE
                    || type == RuleType.RANDOM
                    || type == RuleType.INTEGER_RANGE
                    || type == RuleType.CHARACTERISTICS && (first[i] & CHARACTERISTIC_TCP) != 0;
            if (differs) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether packets of one TCP or UDP flow, with the same headers but for lengths, sequence numbers, TCP flags and
     * checksums, may get different verdicts in the same scope: the table matches sizes, TCP flags, any bytes of the
     * payload, or at random.
     */
    public boolean dependsOnEachPacket() {
        return dependsOnEachPacket;
    }

    /**
     * Judges one frame.
     *
     * @param remote what is known of the other side; {@link FilterSide#UNKNOWN} when there is no record of it
     * @param random asked only by the match of that name
     * @param out overwritten with the result; its verdict is returned too
     */
    public Verdict evaluate(
            FilterFrame frame, FilterScope scope, FilterSide remote, RandomGenerator random, FilterResult out) {
        out.reset(frame.destination());
        boolean newer = dialect == RuleDialect.PROTOCOL_12;
        long[] facts = comparesNothing ? NO_FACTS : frame.facts();
        boolean match = true;
        boolean superAccept = false;
        boolean skipDrop = false;
        long[] entries = code;
        int i = 0;
        for (int at = 0; at < entries.length; at = i * WORDS) {
            long shape = entries[at + 3];
            int type = (byte) (shape >>> TYPE_SHIFT);
            int compared = (byte) shape;
            boolean holds;
            if (compared >= 0) {
                long fact = facts[compared];
                boolean not = type < 0;
                if (fact >= 0) {
                    long above = (fact & entries[at]) - entries[at + 1] + Long.MIN_VALUE;
                    holds = above <= entries[at + 2] != not; // as unsigned numbers
                } else {
                    holds = not && (!newer || fact == FilterFrame.FALSE);
                }
            } else if (compared == ACTION) {
                RuleType kind = known[i];
                if (!match) {
                    superAccept |= frame.inbound() && copies(kind) && first[i] == scope.self();
                    match = true;
                } else if (kind == RuleType.DROP && skipDrop) {
                    skipDrop = false;
                } else if (kind != null && act(i, kind, frame, scope, superAccept, out)) {
                    out.rule = i;
                    return out.verdict;
                }
                i++;
                continue;
            } else {
                int said = test(i, known[i], frame, scope, remote, random, superAccept);
                boolean not = type < 0;
                if (newer) {
                    skipDrop |= said == LENIENT;
                    holds = said >= LENIENT || (said != NOT_APPLICABLE && (said == YES) != not);
                } else {
                    holds = (said != NO && said != NOT_APPLICABLE) != not;
                }
            }
            // Matches joined with AND are only come to while the set holds the frame.
            match = holds || (match && (type & OR) != 0);
            if (match) {
                i++;
            } else {
                int next = (int) (shape >> OTHERWISE_SHIFT);
                match = next >= 0;
                i = match ? next : ~next;
            }
        }
        return out.verdict;
    }

    private static boolean copies(@Nullable RuleType kind) {
        return kind == RuleType.TEE || kind == RuleType.WATCH || kind == RuleType.REDIRECT;
    }

    /** Takes an action whose set holds the frame; answers whether the table ends with it. */
    private boolean act(
            int i, RuleType kind, FilterFrame frame, FilterScope scope, boolean superAccept, FilterResult out) {
        switch (kind) {
            case DROP -> out.verdict = Verdict.DROP;
            case ACCEPT -> out.verdict = superAccept ? Verdict.SUPER_ACCEPT : Verdict.ACCEPT;
            case BREAK -> out.verdict = Verdict.NO_MATCH;
            // Its queue number is not transmitted, so all that is left of it is that it accepts.
            case PRIORITY -> out.verdict = Verdict.ACCEPT;
            case TEE, WATCH, REDIRECT -> {
                long target = first[i];
                if (target == frame.source()) {
                    return false;
                }
                if (target == scope.self()) {
                    if (!frame.inbound()) {
                        return false;
                    }
                    out.verdict = Verdict.SUPER_ACCEPT;
                    return true;
                }
                if (target == out.destination) {
                    return false;
                }
                if (kind == RuleType.REDIRECT) {
                    out.destination = target;
                    out.verdict = Verdict.REDIRECT;
                    return true;
                }
                out.copyTo = target;
                int length = (int) third[i];
                out.copyLength = length == 0 ? frame.length() : Math.min(frame.length(), length);
                out.copyWatched = kind == RuleType.WATCH;
                out.copyRule = i;
                return false;
            }
            default -> throw new AssertionError(kind + " is no action");
        }
        return true;
    }

    private int test(
            int i,
            @Nullable RuleType kind,
            FilterFrame frame,
            FilterScope scope,
            FilterSide remote,
            RandomGenerator random,
            boolean superAccept) {
        if (kind == null) {
            return is(scope.unknownMatches());
        }
        return switch (kind) {
            case IPV6_SOURCE -> ipv6(i, frame, 8);
            case IPV6_DESTINATION -> ipv6(i, frame, 24);
            case ICMP -> icmp(i, frame);
            case CHARACTERISTICS -> is((characteristics(first[i], frame, scope, remote) & first[i]) != 0);
            case RANDOM -> is((random.nextInt() & 0xffff_ffffL) <= first[i]);
            case TAGS_DIFFERENCE, TAGS_BITWISE_AND, TAGS_BITWISE_OR, TAGS_BITWISE_XOR, TAGS_EQUAL ->
                bothTags(i, kind, frame, scope, remote, superAccept);
            case TAG_SENDER -> oneTag(i, frame, frame.inbound(), scope, remote, superAccept);
            case TAG_RECEIVER -> oneTag(i, frame, !frame.inbound(), scope, remote, superAccept);
            case INTEGER_RANGE -> integerRange(i, frame);
            case DROP,
                    ACCEPT,
                    TEE,
                    WATCH,
                    REDIRECT,
                    BREAK,
                    PRIORITY,
                    SOURCE_ADDRESS,
                    DESTINATION_ADDRESS,
                    VLAN_ID,
                    VLAN_PCP,
                    VLAN_DEI,
                    MAC_SOURCE,
                    MAC_DESTINATION,
                    IPV4_SOURCE,
                    IPV4_DESTINATION,
                    IP_TOS,
                    IP_PROTOCOL,
                    ETHERTYPE,
                    SOURCE_PORT_RANGE,
                    DESTINATION_PORT_RANGE,
                    FRAME_SIZE_RANGE -> throw new AssertionError(kind + " is no match, or one that compares");
        };
    }

    private static int is(boolean holds) {
        return holds ? YES : NO;
    }

    private int ipv6(int i, FilterFrame frame, int at) {
        if (!frame.ipv6()) {
            return NOT_APPLICABLE;
        }
        int bits = (int) third[i];
        long highMask = bits >= 64 ? -1 : bits == 0 ? 0 : -1L << (64 - bits);
        long lowMask = bits <= 64 ? 0 : -1L << (128 - bits);
        // The rule's own address is not masked: with host bits set it matches nothing, at every other member too.
        return is((frame.u64(at) & highMask) == first[i] && (frame.u64(at + 8) & lowMask) == second[i]);
    }

    private int icmp(int i, FilterFrame frame) {
        int protocol = frame.protocol();
        if (frame.ipv4() ? protocol != 1 : protocol != FilterFrame.ICMPV6) {
            return NOT_APPLICABLE;
        }
        int at = frame.transport();
        if (at >= frame.length() || frame.u8(at) != first[i]) {
            return NOT_APPLICABLE;
        }
        boolean codeCounts = (second[i] & 1) != 0;
        if (!codeCounts) {
            // The newer generation ignores NOT here; the older one inverts.
            return FORCED;
        }
        return is(frame.u8(at + 1) == second[i] >>> 8);
    }

    private int bothTags(
            int i, RuleType kind, FilterFrame frame, FilterScope scope, FilterSide remote, boolean superAccept) {
        long here = scope.own().tags().value((int) first[i]);
        if (here == TagSet.ABSENT) {
            return NOT_APPLICABLE;
        }
        long there = remote.tags().value((int) first[i]);
        if (there == TagSet.ABSENT) {
            return frame.inbound() && !superAccept ? NOT_APPLICABLE : LENIENT;
        }
        long wanted = second[i];
        if (kind == RuleType.TAGS_DIFFERENCE) {
            return is(Math.abs(here - there) <= wanted);
        }
        if (kind == RuleType.TAGS_BITWISE_AND) {
            return is((here & there) == wanted);
        }
        if (kind == RuleType.TAGS_BITWISE_OR) {
            return is((here | there) == wanted);
        }
        if (kind == RuleType.TAGS_BITWISE_XOR) {
            return is((here ^ there) == wanted);
        }
        return is(here == wanted && there == wanted);
    }

    /** {@code ofRemote}: the tag asked for is the other side's, not this node's own. */
    private int oneTag(
            int i, FilterFrame frame, boolean ofRemote, FilterScope scope, FilterSide remote, boolean superAccept) {
        if (superAccept) {
            return LENIENT;
        }
        FilterSide holder = ofRemote ? remote : scope.own();
        long value = holder.tags().value((int) first[i]);
        if (value != TagSet.ABSENT) {
            return is(value == second[i]);
        }
        return ofRemote && !frame.inbound() ? LENIENT : NOT_APPLICABLE;
    }

    private int integerRange(int i, FilterFrame frame) {
        int bits = (fourth[i] & 63) + 1;
        boolean littleEndian = (fourth[i] & 0x80) != 0;
        int count = (bits + 7) / 8;
        int at = (int) third[i] + (littleEndian ? 0 : 8 - count);
        long number = 0;
        if (at + count <= frame.length()) {
            for (int k = 0; k < count; k++) {
                number = number << 8 | frame.u8(littleEndian ? at + count - 1 - k : at + k);
            }
            number = littleEndian ? number >>> (count * 8 - bits) : number & (-1L >>> (64 - bits));
        }
        return is(Long.compareUnsigned(number, first[i]) >= 0 && Long.compareUnsigned(number, second[i]) <= 0);
    }

    /** The frame's characteristics, as far as {@code wanted} asks for them. */
    private long characteristics(long wanted, FilterFrame frame, FilterScope scope, FilterSide remote) {
        long bits = frame.inbound() ? CHARACTERISTIC_INBOUND : 0;
        if (Mac.multicast(frame.destinationMac())) {
            bits |= CHARACTERISTIC_MULTICAST;
        }
        if (frame.destinationMac() == Mac.BROADCAST.bits()) {
            bits |= CHARACTERISTIC_BROADCAST;
        }
        OwnedAddresses owned = (frame.inbound() ? remote : scope.own()).owned();
        if ((wanted & CHARACTERISTIC_IP_AUTHENTICATED) != 0 && senderAuthentic(frame, scope, owned)) {
            bits |= CHARACTERISTIC_IP_AUTHENTICATED;
        }
        if ((wanted & CHARACTERISTIC_MAC_AUTHENTICATED) != 0 && owned.ownsMac(frame.sourceMac())) {
            bits |= CHARACTERISTIC_MAC_AUTHENTICATED;
        }
        if ((wanted & CHARACTERISTIC_TCP) != 0 && frame.protocol() == 6) {
            int at = frame.transport();
            if (frame.ipv4() || frame.length() > at + 14) {
                bits |= (frame.u8(at + 12) & 0x0f) << 8 | frame.u8(at + 13);
            }
        }
        return bits;
    }

    private boolean senderAuthentic(FilterFrame frame, FilterScope scope, OwnedAddresses owned) {
        if (frame.ipv4()) {
            return owned.ownsIpv4(frame.i32(12));
        }
        if (frame.etherType() == FilterFrame.ARP && frame.length() >= 28) {
            return owned.ownsIpv4(frame.i32(14));
        }
        if (!frame.ipv6()) {
            return false;
        }
        int at = 8;
        if (frame.length() >= 64 && frame.u8(6) == FilterFrame.ICMPV6) {
            if (frame.u8(40) == 0x87) {
                return true; // a neighbour solicitation claims nothing
            }
            if (frame.u8(40) == 0x88) {
                at = 48; // a neighbour advertisement claims its target
            }
        }
        long high = frame.u64(at);
        long low = frame.u64(at + 8);
        return owned.ownsIpv6(high, low)
                || (frame.inbound() && dialect == RuleDialect.PROTOCOL_12 && scope.derived(high, low));
    }
}
