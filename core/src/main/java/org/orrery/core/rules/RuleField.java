// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

/**
 * One field in the value of a rule.
 *
 * @param jsonName the member name in the JSON form; for {@link Kind#INTEGER_FORMAT} the two members {@code little} and
 *     {@code bits} stand for it, and {@link Kind#RESERVED} fields have none ("")
 * @param kind how the bits are to be read and shown
 * @param offset bytes from the start of the value
 * @param width bytes, 1 to 17
 */
public record RuleField(String jsonName, Kind kind, int offset, int width) {
    /** What a field holds, and so how its JSON form looks. */
    public enum Kind {
        /** A number, 1 to 4 bytes. */
        UNSIGNED,
        /** A number of 8 bytes, in JSON a text of 16 hex digits. */
        HEX64,
        /** A node address, 5 bytes, or 8 of which the low 40 bits count; in JSON a text of ten hex digits. */
        ADDRESS,
        /** Six bytes. */
        MAC,
        /** Four address bytes and one of prefix length. */
        IPV4_PREFIX,
        /** Sixteen address bytes and one of prefix length. */
        IPV6_PREFIX,
        /** An ICMP code byte, then a flags byte whose lowest bit says that the code counts; JSON null when it does not. */
        OPTIONAL_CODE,
        /** One byte: the low six bits are a bit count less one, {@code 0x80} is little-endian. */
        INTEGER_FORMAT,
        /** Written as it was read, else zero; not shown. */
        RESERVED
    }
}
