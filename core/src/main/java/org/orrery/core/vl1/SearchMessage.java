// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Bytes;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.UserMessage;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/**
 * What two Orrery nodes say to each other about a search for a common port, in a USER_MESSAGE, which others ignore: step u8,
 * IPv4 u32, port u16.
 *
 * @param at the sender's outside address; the port counts in {@link Step#ACCEPT} only
 */
record SearchMessage(Step step, Endpoint at) {
    /** "Orrery", and what for. */
    static final long TYPE = 0x4f72_7265_7279_0101L;

    private static final int BYTES = 7;

    enum Step {
        /** My NAT gives each destination another port, by chance: would you try many of them? */
        OFFER(0),
        /** Yes. Let many sockets send to this endpoint of mine, and say when. */
        ACCEPT(1),
        /** They have: try. */
        READY(2),
        /** No: my NAT does the same, and to find two such ports takes too many tries. */
        HOPELESS(3),
        /** Not now. */
        BUSY(4);

        private final int id;

        Step(int id) {
            this.id = id;
        }

        /** Null if nothing has this number. */
        static @Nullable Step of(int id) {
            for (Step step : values()) {
                if (step.id == id) {
                    return step;
                }
            }
            return null;
        }
    }

    static @Nullable SearchMessage of(UserMessage message) {
        if (message.type() != TYPE || message.data().length() != BYTES) {
            return null;
        }
        var in = new WireReader(message.data().toByteArray());
        Step step = Step.of(in.u8());
        Ip ip = Ip.v4((int) in.u32());
        int port = in.u16();
        return step == null ? null : new SearchMessage(step, new Endpoint(ip, port));
    }

    byte[] payload() {
        var data = new WireWriter(BYTES);
        data.u8(step.id).u32(at.ip().low()).u16(at.port());
        var body = new WireWriter(Long.BYTES + BYTES);
        new UserMessage(TYPE, Bytes.copyOf(data.toByteArray())).write(body);
        return body.toByteArray();
    }
}
