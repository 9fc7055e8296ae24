// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.orrery.core.node.Version;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.net.UdpPort;

/**
 * The messages that both transports carry. A datagram: type u8 (4 or 6), address of 4 or 16 bytes, port u16, then the UDP
 * payload; towards the relay the address is the destination's, from it the source's. The greeting, four bytes of
 * version, is the first message of a client on the plain transport. Pure functions.
 */
public final class RelayMessages {
    static final int TYPE_V4 = 4;
    static final int TYPE_V6 = 6;

    /** A datagram whose address is not told; its payload is of no use. */
    static final int TYPE_NONE = 0;

    static final int HEADER_V4_BYTES = 1 + 4 + 2;
    static final int HEADER_V6_BYTES = 1 + 16 + 2;

    /** The longest message: a datagram with an IPv6 address. */
    public static final int BYTES_MAX = HEADER_V6_BYTES + UdpPort.DATAGRAM_BYTES_MAX;

    /** Shorter datagrams are not relayed. */
    static final int PAYLOAD_BYTES_MIN = 16;

    static final int GREETING_BYTES = 4;

    private RelayMessages() {}

    /**
     * What a client says first, by which the relay knows that messages have addresses: its version as major u8, minor u8,
     * revision u16.
     */
    static byte[] greeting() {
        Version version = Version.COMPATIBLE;
        return new byte[] {
            (byte) version.major(), (byte) version.minor(), (byte) (version.revision() >>> 8), (byte) version.revision()
        };
    }

    /** Bytes in front of the payload of a datagram to or from {@code ip}. */
    public static int headerBytes(Ip ip) {
        return ip.v6() ? HEADER_V6_BYTES : HEADER_V4_BYTES;
    }

    /** Writes the header; answers its length. */
    public static int writeHeader(Endpoint at, byte[] into, int offset) {
        boolean v6 = at.ip().v6();
        into[offset] = (byte) (v6 ? TYPE_V6 : TYPE_V4);
        int ipBytes = v6 ? 16 : 4;
        for (int i = 0; i < ipBytes; i++) {
            into[offset + 1 + i] = (byte) at.ip().octet(i);
        }
        into[offset + 1 + ipBytes] = (byte) (at.port() >>> 8);
        into[offset + 2 + ipBytes] = (byte) at.port();
        return 3 + ipBytes;
    }

    /** The length of the header of a datagram message, 0 if it is none or is too short for its type. */
    public static int headerBytes(byte[] message, int length) {
        if (length == 0) {
            return 0;
        }
        int bytes =
                switch (message[0]) {
                    case TYPE_V4 -> HEADER_V4_BYTES;
                    case TYPE_V6 -> HEADER_V6_BYTES;
                    default -> 0;
                };
        return length < bytes ? 0 : bytes;
    }

    /** Whether a message from a relay is allowed and means nothing: a greeting, or a datagram from nowhere. */
    public static boolean ignorable(byte[] message, int length) {
        return length == GREETING_BYTES || length > 0 && message[0] == TYPE_NONE;
    }

    /** The address of a message with a header of {@code headerBytes}. */
    static Endpoint address(byte[] message, int headerBytes) {
        boolean v6 = headerBytes == HEADER_V6_BYTES;
        int port = (message[headerBytes - 2] & 0xff) << 8 | message[headerBytes - 1] & 0xff;
        return new Endpoint(Ip.of(message, 1, v6), port);
    }

    /**
     * Addresses read lately, so that a busy source costs no new object for each of its datagrams. One thread.
     */
    public static final class Addresses {
        private static final int SLOTS = 64;

        private final byte[][] headers = new byte[SLOTS][];
        private final @Nullable Endpoint[] endpoints = new Endpoint[SLOTS];

        /** None yet. */
        public Addresses() {
            // The tables fill as messages come.
        }

        /** As {@link RelayMessages#address}, of a message whose header has {@code headerBytes}. */
        public Endpoint of(byte[] message, int headerBytes) {
            int hash = 0;
            for (int i = 1; i < headerBytes; i++) {
                hash = hash * 31 + message[i];
            }
            int slot = (hash ^ hash >>> 16) & SLOTS - 1;
            Endpoint known = endpoints[slot];
            byte[] header = headers[slot];
            if (known != null
                    && header.length == headerBytes
                    && Arrays.equals(header, 0, headerBytes, message, 0, headerBytes)) {
                return known;
            }
            Endpoint made = address(message, headerBytes);
            headers[slot] = Arrays.copyOf(message, headerBytes);
            endpoints[slot] = made;
            return made;
        }
    }
}
