// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * Acknowledges the NETWORK_CONFIG that completed a configuration. Body: network ID u64, update ID u64. Every known sender
 * gives the number of ECHO (8) as the answered verb, so this one does too; such a packet is therefore read as an {@link
 * OkEcho}, and who sent the NETWORK_CONFIG turns it into this with {@link #of}.
 */
public record ConfigAck(NetworkId network, long updateId) implements OkBody {
    /** Bytes of the body. */
    public static final int BYTES = 16;

    @Override
    public int answeredVerbId() {
        return Verb.ECHO.id();
    }

    /** The acknowledgement in an answer that bears the number of ECHO; null if its payload has another size. */
    public static @Nullable ConfigAck of(OkEcho echo) {
        return echo.payload().length() == BYTES
                ? read(new WireReader(echo.payload().toByteArray()))
                : null;
    }

    static @Nullable ConfigAck read(WireReader in) {
        long network = in.u64();
        long updateId = in.u64();
        return in.intact() ? new ConfigAck(new NetworkId(network), updateId) : null;
    }

    @Override
    public void write(WireWriter out) {
        out.u64(network.bits()).u64(updateId);
    }
}
