// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** Acknowledges an EXT_FRAME that asked for it. Body: network ID u64. */
public record OkExtFrame(NetworkId network) implements OkBody {
    @Override
    public int answeredVerbId() {
        return Verb.EXT_FRAME.id();
    }

    static @Nullable OkExtFrame read(WireReader in) {
        long network = in.u64();
        return in.intact() ? new OkExtFrame(new NetworkId(network)) : null;
    }

    @Override
    public void write(WireWriter out) {
        out.u64(network.bits());
    }
}
