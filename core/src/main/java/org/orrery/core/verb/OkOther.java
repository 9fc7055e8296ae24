// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Bytes;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** The answer to a verb whose answers mean nothing but that the peer is there. */
public record OkOther(int answeredVerbId, Bytes payload) implements OkBody {
    static @Nullable OkOther read(int answeredVerbId, WireReader in) {
        Bytes payload = in.blob(in.remaining());
        return in.intact() ? new OkOther(answeredVerbId, payload) : null;
    }

    @Override
    public void write(WireWriter out) {
        out.bytes(payload);
    }
}
