// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The words of the language. */
public final class Vocabulary {
    /** Words that open a block; only in lower case. */
    public static final Set<String> OPENERS =
            Set.of("macro", "tag", "cap", "drop", "accept", "tee", "watch", "redirect", "break", "priority");

    /** Words that begin a statement of a rule list. */
    public static final List<String> STATEMENTS =
            List.of("accept", "drop", "break", "tee", "watch", "redirect", "include");

    public static final List<String> DEFINITIONS = List.of("tag", "cap", "macro");

    /** Words between matches. */
    public static final List<String> MODIFIERS = List.of("not", "or", "and");

    static final List<String> MATCHES =
            Arrays.stream(MatchWord.values()).map(MatchWord::word).toList();

    /** Words that cannot be names or arguments. */
    public static final Set<String> RESERVED = Stream.of(
                    OPENERS.stream(),
                    MATCHES.stream(),
                    MODIFIERS.stream(),
                    Stream.of(
                            "default", "type", "enum", "class", "define", "import", "include", "log", "xor", "set",
                            "var", "let"))
            .flatMap(words -> words)
            .collect(Collectors.toUnmodifiableSet());

    public static final Map<String, Integer> ETHERTYPES = Map.of(
            "ipv4", 0x0800,
            "arp", 0x0806,
            "wol", 0x0842,
            "rarp", 0x8035,
            "ipv6", 0x86dd,
            "atalk", 0x809b,
            "aarp", 0x80f3,
            "ipx_a", 0x8137,
            "ipx_b", 0x8138);

    /** {@code icmp} is one as well, but being reserved it can only come in as the argument of a macro. */
    public static final Map<String, Integer> PROTOCOLS = Map.ofEntries(
            Map.entry("icmp", 1),
            Map.entry("icmp4", 1),
            Map.entry("icmpv4", 1),
            Map.entry("igmp", 2),
            Map.entry("ipip", 4),
            Map.entry("tcp", 6),
            Map.entry("egp", 8),
            Map.entry("igp", 9),
            Map.entry("udp", 17),
            Map.entry("rdp", 27),
            Map.entry("esp", 50),
            Map.entry("ah", 51),
            Map.entry("icmp6", 58),
            Map.entry("icmpv6", 58),
            Map.entry("l2tp", 115),
            Map.entry("sctp", 132),
            Map.entry("udplite", 136));

    /** Bits of a frame's characteristics. */
    public static final Map<String, Integer> CHARACTERISTICS = Map.ofEntries(
            Map.entry("inbound", 63),
            Map.entry("multicast", 62),
            Map.entry("broadcast", 61),
            Map.entry("ipauth", 60),
            Map.entry("macauth", 59),
            Map.entry("tcp_fin", 0),
            Map.entry("tcp_syn", 1),
            Map.entry("tcp_rst", 2),
            Map.entry("tcp_psh", 3),
            Map.entry("tcp_ack", 4),
            Map.entry("tcp_urg", 5),
            Map.entry("tcp_ece", 6),
            Map.entry("tcp_cwr", 7),
            Map.entry("tcp_ns", 8),
            Map.entry("tcp_rs2", 9),
            Map.entry("tcp_rs1", 10),
            Map.entry("tcp_rs0", 11));

    private Vocabulary() {}

    /** Letters, digits and underscores, not beginning with a digit. */
    static boolean isName(String text) {
        if (text.isEmpty() || text.charAt(0) >= '0' && text.charAt(0) <= '9') {
            return false;
        }
        return text.chars().allMatch(c -> c == '_' || c >= '0' && c <= '9' || Character.isLetter((char) c));
    }
}
