// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.RuleField.Kind;

/**
 * Every rule type of protocols 9 to 12: its number on the wire, its name in the JSON form, and the fields of its value.
 * This is the one table that the wire form, the JSON form and the compiler of tables are driven by. Numbers below 16 are
 * actions, the others matches.
 */
public enum RuleType {
    DROP(0, "ACTION_DROP"),
    ACCEPT(1, "ACTION_ACCEPT"),
    TEE(2, "ACTION_TEE", "address:ADDRESS:8 flags:UNSIGNED:4 length:UNSIGNED:2"),
    WATCH(3, "ACTION_WATCH", "address:ADDRESS:8 flags:UNSIGNED:4 length:UNSIGNED:2"),
    REDIRECT(4, "ACTION_REDIRECT", "address:ADDRESS:8 flags:UNSIGNED:4 :RESERVED:2"),
    BREAK(5, "ACTION_BREAK"),
    /** Protocol 12 only. Its queue number is not transmitted and the JSON form does not know it. */
    PRIORITY(6, null),
    SOURCE_ADDRESS(24, "MATCH_SOURCE_ZEROTIER_ADDRESS", "zt:ADDRESS:5"),
    DESTINATION_ADDRESS(25, "MATCH_DEST_ZEROTIER_ADDRESS", "zt:ADDRESS:5"),
    VLAN_ID(26, "MATCH_VLAN_ID", "vlanId:UNSIGNED:2"),
    VLAN_PCP(27, "MATCH_VLAN_PCP", "vlanPcp:UNSIGNED:1"),
    VLAN_DEI(28, "MATCH_VLAN_DEI", "vlanDei:UNSIGNED:1"),
    MAC_SOURCE(29, "MATCH_MAC_SOURCE", "mac:MAC:6"),
    MAC_DESTINATION(30, "MATCH_MAC_DEST", "mac:MAC:6"),
    IPV4_SOURCE(31, "MATCH_IPV4_SOURCE", "ip:IPV4_PREFIX:5"),
    IPV4_DESTINATION(32, "MATCH_IPV4_DEST", "ip:IPV4_PREFIX:5"),
    IPV6_SOURCE(33, "MATCH_IPV6_SOURCE", "ip:IPV6_PREFIX:17"),
    IPV6_DESTINATION(34, "MATCH_IPV6_DEST", "ip:IPV6_PREFIX:17"),
    IP_TOS(35, "MATCH_IP_TOS", "mask:UNSIGNED:1 start:UNSIGNED:1 end:UNSIGNED:1"),
    IP_PROTOCOL(36, "MATCH_IP_PROTOCOL", "ipProtocol:UNSIGNED:1"),
    ETHERTYPE(37, "MATCH_ETHERTYPE", "etherType:UNSIGNED:2"),
    ICMP(38, "MATCH_ICMP", "icmpType:UNSIGNED:1 icmpCode:OPTIONAL_CODE:2"),
    SOURCE_PORT_RANGE(39, "MATCH_IP_SOURCE_PORT_RANGE", "start:UNSIGNED:2 end:UNSIGNED:2"),
    DESTINATION_PORT_RANGE(40, "MATCH_IP_DEST_PORT_RANGE", "start:UNSIGNED:2 end:UNSIGNED:2"),
    CHARACTERISTICS(41, "MATCH_CHARACTERISTICS", "mask:HEX64:8"),
    FRAME_SIZE_RANGE(42, "MATCH_FRAME_SIZE_RANGE", "start:UNSIGNED:2 end:UNSIGNED:2"),
    RANDOM(43, "MATCH_RANDOM", "probability:UNSIGNED:4"),
    TAGS_DIFFERENCE(44, "MATCH_TAGS_DIFFERENCE", "id:UNSIGNED:4 value:UNSIGNED:4"),
    TAGS_BITWISE_AND(45, "MATCH_TAGS_BITWISE_AND", "id:UNSIGNED:4 value:UNSIGNED:4"),
    TAGS_BITWISE_OR(46, "MATCH_TAGS_BITWISE_OR", "id:UNSIGNED:4 value:UNSIGNED:4"),
    TAGS_BITWISE_XOR(47, "MATCH_TAGS_BITWISE_XOR", "id:UNSIGNED:4 value:UNSIGNED:4"),
    TAGS_EQUAL(48, "MATCH_TAGS_EQUAL", "id:UNSIGNED:4 value:UNSIGNED:4"),
    TAG_SENDER(49, "MATCH_TAG_SENDER", "id:UNSIGNED:4 value:UNSIGNED:4"),
    TAG_RECEIVER(50, "MATCH_TAG_RECEIVER", "id:UNSIGNED:4 value:UNSIGNED:4"),
    /** Protocol 12 only. Its JSON name has no {@code MATCH_} in front. */
    INTEGER_RANGE(51, "INTEGER_RANGE", "start:HEX64:8 end:HEX64:8 idx:UNSIGNED:2 :INTEGER_FORMAT:1");

    private static final @Nullable RuleType[] BY_ID = new RuleType[64];
    private static final Map<String, RuleType> BY_JSON_NAME = new HashMap<>();

    static {
        for (RuleType type : values()) {
            BY_ID[type.id] = type;
            if (type.jsonName != null) {
                BY_JSON_NAME.put(type.jsonName, type);
            }
        }
    }

    private final int id;
    private final @Nullable String jsonName;

    @SuppressWarnings("ImmutableEnumChecker") // a List.copyOf
    private final List<RuleField> fields;

    private final int valueBytes;

    RuleType(int id, @Nullable String jsonName) {
        this(id, jsonName, "");
    }

    RuleType(int id, @Nullable String jsonName, String layout) {
        this.id = id;
        this.jsonName = jsonName;
        var list = new ArrayList<RuleField>();
        int offset = 0;
        for (String part : layout.isEmpty() ? new String[0] : layout.split(" ")) {
            String[] words = part.split(":");
            int width = Integer.parseInt(words[2]);
            list.add(new RuleField(words[0], Kind.valueOf(words[1]), offset, width));
            offset += width;
        }
        this.fields = List.copyOf(list);
        this.valueBytes = offset;
    }

    /** Number on the wire, 0 to 63. */
    public int id() {
        return id;
    }

    /** The {@code type} of the JSON form; empty for a type that form does not know. */
    public Optional<String> jsonName() {
        return Optional.ofNullable(jsonName);
    }

    /** The fields of the value, in wire order; none for actions without a value. */
    public List<RuleField> fields() {
        return fields;
    }

    /** Bytes of the value as written. */
    public int valueBytes() {
        return valueBytes;
    }

    /** Whether it decides something, rather than narrows the set of frames. */
    public boolean action() {
        return id < 16;
    }

    /** The type with number {@code id} (0 to 63), or null when no version defines it. */
    public static @Nullable RuleType of(int id) {
        return BY_ID[id & 63];
    }

    /** The type whose JSON form has the {@code type} given. */
    public static Optional<RuleType> ofJsonName(String name) {
        return Optional.ofNullable(BY_JSON_NAME.get(name));
    }
}
