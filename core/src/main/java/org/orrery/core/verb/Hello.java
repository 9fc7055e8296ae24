// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.value.Endpoint;
import org.orrery.core.wire.InetCodec;
import org.orrery.core.wire.PacketHeader;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Introduces a node. Payload: version (protocol u8, major u8, minor u8, revision u16), timestamp u64, identity (71
 * bytes), the address that the packet is sent to ({@code inet}), planet ID u64, planet timestamp u64; then, masked on the
 * wire, the number of moons u16 and for each type u8 (127), ID u64, timestamp u64; then {@link Features} between Orrery
 * nodes.
 *
 * <p>Older senders stop behind the identity, the address or the planet, and all of that is accepted. Protocol 9 appends a
 * certificate of representation, which is skipped. Nothing here is compressed and everything is only authenticated, not
 * encrypted.
 *
 * <p>Reading is in two steps, because the key that unmasks the second part follows from the identity in the first: {@link
 * #readClear} leaves the reader at the masked part; the receiver checks the packet, unmasks the remaining bytes in
 * place, and {@link #readTail} takes the same reader on. Writing is the reverse: write everything, then mask from {@link
 * #maskedOffset} to the end, then seal.
 *
 * @param timestampMillis the sender's clock; OK(HELLO) brings it back
 * @param sentTo the receiver's address as the sender sees it; null if it says none
 * @param planetId zero if the sender says none
 * @param features null unless the sender is an Orrery node
 */
public record Hello(
        PeerVersion version,
        long timestampMillis,
        Identity identity,
        @Nullable Endpoint sentTo,
        long planetId,
        long planetTimestampMillis,
        List<Moon> moons,
        @Nullable Features features)
        implements Message {
    /** A moon that the sender knows, or waits for (timestamp 0). */
    public record Moon(long id, long timestampMillis) {
        /** Bytes on the wire. */
        public static final int BYTES = 17;
    }

    private static final int MOON_TYPE = 127;
    private static final int PLANET_BYTES = 16;
    private static final int BYTES_BEFORE_SENT_TO = 13 + Identity.BYTES;

    public Hello {
        moons = List.copyOf(moons);
    }

    @Override
    public int verbId() {
        return Verb.HELLO.id();
    }

    /** Index within the packet of the first masked byte when this is written. */
    public int maskedOffset() {
        int inetBytes = sentTo == null ? 1 : sentTo.ip().v6() ? 19 : 7;
        return PacketHeader.PAYLOAD_OFFSET + BYTES_BEFORE_SENT_TO + inetBytes + PLANET_BYTES;
    }

    /**
     * Reads everything before the masked part, and no moons. The reader then stands at the masked part, which is all
     * that remains; nothing may remain.
     */
    public static @Nullable Hello readClear(WireReader in) {
        PeerVersion version = PeerVersion.read(in);
        long timestamp = in.u64();
        Identity identity = Identity.read(in);
        if (identity == null) {
            return null;
        }
        Endpoint sentTo = in.remaining() > 0 ? InetCodec.read(in) : null;
        boolean planet = in.remaining() >= PLANET_BYTES;
        long planetId = planet ? in.u64() : 0;
        long planetTimestamp = planet ? in.u64() : 0;
        return in.intact()
                ? new Hello(version, timestamp, identity, sentTo, planetId, planetTimestamp, List.of(), null)
                : null;
    }

    /** Reads the part behind what {@link #readClear} read, now unmasked, and answers the complete message. */
    public @Nullable Hello readTail(WireReader in) {
        var found = new ArrayList<Moon>();
        int count = in.remaining() >= 2 ? in.u16() : 0;
        for (int i = 0; i < count && in.intact(); i++) {
            int type = in.u8();
            var moon = new Moon(in.u64(), in.u64());
            if (type == MOON_TYPE) {
                found.add(moon);
            }
        }
        Features told = in.intact() ? Features.read(in) : null;
        return in.intact()
                ? new Hello(version, timestampMillis, identity, sentTo, planetId, planetTimestampMillis, found, told)
                : null;
    }

    /** Reads a payload that is unmasked throughout. */
    static @Nullable Hello read(WireReader in) {
        Hello clear = readClear(in);
        return clear == null ? null : clear.readTail(in);
    }

    /** Writes the payload, unmasked. */
    @Override
    public void write(WireWriter out) {
        version.write(out);
        out.u64(timestampMillis);
        identity.write(out);
        InetCodec.write(out, sentTo);
        out.u64(planetId).u64(planetTimestampMillis).u16(moons.size());
        for (Moon moon : moons) {
            out.u8(MOON_TYPE).u64(moon.id()).u64(moon.timestampMillis());
        }
        Features.write(out, features);
    }
}
