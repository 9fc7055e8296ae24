// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.DerivedAddresses;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.Prefix;

/**
 * Answers IPv6 neighbor solicitations for addresses that contain their owner: on networks with RFC4193 or 6PLANE
 * addressing the member can be computed from the address, so nobody has to be asked.
 */
final class NdpEmulation {
    /** IPv6 header and a neighbor solicitation without options. */
    private static final int SOLICITATION_BYTES_MIN = 64;

    private static final int ADVERTISEMENT_BYTES = 72;
    private static final int TARGET_OFFSET = 48;
    private static final int ICMPV6 = 0x3a;
    private static final int NEIGHBOR_SOLICITATION = 0x87;

    /**
     * An advertisement to hand to the local interface.
     *
     * @param source raw bits of the MAC that the advertisement comes from and names
     */
    record Advertisement(long source, Bytes payload) {}

    private NdpEmulation() {}

    /**
     * The answer to an Ethernet payload if it is a solicitation for another member's derived address.
     *
     * @param own the static addresses of this node on the network, in the order of its configuration
     */
    static @Nullable Advertisement answer(
            byte[] payload, int offset, int length, List<Prefix> own, long selfAddress, long network) {
        if (length < SOLICITATION_BYTES_MIN
                || (payload[offset + 6] & 0xff) != ICMPV6
                || (payload[offset + 40] & 0xff) != NEIGHBOR_SOLICITATION) {
            return null;
        }
        Ip target = Ip.of(payload, offset + TARGET_OFFSET, true);
        for (Prefix prefix : own) {
            long member = DerivedAddresses.embeddedAddress(network, prefix, target);
            if (member >= 0) {
                return member == 0 || member == selfAddress
                        ? null
                        : advertise(target, prefix.ip(), Mac.derive(member, network));
            }
        }
        return null;
    }

    private static Advertisement advertise(Ip target, Ip destination, long mac) {
        byte[] out = new byte[ADVERTISEMENT_BYTES];
        out[0] = 0x60;
        out[5] = 32;
        out[6] = ICMPV6;
        out[7] = (byte) 0xff;
        System.arraycopy(target.bytes(), 0, out, 8, 16);
        System.arraycopy(destination.bytes(), 0, out, 24, 16);
        out[40] = (byte) 0x88;
        out[44] = 0x60;
        System.arraycopy(target.bytes(), 0, out, TARGET_OFFSET, 16);
        out[64] = 0x02;
        out[65] = 0x01;
        for (int i = 0; i < Mac.BYTES; i++) {
            out[66 + i] = (byte) (mac >>> (40 - 8 * i));
        }
        int checksum = checksum(out);
        out[42] = (byte) (checksum >>> 8);
        out[43] = (byte) checksum;
        return new Advertisement(mac, Bytes.copyOf(out));
    }

    /** ICMPv6 checksum over the pseudo header (both addresses, length 32, next header) and the 32 message bytes. */
    private static int checksum(byte[] packet) {
        long sum = 32 + ICMPV6;
        for (int i = 8; i < ADVERTISEMENT_BYTES; i += 2) {
            sum += (packet[i] & 0xff) << 8 | packet[i + 1] & 0xff;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }
}
