// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.capture;

import java.util.Arrays;
import java.util.Optional;

/**
 * The Ethernet frame in a recorded packet, as far as it was recorded.
 *
 * @param sourceMac raw bits; 0 if the link layer has none
 * @param destinationMac raw bits; 0 if the link layer has none
 * @param payload what follows the ether type; not a copy
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record LinkFrame(long sourceMac, long destinationMac, int etherType, byte[] payload) {
    private static final int NULL = 0;
    private static final int ETHERNET = 1;
    private static final int RAW_BSD = 12;
    private static final int RAW_OPENBSD = 14;
    private static final int RAW = 101;
    private static final int LINUX_COOKED = 113;
    private static final int IPV4 = 228;
    private static final int IPV6 = 229;
    private static final int LINUX_COOKED_2 = 276;

    private static final int ETHERNET_HEADER_BYTES = 14;
    private static final int COOKED_HEADER_BYTES = 16;
    private static final int COOKED_2_HEADER_BYTES = 20;
    private static final int LOOPBACK_HEADER_BYTES = 4;

    /** Why there is no frame: the sentence for a person. */
    public static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1;

        UnreadableException(String message) {
            super(message);
        }
    }

    /**
     * Takes the link layer off.
     *
     * @throws UnreadableException if the link type is not known here, or the packet is shorter than its headers
     */
    public static LinkFrame of(CapturedPacket packet) throws UnreadableException {
        byte[] bytes = packet.bytes();
        return switch (packet.linkType()) {
            case ETHERNET -> {
                need(bytes, ETHERNET_HEADER_BYTES, "an Ethernet header");
                yield new LinkFrame(mac(bytes, 6), mac(bytes, 0), u16(bytes, 12), from(bytes, ETHERNET_HEADER_BYTES));
            }
            case RAW, RAW_BSD, RAW_OPENBSD, IPV4, IPV6 -> {
                need(bytes, 1, "an IP header");
                yield new LinkFrame(0, 0, ipType(bytes, 0), bytes);
            }
            case NULL -> {
                need(bytes, LOOPBACK_HEADER_BYTES + 1, "a loopback header");
                yield new LinkFrame(0, 0, ipType(bytes, LOOPBACK_HEADER_BYTES), from(bytes, LOOPBACK_HEADER_BYTES));
            }
            case LINUX_COOKED -> {
                need(bytes, COOKED_HEADER_BYTES, "a Linux cooked header");
                long source = u16(bytes, 4) == 6 ? mac(bytes, 6) : 0;
                yield new LinkFrame(source, 0, u16(bytes, 14), from(bytes, COOKED_HEADER_BYTES));
            }
            case LINUX_COOKED_2 -> {
                need(bytes, COOKED_2_HEADER_BYTES, "a Linux cooked header");
                long source = bytes[11] == 6 ? mac(bytes, 12) : 0;
                yield new LinkFrame(source, 0, u16(bytes, 0), from(bytes, COOKED_2_HEADER_BYTES));
            }
            default ->
                throw new UnreadableException("link type " + packet.linkType() + name(packet.linkType())
                        + " is not read; Ethernet (1), raw IP (101) and Linux cooked (113, 276) are");
        };
    }

    private static String name(int linkType) {
        return Optional.ofNullable(
                        switch (linkType) {
                            case 105 -> "IEEE 802.11";
                            case 127 -> "IEEE 802.11 with radiotap";
                            case 192 -> "per-packet information";
                            case 189, 220 -> "Linux USB";
                            case 187, 201 -> "Bluetooth";
                            case 9, 50 -> "PPP";
                            default -> null;
                        })
                .map(name -> " (" + name + ")")
                .orElse("");
    }

    private static void need(byte[] bytes, int count, String what) throws UnreadableException {
        if (bytes.length < count) {
            throw new UnreadableException("it has " + bytes.length + " bytes, and " + what + " has " + count);
        }
    }

    private static int ipType(byte[] bytes, int at) throws UnreadableException {
        int version = bytes[at] >> 4 & 0x0f;
        return switch (version) {
            case 4 -> 0x0800;
            case 6 -> 0x86dd;
            default -> throw new UnreadableException("it is no IP packet: version " + version);
        };
    }

    private static byte[] from(byte[] bytes, int at) {
        return Arrays.copyOfRange(bytes, at, bytes.length);
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    private static long mac(byte[] bytes, int at) {
        return (long) u16(bytes, at) << 32 | (long) u16(bytes, at + 2) << 16 | u16(bytes, at + 4);
    }
}
