// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Bytes;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** Asks to be answered with the same payload, which may be empty. Keepalive and probe of paths. */
public record Echo(Bytes payload) implements Message {
    public static final Echo EMPTY = new Echo(Bytes.EMPTY);

    @Override
    public int verbId() {
        return Verb.ECHO.id();
    }

    public static @Nullable Echo read(WireReader in) {
        Bytes payload = in.blob(in.remaining());
        return in.intact() ? new Echo(payload) : null;
    }

    @Override
    public void write(WireWriter out) {
        out.bytes(payload);
    }
}
