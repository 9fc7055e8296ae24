// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

/** Which generation a configuration is written for; every member reads both. */
public enum ConfigForm {
    /** Up to protocol 11: short numbers, at most 32 routes and 16 addresses, no MTU, name servers or sign-on. */
    PROTOCOL_9,
    /** From protocol 12. */
    PROTOCOL_12;

    /** The form for a member that speaks {@code protocol}. */
    public static ConfigForm of(int protocol) {
        return protocol >= 12 ? PROTOCOL_12 : PROTOCOL_9;
    }
}
