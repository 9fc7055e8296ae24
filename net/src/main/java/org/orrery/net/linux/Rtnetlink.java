// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

/** Numbers of rtnetlink. */
final class Rtnetlink {
    static final int NEW_LINK = 16;
    static final int DELETE_LINK = 17;
    static final int GET_LINK = 18;
    static final int NEW_ADDRESS = 20;
    static final int DELETE_ADDRESS = 21;
    static final int GET_ADDRESS = 22;
    static final int NEW_ROUTE = 24;
    static final int DELETE_ROUTE = 25;
    static final int GET_ROUTE = 26;

    static final int NEW_RULE = 32;
    static final int DELETE_RULE = 33;
    static final int GET_RULE = 34;

    static final int LINK_BYTES = 16;
    static final int LINK_ADDRESS = 1;
    static final int LINK_NAME = 3;
    static final int LINK_MTU = 4;

    static final int ADDRESS_BYTES = 8;
    static final int ADDRESS_ADDRESS = 1;
    static final int ADDRESS_LOCAL = 2;
    static final int ADDRESS_LABEL = 3;
    static final int ADDRESS_BROADCAST = 4;
    static final int ADDRESS_FLAGS = 8;

    /** On IPv6 a privacy address; the same bit means something else on IPv4. */
    static final int FLAG_TEMPORARY = 0x01;

    static final int FLAG_NO_DUPLICATE_DETECTION = 0x02;
    static final int FLAG_OPTIMISTIC = 0x04;
    static final int FLAG_DUPLICATE = 0x08;
    static final int FLAG_TENTATIVE = 0x40;

    static final int ROUTE_BYTES = 12;
    static final int ROUTE_TARGET = 1;
    static final int ROUTE_DEVICE = 4;
    static final int ROUTE_GATEWAY = 5;
    static final int ROUTE_METRIC = 6;
    static final int ROUTE_SOURCE = 7;
    static final int ROUTE_TABLE = 15;

    static final int RULE_BYTES = 12;
    static final int RULE_SOURCE = 2;
    static final int RULE_DEVICE = 3;
    static final int RULE_PRIORITY = 6;
    static final int RULE_MARK = 10;
    static final int RULE_SUPPRESSED_BITS = 14;
    static final int RULE_TABLE = 15;
    static final int RULE_PROTOCOL = 21;
    static final int RULE_TO_TABLE = 1;
    /** The rule holds for packets that it does not describe. */
    static final int RULE_INVERT = 0x2;

    /** In the one byte of a fixed body: the table is in an attribute. */
    static final int TABLE_IN_ATTRIBUTE = 0;

    static final int TABLE_LOCAL = 255;
    static final int PROTOCOL_STATIC = 4;
    static final int SCOPE_GLOBAL = 0;
    static final int SCOPE_LINK = 253;
    static final int SCOPE_NOWHERE = 255;
    static final int KIND_UNICAST = 1;

    /** What the kernel puts for an IPv6 route without a metric. */
    static final int V6_METRIC_DEFAULT = 1024;

    static final int INTERFACE_UP = 0x1;
    static final int INTERFACE_LOOPBACK = 0x8;
    static final int INTERFACE_RUNNING = 0x40;

    static final int GROUP_LINK = 0x1;
    static final int GROUP_V4_ADDRESS = 0x10;
    static final int GROUP_V4_ROUTE = 0x40;
    static final int GROUP_V6_ADDRESS = 0x100;
    static final int GROUP_V6_ROUTE = 0x400;

    private Rtnetlink() {}
}
