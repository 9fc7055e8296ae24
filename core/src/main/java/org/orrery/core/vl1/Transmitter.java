// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import org.orrery.core.value.Endpoint;

/** Where datagrams go. The bytes are borrowed until the call returns. */
public interface Transmitter {
    /** Sends one datagram from socket {@code socket} to {@code to}; failures are the transmitter's to count. */
    void send(int socket, Endpoint to, byte[] bytes, int offset, int length);

    /** As {@link #send} with an IPv4 time to live of {@code ttl}; leaves it out if the platform cannot. */
    void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl);

    /** Many sockets for some seconds; {@link SearchSockets#NONE} where the outside offers none. */
    default SearchSockets searchSockets() {
        return SearchSockets.NONE;
    }
}
