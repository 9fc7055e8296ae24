// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.DropReason;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** What one packet says. Frames are not among them; see {@link FrameFields}. */
public sealed interface Message
        permits Nop,
                Hello,
                ErrorReply,
                Ok,
                Whois,
                Rendezvous,
                Echo,
                MulticastLike,
                NetworkCredentials,
                NetworkConfigRequest,
                ConfigChunk,
                MulticastGather,
                PushDirectPaths,
                UserMessage {

    /** The number of the verb that carries it. */
    int verbId();

    /** Writes the payload; {@link WireWriter#overflowed} tells whether it did fit. */
    void write(WireWriter out);

    /**
     * Reads the payload of a packet of the given verb. Null means a fault, which the reader then names. The masked part of
     * a HELLO must be unmasked already: {@link Hello} tells how to read one from the wire. Verbs without a handler, and
     * numbers without a verb, give a {@link Nop}; the three frame verbs are refused with UNKNOWN_VERB.
     */
    static @Nullable Message read(int verbId, WireReader in) {
        Verb verb = Verb.of(verbId);
        if (verb == null) {
            return new Nop(verbId);
        }
        return switch (verb) {
            case HELLO -> Hello.read(in);
            case ERROR -> ErrorReply.read(in);
            case OK -> Ok.read(in);
            case WHOIS -> Whois.read(in);
            case RENDEZVOUS -> Rendezvous.read(in);
            case ECHO -> Echo.read(in);
            case MULTICAST_LIKE -> MulticastLike.read(in);
            case NETWORK_CREDENTIALS -> NetworkCredentials.read(in);
            case NETWORK_CONFIG_REQUEST -> NetworkConfigRequest.read(in);
            case NETWORK_CONFIG -> ConfigChunk.read(in);
            case MULTICAST_GATHER -> MulticastGather.read(in);
            case PUSH_DIRECT_PATHS -> PushDirectPaths.read(in);
            case USER_MESSAGE -> UserMessage.read(in);
            case NOP, CIRCUIT_TEST, ACK, QOS_MEASUREMENT, REMOTE_TRACE, PATH_NEGOTIATION_REQUEST -> new Nop(verbId);
            case FRAME, EXT_FRAME, MULTICAST_FRAME -> {
                in.reject(DropReason.UNKNOWN_VERB);
                yield null;
            }
        };
    }
}
