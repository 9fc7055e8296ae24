// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.Endpoint;
import org.orrery.core.wire.InetCodec;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Answers HELLO. Body: timestamp u64, version (protocol u8, major u8, minor u8, revision u16), the address that the HELLO
 * came from ({@code inet}), length of the worlds u16, worlds, and {@link Features} between Orrery nodes. The address and the worlds may be
 * absent; protocol 9 appends a certificate of representation, which is skipped.
 *
 * @param timestampMillis as in the HELLO
 * @param seenAt null if the sender does not say
 * @param worlds world definitions one behind the other, as they came; empty if there are none
 * @param features null unless the sender is an Orrery node
 */
public record OkHello(
        long timestampMillis,
        PeerVersion version,
        @Nullable Endpoint seenAt,
        Bytes worlds,
        @Nullable Features features) implements OkBody {
    @Override
    public int answeredVerbId() {
        return Verb.HELLO.id();
    }

    static @Nullable OkHello read(WireReader in) {
        long timestamp = in.u64();
        PeerVersion version = PeerVersion.read(in);
        Endpoint seenAt = in.remaining() > 0 ? InetCodec.read(in) : null;
        Bytes worlds = in.remaining() >= 2 ? in.blob(in.u16()) : Bytes.EMPTY;
        Features told = in.intact() ? Features.read(in) : null;
        return in.intact() ? new OkHello(timestamp, version, seenAt, worlds, told) : null;
    }

    @Override
    public void write(WireWriter out) {
        out.u64(timestampMillis);
        version.write(out);
        InetCodec.write(out, seenAt);
        out.u16(worlds.length()).bytes(worlds);
        Features.write(out, features);
    }
}
