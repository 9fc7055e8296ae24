// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/**
 * The rules once more, as the specification tells them, one object for each rule and nothing prepared: slow, obvious, and
 * without a line in common with what nodes use. It reads the bytes of values itself.
 */
final class PlainRules {
    private PlainRules() {}

    /** A frame without its Ethernet header, and what is around it. {@code destination} is 0 for none. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Frame(
            boolean inbound,
            long source,
            long destination,
            long sourceMac,
            long destinationMac,
            int etherType,
            byte[] data) {
        int u8(int at) {
            return at < data.length ? data[at] & 0xff : 0;
        }

        int u16(int at) {
            return u8(at) * 256 + u8(at + 1);
        }

        byte[] part(int from, int to) {
            return Arrays.copyOfRange(data, from, to);
        }

        boolean ipv4() {
            return etherType == 0x0800 && data.length >= 20;
        }

        boolean ipv6() {
            return etherType == 0x86dd && data.length >= 40;
        }

        /** The upper protocol and where its header is; empty if this is no IP or its headers do not fit. */
        Optional<Upper> upper() {
            if (ipv4()) {
                return Optional.of(new Upper(u8(9), (u8(0) % 16) * 4));
            }
            if (!ipv6()) {
                return Optional.empty();
            }
            int position = 40;
            int next = u8(6);
            while (Set.of(0, 43, 60, 135).contains(next)) {
                if (position + 8 > data.length) {
                    return Optional.empty();
                }
                int length = u8(position + 1) * 8 + 8;
                next = u8(position);
                position += length;
            }
            return position > data.length ? Optional.empty() : Optional.of(new Upper(next, position));
        }
    }

    record Upper(int protocol, int offset) {}

    /** What one member holds. Addresses are 4, 6 (MAC) or 16 bytes, as lists of numbers so that they compare. */
    record Holder(
            Map<Long, Long> tags, Set<Long> macs, Set<List<Byte>> ips, SortedMap<Long, List<Rule>> capabilities) {}

    /** {@code derived}: this node's own derived addresses among its static ones, if NDP is emulated. */
    record Node(
            long self,
            Holder holds,
            boolean unknownMatches,
            Optional<byte[]> sixPlane,
            Optional<byte[]> rfc4193,
            boolean newer) {}

    enum Result {
        NO_MATCH,
        DROP,
        REDIRECT,
        ACCEPT,
        SUPER_ACCEPT
    }

    record Copy(long to, int length, boolean watched) {}

    /** What one table says. */
    record Outcome(Result result, long destination, Optional<Copy> copy) {}

    /** What the network says: 0 drop, 1 accept, 2 accept although it is for somebody else. */
    record Decision(int result, List<Copy> copies, long redirectedTo, Optional<Long> capability) {}

    /** What a match says before NOT. */
    enum Truth {
        FALSE,
        TRUE,
        NOT_APPLICABLE,
        LENIENT,
        TRUE_EVEN_IF_INVERTED
    }

    /** One table on one frame. */
    static final class Run {
        private final Frame frame;
        private final Node node;
        private final Holder remote;
        private final RandomGenerator random;
        private boolean match = true;
        private boolean superAccept;
        private boolean skipDrop;
        private long destination;
        private Optional<Copy> copy = Optional.empty();
        private final BiConsumer<Integer, Truth> seen;

        /** @param seen is told the type and result of each match that was looked at */
        Run(Frame frame, Node node, Holder remote, RandomGenerator random, BiConsumer<Integer, Truth> seen) {
            this.seen = seen;
            this.frame = frame;
            this.node = node;
            this.remote = remote;
            this.random = random;
            this.destination = frame.destination();
        }

        Outcome over(List<Rule> rules) {
            for (Rule rule : rules) {
                Optional<Result> end = rule.typeId() < 16 ? action(rule) : Optional.empty();
                if (end.isPresent()) {
                    return new Outcome(end.get(), destination, copy);
                }
                if (rule.typeId() >= 16) {
                    match(rule);
                }
            }
            return new Outcome(Result.NO_MATCH, destination, copy);
        }

        private Optional<Result> action(Rule rule) {
            int type = rule.typeId();
            boolean forwards = type == 2 || type == 3 || type == 4;
            long target = forwards ? number(rule.value(), 0, 8) % (1L << 40) : 0;
            if (!match) {
                if (frame.inbound() && forwards && target == node.self()) {
                    superAccept = true;
                }
                match = true;
                return Optional.empty();
            }
            if (type == 0) {
                if (node.newer() && skipDrop) {
                    skipDrop = false;
                    return Optional.empty();
                }
                return Optional.of(Result.DROP);
            }
            if (type == 1) {
                return Optional.of(superAccept ? Result.SUPER_ACCEPT : Result.ACCEPT);
            }
            if (type == 5) {
                return Optional.of(Result.NO_MATCH);
            }
            if (type == 6 && node.newer()) {
                return Optional.of(Result.ACCEPT);
            }
            if (!forwards || target == frame.source()) {
                return Optional.empty();
            }
            if (target == node.self()) {
                return frame.inbound() ? Optional.of(Result.SUPER_ACCEPT) : Optional.empty();
            }
            if (target == destination) {
                return Optional.empty();
            }
            if (type == 4) {
                destination = target;
                return Optional.of(Result.REDIRECT);
            }
            int asked = (int) number(rule.value(), 12, 2);
            int length = asked == 0 ? frame.data().length : Math.min(asked, frame.data().length);
            copy = Optional.of(new Copy(target, length, type == 3));
            return Optional.empty();
        }

        private void match(Rule rule) {
            if (!match && !rule.or()) {
                return;
            }
            Truth truth = test(rule);
            seen.accept(rule.typeId(), truth);
            boolean holds =
                    switch (truth) {
                        case FALSE -> rule.not();
                        case TRUE -> !rule.not();
                        case NOT_APPLICABLE -> !node.newer() && rule.not();
                        case TRUE_EVEN_IF_INVERTED -> node.newer() || !rule.not();
                        case LENIENT -> {
                            skipDrop = skipDrop || node.newer();
                            yield node.newer() || !rule.not();
                        }
                    };
            match = rule.or() ? match || holds : match && holds;
        }

        private Truth test(Rule rule) {
            byte[] value = rule.value();
            return switch (rule.typeId()) {
                case 24 -> truth(number(value, 0, 5) == frame.source());
                case 25 -> truth(number(value, 0, 5) == frame.destination());
                case 26 -> truth(number(value, 0, 2) == 0);
                case 27, 28 -> truth(value[0] == 0);
                case 29 -> truth(number(value, 0, 6) == frame.sourceMac());
                case 30 -> truth(number(value, 0, 6) == frame.destinationMac());
                case 31 -> frame.ipv4() ? prefix4(value, frame.part(12, 16)) : Truth.NOT_APPLICABLE;
                case 32 -> frame.ipv4() ? prefix4(value, frame.part(16, 20)) : Truth.NOT_APPLICABLE;
                case 33 -> frame.ipv6() ? prefix6(value, frame.part(8, 24)) : Truth.NOT_APPLICABLE;
                case 34 -> frame.ipv6() ? prefix6(value, frame.part(24, 40)) : Truth.NOT_APPLICABLE;
                case 35 -> typeOfService(value);
                case 36 ->
                    frame.upper()
                            .map(upper -> truth(upper.protocol() == number(value, 0, 1)))
                            .orElse(Truth.NOT_APPLICABLE);
                case 37 -> truth(number(value, 0, 2) == frame.etherType());
                case 38 -> icmp(value);
                case 39 -> port(value, 0);
                case 40 -> port(value, 2);
                case 41 -> truth((characteristics() & number(value, 0, 8)) != 0);
                case 42 ->
                    truth(number(value, 0, 2) <= frame.data().length && frame.data().length <= number(value, 2, 2));
                case 43 -> truth(Integer.toUnsignedLong(random.nextInt()) <= number(value, 0, 4));
                case 44, 45, 46, 47, 48 -> bothTags(rule.typeId(), number(value, 0, 4), number(value, 4, 4));
                case 49 -> oneTag(frame.inbound(), number(value, 0, 4), number(value, 4, 4));
                case 50 -> oneTag(!frame.inbound(), number(value, 0, 4), number(value, 4, 4));
                case 51 -> node.newer() ? integerRange(value) : truth(node.unknownMatches());
                default -> truth(node.unknownMatches());
            };
        }

        private static Truth prefix4(byte[] value, byte[] address) {
            return truth(firstBits(value, value[4] & 0xff, 32).equals(firstBits(address, value[4] & 0xff, 32)));
        }

        /** The frame's address is masked, that of the rule is not. */
        private static Truth prefix6(byte[] value, byte[] address) {
            return truth(firstBits(value, 128, 128).equals(firstBits(address, value[16] & 0xff, 128)));
        }

        /** {@code total} bits as text, of which those from {@code count} on are zero. */
        private static String firstBits(byte[] address, int count, int total) {
            var text = new StringBuilder();
            for (int bit = 0; bit < total; bit++) {
                boolean set = (address[bit / 8] >> (7 - bit % 8) & 1) == 1;
                text.append(set && bit < count ? '1' : '0');
            }
            return text.toString();
        }

        private Truth typeOfService(byte[] value) {
            int field;
            if (frame.ipv4()) {
                field = frame.u8(1);
            } else if (frame.ipv6()) {
                field = frame.u8(0) % 16 * 16 + frame.u8(1) / 16;
            } else {
                return Truth.NOT_APPLICABLE;
            }
            long masked = field & number(value, 0, 1);
            return truth(number(value, 1, 1) <= masked && masked <= number(value, 2, 1));
        }

        private Truth icmp(byte[] value) {
            Optional<Upper> upper = frame.upper();
            int wanted = frame.ipv4() ? 1 : 0x3a;
            if (upper.isEmpty() || upper.get().protocol() != wanted) {
                return Truth.NOT_APPLICABLE;
            }
            int offset = upper.get().offset();
            if (offset >= frame.data().length || frame.u8(offset) != number(value, 0, 1)) {
                return Truth.NOT_APPLICABLE;
            }
            if (value[2] % 2 == 0) {
                return Truth.TRUE_EVEN_IF_INVERTED;
            }
            return truth(frame.u8(offset + 1) == number(value, 1, 1));
        }

        private Truth port(byte[] value, int at) {
            Optional<Upper> upper = frame.upper();
            if (upper.isEmpty()) {
                return Truth.NOT_APPLICABLE;
            }
            boolean ports = Set.of(6, 17, 132, 136).contains(upper.get().protocol());
            if (!ports || frame.data().length <= upper.get().offset() + 4) {
                return Truth.FALSE;
            }
            int port = frame.u16(upper.get().offset() + at);
            boolean none = port == 0 && frame.ipv6();
            return truth(!none && number(value, 0, 2) <= port && port <= number(value, 2, 2));
        }

        private long characteristics() {
            long bits = 0;
            if (frame.inbound()) {
                bits |= 0x8000_0000_0000_0000L;
            }
            if ((frame.destinationMac() >> 40) % 2 == 1) {
                bits |= 0x4000_0000_0000_0000L;
            }
            if (frame.destinationMac() == 0xffff_ffff_ffffL) {
                bits |= 0x2000_0000_0000_0000L;
            }
            Holder sender = frame.inbound() ? remote : node.holds();
            if (ipAuthentic(sender)) {
                bits |= 0x1000_0000_0000_0000L;
            }
            if (sender.macs().contains(frame.sourceMac())) {
                bits |= 0x0800_0000_0000_0000L;
            }
            Optional<Upper> upper = frame.upper();
            if (upper.isPresent() && upper.get().protocol() == 6) {
                int at = upper.get().offset();
                if (frame.ipv4() || frame.data().length > at + 14) {
                    bits |= frame.u8(at + 12) % 16 * 256L + frame.u8(at + 13);
                }
            }
            return bits;
        }

        private boolean ipAuthentic(Holder sender) {
            byte[] address;
            boolean v6 = false;
            if (frame.ipv4()) {
                address = frame.part(12, 16);
            } else if (frame.ipv6()) {
                boolean discovery = frame.data().length >= 64 && frame.u8(6) == 0x3a;
                if (discovery && frame.u8(40) == 0x87) {
                    return true;
                }
                address = discovery && frame.u8(40) == 0x88 ? frame.part(48, 64) : frame.part(8, 24);
                v6 = true;
            } else if (frame.etherType() == 0x0806 && frame.data().length >= 28) {
                address = frame.part(14, 18);
            } else {
                return false;
            }
            if (sender.ips().contains(bytes(address))) {
                return true;
            }
            return v6
                    && frame.inbound()
                    && node.newer()
                    && (startsLike(address, node.sixPlane(), 5) || startsLike(address, node.rfc4193(), 11));
        }

        private static boolean startsLike(byte[] address, Optional<byte[]> other, int count) {
            return other.isPresent() && Arrays.equals(address, 0, count, other.get(), 0, count);
        }

        private Truth bothTags(int type, long id, long wanted) {
            Long local = node.holds().tags().get(id);
            Long there = remote.tags().get(id);
            if (local == null) {
                return Truth.NOT_APPLICABLE;
            }
            if (there == null) {
                return frame.inbound() && !superAccept ? Truth.NOT_APPLICABLE : Truth.LENIENT;
            }
            return truth(
                    switch (type) {
                        case 44 -> Math.abs(local - there) <= wanted;
                        case 45 -> (local & there) == wanted;
                        case 46 -> (local | there) == wanted;
                        case 47 -> (local ^ there) == wanted;
                        default -> local == wanted && there == wanted;
                    });
        }

        private Truth oneTag(boolean ofRemote, long id, long wanted) {
            if (superAccept) {
                return Truth.LENIENT;
            }
            Long value = (ofRemote ? remote : node.holds()).tags().get(id);
            if (value != null) {
                return truth(value == wanted);
            }
            return ofRemote && !frame.inbound() ? Truth.LENIENT : Truth.NOT_APPLICABLE;
        }

        private Truth integerRange(byte[] value) {
            int bits = (value[18] & 63) + 1;
            boolean little = value[18] < 0;
            int count = (bits + 7) / 8;
            int at = (int) number(value, 16, 2) + (little ? 0 : 8 - count);
            var wide = java.math.BigInteger.ZERO;
            if (at + count <= frame.data().length) {
                byte[] read = frame.part(at, at + count);
                if (little) {
                    for (int i = 0; i < count / 2; i++) {
                        byte swapped = read[i];
                        read[i] = read[count - 1 - i];
                        read[count - 1 - i] = swapped;
                    }
                }
                wide = new java.math.BigInteger(1, read);
                wide = little ? wide.shiftRight(8 * count - bits) : wide.mod(java.math.BigInteger.ONE.shiftLeft(bits));
            }
            var start = new java.math.BigInteger(1, Arrays.copyOfRange(value, 0, 8));
            var end = new java.math.BigInteger(1, Arrays.copyOfRange(value, 8, 16));
            var width = end.subtract(start).mod(java.math.BigInteger.ONE.shiftLeft(32));
            // Members add start and width in 64 bits.
            var last = start.add(width).mod(java.math.BigInteger.ONE.shiftLeft(64));
            return truth(wide.compareTo(start) >= 0 && wide.compareTo(last) <= 0);
        }

        private static Truth truth(boolean holds) {
            return holds ? Truth.TRUE : Truth.FALSE;
        }

        private static long number(byte[] value, int at, int count) {
            long number = 0;
            for (int i = at; i < at + count; i++) {
                number = number * 256 + (value[i] & 0xff);
            }
            return number;
        }
    }

    static List<Byte> bytes(byte[] address) {
        List<Byte> list = new ArrayList<>();
        for (byte each : address) {
            list.add(each);
        }
        return list;
    }

    /** The whole filter of a network. */
    static Decision decide(
            List<Rule> base, Frame frame, Node node, Holder remote, boolean noCopies, RandomGenerator random) {
        boolean copying = frame.inbound() || !noCopies;
        List<Copy> copies = new ArrayList<>();
        Outcome first = new Run(frame, node, remote, random, (type, truth) -> {}).over(base);
        if (first.result() == Result.DROP) {
            return new Decision(0, List.of(), 0, Optional.empty());
        }
        Outcome last = first;
        Optional<Long> capability = Optional.empty();
        if (first.result() == Result.NO_MATCH) {
            Holder holder = frame.inbound() ? remote : node.holds();
            for (Map.Entry<Long, List<Rule>> each : holder.capabilities().entrySet()) {
                Outcome said = new Run(frame, node, remote, random, (type, truth) -> {}).over(each.getValue());
                if (said.result() != Result.NO_MATCH && said.result() != Result.DROP) {
                    last = said;
                    capability = Optional.of(each.getKey());
                    if (copying) {
                        said.copy().ifPresent(copies::add);
                    }
                    break;
                }
            }
            if (capability.isEmpty()) {
                return new Decision(0, List.of(), 0, Optional.empty());
            }
        }
        if (copying) {
            first.copy().ifPresent(copies::add);
        }
        if (last.result() == Result.REDIRECT) {
            return new Decision(0, copies, last.destination(), capability);
        }
        boolean forOther = frame.inbound() && last.result() == Result.SUPER_ACCEPT;
        return new Decision(forOther ? 2 : 1, copies, 0, capability);
    }
}
