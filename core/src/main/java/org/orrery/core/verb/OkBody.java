// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.verb;

import org.jspecify.annotations.Nullable;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;

/** What an {@link Ok} says, by the verb that it answers. */
public sealed interface OkBody
        permits OkHello,
                OkWhois,
                OkExtFrame,
                OkEcho,
                ConfigChunk,
                ConfigAck,
                OkMulticastGather,
                OkMulticastFrame,
                OkOther {

    /** The number that a sender puts as the answered verb. */
    int answeredVerbId();

    /** Writes the fields behind the packet ID. */
    void write(WireWriter out);

    /** Reads the fields behind the packet ID; null on a fault, which the reader then names. */
    static @Nullable OkBody read(int answeredVerbId, WireReader in) {
        Verb verb = Verb.of(answeredVerbId);
        if (verb == null) {
            return OkOther.read(answeredVerbId, in);
        }
        return switch (verb) {
            case HELLO -> OkHello.read(in);
            case WHOIS -> OkWhois.read(in);
            case EXT_FRAME -> OkExtFrame.read(in);
            case ECHO -> OkEcho.read(in);
            case NETWORK_CONFIG_REQUEST -> ConfigChunk.read(in);
            case NETWORK_CONFIG -> ConfigAck.read(in);
            case MULTICAST_GATHER -> OkMulticastGather.read(in);
            case MULTICAST_FRAME -> OkMulticastFrame.read(in);
            case NOP,
                    ERROR,
                    OK,
                    RENDEZVOUS,
                    FRAME,
                    MULTICAST_LIKE,
                    NETWORK_CREDENTIALS,
                    PUSH_DIRECT_PATHS,
                    CIRCUIT_TEST,
                    ACK,
                    QOS_MEASUREMENT,
                    USER_MESSAGE,
                    REMOTE_TRACE,
                    PATH_NEGOTIATION_REQUEST -> OkOther.read(answeredVerbId, in);
        };
    }
}
