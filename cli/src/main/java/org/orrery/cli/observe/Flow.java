// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.orrery.cli.api.Json;
import org.orrery.cli.capture.LinkFrame;
import org.orrery.cli.explain.FrameWords;
import org.orrery.core.rules.RuleText;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;

/** Frames of one direction between the same two ends, and what was counted of them. One thread. */
public final class Flow {
    /**
     * What frames of one flow share.
     *
     * @param seen what the frames are and who sent them here: {@code tee outbound by 1122334455}
     * @param protocol of IP; -1 for what is none
     * @param source null for what is no IP, as is {@code destination}; MACs tell these apart
     * @param type of ICMP, else 0
     */
    record Key(
            String seen,
            int etherType,
            int protocol,
            @Nullable Ip source,
            int sourcePort,
            @Nullable Ip destination,
            int destinationPort,
            long sourceMac,
            long destinationMac,
            int type) {
        static Key of(String seen, LinkFrame frame) {
            FrameWords.Packet packet = FrameWords.Packet.of(frame.etherType(), frame.payload());
            if (packet == null) {
                return new Key(
                        seen, frame.etherType(), -1, null, 0, null, 0, frame.sourceMac(), frame.destinationMac(), 0);
            }
            boolean icmp = packet.protocol() == (packet.source().v6() ? 58 : 1);
            int at = packet.transport();
            return new Key(
                    seen,
                    frame.etherType(),
                    packet.protocol(),
                    packet.source(),
                    packet.sourcePort(),
                    packet.destination(),
                    packet.destinationPort(),
                    0,
                    0,
                    icmp && at < frame.payload().length ? frame.payload()[at] & 0xff : 0);
        }
    }

    private static final int TCP = 6;
    private static final int TCP_FLAGS_OFFSET = 13;

    private final Key key;
    private final long firstNanos;
    private long lastNanos;
    private long packets;
    private long bytes;
    private int tcpFlags;

    /** Whether something was counted since it was shown. */
    boolean changed;

    Flow(Key key, long nowNanos) {
        this.key = key;
        this.firstNanos = nowNanos;
    }

    void count(LinkFrame frame, long originalLength, long timeNanos) {
        packets++;
        bytes += originalLength;
        lastNanos = timeNanos;
        changed = true;
        FrameWords.Packet packet =
                key.protocol == TCP ? FrameWords.Packet.of(frame.etherType(), frame.payload()) : null;
        if (packet != null && packet.hasPorts() && packet.transport() + TCP_FLAGS_OFFSET < frame.payload().length) {
            tcpFlags |= frame.payload()[packet.transport() + TCP_FLAGS_OFFSET] & 0xff;
        }
    }

    long lastNanos() {
        return lastNanos;
    }

    public long packets() {
        return packets;
    }

    /** Bytes of the frames before they were cut, Ethernet headers included. */
    public long bytes() {
        return bytes;
    }

    /** What the frames are and who sent them here. */
    public String seen() {
        return key.seen;
    }

    /** The protocol's name. */
    public String protocol() {
        return key.protocol < 0 ? RuleText.etherType(key.etherType) : RuleText.protocol(key.protocol);
    }

    public String from() {
        return end(key.source, key.sourcePort, key.sourceMac);
    }

    public String to() {
        return end(key.destination, key.destinationPort, key.destinationMac);
    }

    private static String end(@Nullable Ip ip, int port, long mac) {
        if (ip == null) {
            return Mac.toString(mac);
        }
        return port == 0 ? ip.toString() : (ip.v6() ? "[" + ip + "]" : ip.toString()) + ":" + port;
    }

    /** Flags of all TCP segments together, or the ICMP type; empty for others. */
    public String details() {
        boolean icmp = key.protocol == 1 || key.protocol == 58;
        return key.protocol == TCP ? FrameWords.flags(tcpFlags).strip() : icmp ? "type " + key.type : "";
    }

    /** All of it, for programs. */
    public Json json() {
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("seen", Json.of(key.seen));
        members.put("etherType", Json.of(key.etherType));
        members.put("protocol", key.protocol < 0 ? Json.none() : Json.of(key.protocol));
        members.put("protocolName", Json.of(protocol()));
        if (key.source != null && key.destination != null) {
            members.put("source", Json.of(key.source.toString()));
            members.put("destination", Json.of(key.destination.toString()));
            members.put("sourcePort", Json.of(key.sourcePort));
            members.put("destinationPort", Json.of(key.destinationPort));
        } else {
            members.put("sourceMac", Json.of(Mac.toString(key.sourceMac)));
            members.put("destinationMac", Json.of(Mac.toString(key.destinationMac)));
        }
        members.put("packets", Json.of(packets));
        members.put("bytes", Json.of(bytes));
        members.put("first", Json.of(time(firstNanos)));
        members.put("last", Json.of(time(lastNanos)));
        if (key.protocol == TCP) {
            members.put("tcpFlags", Json.of(FrameWords.flags(tcpFlags).strip()));
        }
        if (key.protocol == 1 || key.protocol == 58) {
            members.put("icmpType", Json.of(key.type));
        }
        return Json.object(members);
    }

    private static String time(long nanos) {
        return Instant.ofEpochSecond(nanos / 1_000_000_000L, nanos % 1_000_000_000L)
                .toString();
    }
}
