// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.value;

/**
 * A multicast group: a MAC and 32 bits of additional distinguishing information (ADI), which is the IPv4 address for
 * ARP requests and zero otherwise.
 */
public record MulticastGroup(Mac mac, int adi) implements Comparable<MulticastGroup> {
    /** The group of ARP requests for the IPv4 address {@code ip} (network order as an int). */
    public static MulticastGroup arp(int ip) {
        return new MulticastGroup(Mac.BROADCAST, ip);
    }

    /**
     * The group in which the holder of {@code ip} is asked for its MAC: that of ARP for IPv4, the solicited-node group
     * for IPv6.
     */
    public static MulticastGroup resolving(Ip ip) {
        return ip.v6()
                ? new MulticastGroup(new Mac(0x3333_ff00_0000L | ip.low() & 0xff_ffffL), 0)
                : arp((int) ip.low());
    }

    @Override
    public int compareTo(MulticastGroup other) {
        int byMac = mac.compareTo(other.mac);
        return byMac != 0 ? byMac : Integer.compareUnsigned(adi, other.adi);
    }

    /** The MAC, then {@code /} and eight hex digits of ADI. */
    @Override
    public String toString() {
        return mac + "/" + Hex.of(adi & 0xffff_ffffL, 8);
    }
}
