// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.explain;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.orrery.core.rules.RuleText;
import org.orrery.core.value.Ip;
import org.orrery.core.wire.BigEndian;

/** Says in a few words what a frame is, in the way that {@link FrameText} reads where that has a word for it. */
public final class FrameWords {
    private static final Map<Integer, String> FLAGS = Map.of(
            0x02, "syn", 0x10, "ack", 0x01, "fin", 0x04, "rst", 0x08, "psh", 0x20, "urg", 0x40, "ece", 0x80, "cwr");
    private static final int[] FLAG_ORDER = {0x02, 0x10, 0x01, 0x04, 0x08, 0x20, 0x40, 0x80};

    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int ARP_BYTES = 28;

    private FrameWords() {}

    /** @param payload what follows the ether type */
    public static String of(int etherType, byte[] payload) {
        if (etherType == 0x0806 && payload.length >= ARP_BYTES) {
            Ip sender = Ip.of(payload, 14, false);
            Ip target = Ip.of(payload, 24, false);
            return payload[7] == 1
                    ? "arp who-has " + target + " tell " + sender
                    : "arp reply " + sender + " to " + target;
        }
        Packet packet = Packet.of(etherType, payload);
        return packet == null ? "ethertype " + RuleText.etherType(etherType) : words(packet, payload);
    }

    private static String words(Packet packet, byte[] payload) {
        int at = packet.transport();
        if (packet.hasPorts()) {
            return RuleText.protocol(packet.protocol()) + " " + socket(packet.source(), packet.sourcePort()) + " > "
                    + socket(packet.destination(), packet.destinationPort())
                    + (packet.protocol() == 6 && payload.length > at + 13 ? flags(payload[at + 13]) : "");
        }
        String ends = packet.source() + " > " + packet.destination();
        boolean icmp = packet.protocol() == (packet.source().v6() ? 58 : 1);
        if (icmp && payload.length > at + 1) {
            return "icmp " + ends + " " + (payload[at] & 0xff) + "/" + (payload[at + 1] & 0xff);
        }
        return "ip " + ends + " " + RuleText.protocol(packet.protocol());
    }

    private static String socket(Ip ip, int port) {
        return (ip.v6() ? "[" + ip + "]" : ip.toString()) + ":" + port;
    }

    /** The flags of a TCP segment, each with a space in front. */
    public static String flags(int bits) {
        var text = new StringBuilder();
        for (int flag : FLAG_ORDER) {
            if ((bits & flag) != 0) {
                text.append(' ').append(FLAGS.get(flag));
            }
        }
        return text.isEmpty() ? " none" : text.toString().toLowerCase(Locale.ROOT);
    }

    /**
     * The IP packet in a frame.
     *
     * @param transport where the header of {@code protocol} starts; it may lie behind the end
     * @param sourcePort 0 where there are none
     */
    public record Packet(
            Ip source,
            Ip destination,
            int protocol,
            int transport,
            boolean hasPorts,
            int sourcePort,
            int destinationPort) {
        /** Null if it is none, or cut within its headers. */
        public static @Nullable Packet of(int etherType, byte[] payload) {
            boolean v4 = etherType == 0x0800 && payload.length >= IPV4_BYTES;
            boolean v6 = etherType == 0x86dd && payload.length >= IPV6_BYTES;
            if (!v4 && !v6) {
                return null;
            }
            int protocol = payload[v4 ? 9 : 6] & 0xff;
            int at = v4 ? (payload[0] & 0x0f) * 4 : IPV6_BYTES;
            // Hop-by-hop, routing, destination options, mobility: the headers that can be stepped over.
            while (v6 && (protocol == 0 || protocol == 43 || protocol == 60 || protocol == 135)) {
                if (at + 8 > payload.length) {
                    return null;
                }
                protocol = payload[at] & 0xff;
                at += (payload[at + 1] & 0xff) * 8 + 8;
            }
            boolean later = v4 && (BigEndian.u16(payload, 6) & 0x1fff) != 0;
            boolean ports = (protocol == 6 || protocol == 17 || protocol == 132 || protocol == 136)
                    && payload.length >= at + 4
                    && !later;
            return new Packet(
                    Ip.of(payload, v4 ? 12 : 8, v6),
                    Ip.of(payload, v4 ? 16 : 24, v6),
                    protocol,
                    at,
                    ports,
                    ports ? BigEndian.u16(payload, at) : 0,
                    ports ? BigEndian.u16(payload, at + 2) : 0);
        }
    }
}
