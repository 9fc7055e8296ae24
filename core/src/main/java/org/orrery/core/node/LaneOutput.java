// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import org.orrery.core.value.Endpoint;

/** Where a data lane puts what it made. Bytes are borrowed until the call returns; a port may gather until it is flushed. */
public interface LaneOutput {
    /** One datagram. */
    void send(int socket, Endpoint to, byte[] bytes, int offset, int length);

    /** One whole Ethernet frame for the local interface of {@code network}. */
    void deliver(long network, byte[] bytes, int offset, int length);
}
