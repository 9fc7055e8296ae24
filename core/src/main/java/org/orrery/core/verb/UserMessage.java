// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Bytes;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * A message between embedding applications. Payload: type u64, data.
 *
 * @param type 0 to 65535 belong to the vendor of the first implementation, others are free
 */
public record UserMessage(long type, Bytes data) implements Message {
    @Override
    public int verbId() {
        return Verb.USER_MESSAGE.id();
    }

    public static @Nullable UserMessage read(WireReader in) {
        long type = in.u64();
        Bytes data = in.blob(in.remaining());
        return in.intact() ? new UserMessage(type, data) : null;
    }

    @Override
    public void write(WireWriter out) {
        out.u64(type).bytes(data);
    }
}
