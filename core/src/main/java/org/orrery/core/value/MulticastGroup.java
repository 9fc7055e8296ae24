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
