// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;

/** The packet types by their number on the wire. Numbers that are not here are handled like {@link #NOP}. */
public enum Verb {
    /** Nothing. */
    NOP(0x00),
    /** Introduces a node; the only packet that an unknown node can send. */
    HELLO(0x01),
    /** Says that a request failed. */
    ERROR(0x02),
    /** Answers a request. */
    OK(0x03),
    /** Asks for identities. */
    WHOIS(0x04),
    /** Tells two peers to try each other's addresses. */
    RENDEZVOUS(0x05),
    /** An Ethernet frame between two members. */
    FRAME(0x06),
    /** An Ethernet frame with its MACs: bridged, copied or redirected. */
    EXT_FRAME(0x07),
    /** Asks to be answered. */
    ECHO(0x08),
    /** Subscribes to multicast groups. */
    MULTICAST_LIKE(0x09),
    /** Presents credentials. */
    NETWORK_CREDENTIALS(0x0a),
    /** Asks a controller for a configuration. */
    NETWORK_CONFIG_REQUEST(0x0b),
    /** Brings a piece of a configuration unasked. */
    NETWORK_CONFIG(0x0c),
    /** Asks for members of a multicast group. */
    MULTICAST_GATHER(0x0d),
    /** An Ethernet frame to a group. */
    MULTICAST_FRAME(0x0e),
    /** Names physical addresses of the sender. */
    PUSH_DIRECT_PATHS(0x10),
    /** A source-routed test of protocol 9; handled like {@link #NOP}. */
    CIRCUIT_TEST(0x11),
    /** A byte count of protocol 12, once a test report of protocol 9; ignored altogether. */
    ACK(0x12),
    /** Latency samples between nodes that bond paths, protocol 12. */
    QOS_MEASUREMENT(0x13),
    /** A message of the embedding application. */
    USER_MESSAGE(0x14),
    /** Diagnostics of another node; handled like {@link #NOP}. */
    REMOTE_TRACE(0x15),
    /** Choice of a path between nodes that bond paths; dormant in protocol 12. */
    PATH_NEGOTIATION_REQUEST(0x16);

    private static final @Nullable Verb[] BY_ID = new @Nullable Verb[32];

    static {
        for (Verb verb : values()) {
            BY_ID[verb.id] = verb;
        }
    }

    private final int id;

    Verb(int id) {
        this.id = id;
    }

    /** The number on the wire, 0 to 31. */
    public int id() {
        return id;
    }

    /** The verb with this number, null if there is none. Total. */
    public static @Nullable Verb of(int id) {
        return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
    }
}
