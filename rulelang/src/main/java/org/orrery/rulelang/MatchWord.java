// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Words that begin a match. */
public enum MatchWord {
    ZTSRC(Form.NODE, EntryType.SOURCE_NODE),
    ZTDEST(Form.NODE, EntryType.DEST_NODE),
    VLAN(Form.NUMBER, EntryType.VLAN_ID),
    VLANPCP(Form.NUMBER, EntryType.VLAN_PCP),
    VLANDEI(Form.NUMBER, EntryType.VLAN_DEI),
    ETHERTYPE(Form.ETHERTYPE, EntryType.ETHERTYPE),
    MACSRC(Form.MAC, EntryType.MAC_SOURCE),
    MACDEST(Form.MAC, EntryType.MAC_DEST),
    IPSRC(Form.PREFIX, EntryType.IPV4_SOURCE),
    IPDEST(Form.PREFIX, EntryType.IPV4_DEST),
    IPTOS(Form.TOS, EntryType.IP_TOS),
    IPPROTOCOL(Form.PROTOCOL, EntryType.IP_PROTOCOL),
    ICMP(Form.ICMP, EntryType.ICMP),
    SPORT(Form.RANGE, EntryType.SOURCE_PORT),
    DPORT(Form.RANGE, EntryType.DEST_PORT),
    CHR(Form.CHARACTERISTICS, EntryType.CHARACTERISTICS),
    FRAMESIZE(Form.RANGE, EntryType.FRAME_SIZE),
    RANDOM(Form.PROBABILITY, EntryType.RANDOM),
    TAND(Form.TAG, EntryType.TAGS_AND),
    TOR(Form.TAG, EntryType.TAGS_OR),
    TXOR(Form.TAG, EntryType.TAGS_XOR),
    TDIFF(Form.TAG, EntryType.TAGS_DIFFERENCE),
    TEQ(Form.TAG, EntryType.TAGS_EQUAL),
    TSEQ(Form.TAG, EntryType.TAG_SENDER),
    TREQ(Form.TAG, EntryType.TAG_RECEIVER);

    /** What follows a match word: what each argument is, for messages. */
    public enum Form {
        NODE("a node address (10 hex digits)"),
        NUMBER("a number"),
        ETHERTYPE("an Ethernet type (a name or a number)"),
        MAC("a MAC address (12 hex digits)"),
        PREFIX("an IP address with /bits"),
        TOS("a mask (0-255)", "a value or range (0-255)"),
        PROTOCOL("an IP protocol (a name or a number)"),
        ICMP("an ICMP type (0-255)", "an ICMP code (0-255, or -1 for any)"),
        RANGE("a number or range (0-65535)"),
        CHARACTERISTICS("a list of characteristics"),
        PROBABILITY("a probability (0 to 1)"),
        TAG("a tag (its name or ID)", "a tag value (a flag, an enum, or a number)");

        @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
        private final List<String> arguments;

        Form(String... arguments) {
            this.arguments = List.of(arguments);
        }

        public List<String> arguments() {
            return arguments;
        }
    }

    private static final Map<String, MatchWord> BY_WORD =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(MatchWord::word, Function.identity()));

    private final Form form;
    private final EntryType type;

    MatchWord(Form form, EntryType type) {
        this.form = form;
        this.type = type;
    }

    /** By the word in lower case; null if it begins no match. */
    static @Nullable MatchWord of(String word) {
        return BY_WORD.get(word);
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Form form() {
        return form;
    }

    /** What the match becomes; for addresses, if they are IPv4. */
    EntryType type() {
        return type;
    }
}
