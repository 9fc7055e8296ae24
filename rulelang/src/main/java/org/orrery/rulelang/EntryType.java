// SPDX-License-Identifier: Apache-2.0
package org.orrery.rulelang;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What an entry of a rule table is: its name in JSON and the names of its members, in the order they are written. */
public enum EntryType {
    DROP("ACTION_DROP"),
    ACCEPT("ACTION_ACCEPT"),
    BREAK("ACTION_BREAK"),
    TEE("ACTION_TEE", "address", "length"),
    WATCH("ACTION_WATCH", "address", "length"),
    REDIRECT("ACTION_REDIRECT", "address"),
    SOURCE_NODE("MATCH_SOURCE_ZEROTIER_ADDRESS", "zt"),
    DEST_NODE("MATCH_DEST_ZEROTIER_ADDRESS", "zt"),
    VLAN_ID("MATCH_VLAN_ID", "vlanId"),
    VLAN_PCP("MATCH_VLAN_PCP", "vlanPcp"),
    VLAN_DEI("MATCH_VLAN_DEI", "vlanDei"),
    ETHERTYPE("MATCH_ETHERTYPE", "etherType"),
    MAC_SOURCE("MATCH_MAC_SOURCE", "mac"),
    MAC_DEST("MATCH_MAC_DEST", "mac"),
    IPV4_SOURCE("MATCH_IPV4_SOURCE", "ip"),
    IPV4_DEST("MATCH_IPV4_DEST", "ip"),
    IPV6_SOURCE("MATCH_IPV6_SOURCE", "ip"),
    IPV6_DEST("MATCH_IPV6_DEST", "ip"),
    IP_TOS("MATCH_IP_TOS", "mask", "start", "end"),
    IP_PROTOCOL("MATCH_IP_PROTOCOL", "ipProtocol"),
    ICMP("MATCH_ICMP", "icmpType", "icmpCode"),
    SOURCE_PORT("MATCH_IP_SOURCE_PORT_RANGE", "start", "end"),
    DEST_PORT("MATCH_IP_DEST_PORT_RANGE", "start", "end"),
    CHARACTERISTICS("MATCH_CHARACTERISTICS", "mask"),
    FRAME_SIZE("MATCH_FRAME_SIZE_RANGE", "start", "end"),
    RANDOM("MATCH_RANDOM", "probability"),
    TAGS_DIFFERENCE("MATCH_TAGS_DIFFERENCE", "id", "value"),
    TAGS_AND("MATCH_TAGS_BITWISE_AND", "id", "value"),
    TAGS_OR("MATCH_TAGS_BITWISE_OR", "id", "value"),
    TAGS_XOR("MATCH_TAGS_BITWISE_XOR", "id", "value"),
    TAGS_EQUAL("MATCH_TAGS_EQUAL", "id", "value"),
    TAG_SENDER("MATCH_TAG_SENDER", "id", "value"),
    TAG_RECEIVER("MATCH_TAG_RECEIVER", "id", "value");

    private static final Map<String, EntryType> BY_JSON_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(EntryType::jsonName, Function.identity()));

    private final String jsonName;

    @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
    private final List<String> members;

    EntryType(String jsonName, String... members) {
        this.jsonName = jsonName;
        this.members = List.of(members);
    }

    public static Optional<EntryType> ofJsonName(String name) {
        return Optional.ofNullable(BY_JSON_NAME.get(name));
    }

    public String jsonName() {
        return jsonName;
    }

    /** Names of the members behind {@code type}, {@code not} and {@code or}. */
    public List<String> members() {
        return members;
    }

    public boolean action() {
        return compareTo(REDIRECT) <= 0;
    }
}
