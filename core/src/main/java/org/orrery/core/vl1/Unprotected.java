// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import org.orrery.core.value.Ip;
import org.orrery.core.wire.PacketHeader;

/**
 * Packets without cryptography, on physical networks that their owners trust: cipher suite 2, with the number of the trusted
 * path where others have their authenticator.
 */
public final class Unprotected {
    /** The cipher suite of such packets. */
    public static final int SUITE = 2;

    private Unprotected() {}

    /** Makes a whole packet one of these. */
    public static void mark(byte[] packet, int offset, long trustedPathId) {
        PacketHeader.setSuite(packet, offset, SUITE);
        PacketHeader.setMac(packet, offset, trustedPathId);
    }

    /**
     * Whether one that came from {@code from} to {@code socket} is to be believed: not through a relay's tunnel, for then
     * the source is what the relay says; and not if a node passed it on, for roots do that for anybody.
     */
    public static boolean trusted(PathPolicy policy, int socket, Ip from, byte[] packet, int offset) {
        return socket != LocalSocket.TUNNEL_ID
                && PacketHeader.hops(packet, offset) == 0
                && policy.trusts(from, PacketHeader.mac(packet, offset));
    }
}
