// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Answers a packet of the receiver. Payload: answered verb u8, wire ID of the answered packet u64, body. An answer to a
 * packet that was never sent must have no effect at all.
 */
public record Ok(int answeredVerbId, long answeredPacketId, OkBody body) implements Message {
    /** Bytes before the body. */
    public static final int HEADER_BYTES = 9;

    /** The answer to the packet with this wire ID. */
    public static Ok to(long answeredPacketId, OkBody body) {
        return new Ok(body.answeredVerbId(), answeredPacketId, body);
    }

    @Override
    public int verbId() {
        return Verb.OK.id();
    }

    public static @Nullable Ok read(WireReader in) {
        int verbId = in.u8();
        long packetId = in.u64();
        OkBody body = in.intact() ? OkBody.read(verbId, in) : null;
        return body == null ? null : new Ok(verbId, packetId, body);
    }

    @Override
    public void write(WireWriter out) {
        out.u8(answeredVerbId).u64(answeredPacketId);
        body.write(out);
    }
}
