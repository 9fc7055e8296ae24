// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Bytes;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** Answers ECHO with the same payload. The number of ECHO is also what acknowledges configurations: {@link ConfigAck}. */
public record OkEcho(Bytes payload) implements OkBody {
    @Override
    public int answeredVerbId() {
        return Verb.ECHO.id();
    }

    static @Nullable OkEcho read(WireReader in) {
        Bytes payload = in.blob(in.remaining());
        return in.intact() ? new OkEcho(payload) : null;
    }

    @Override
    public void write(WireWriter out) {
        out.bytes(payload);
    }
}
