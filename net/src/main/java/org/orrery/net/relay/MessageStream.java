// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.io.IOException;

/**
 * Messages over a connection, in both directions. One thread reads and one writes at a time; calls wait for the network.
 * Closing is done by closing the socket below.
 */
public interface MessageStream {
    /** What {@link #read} answers when the other side has ended in order. */
    int END = -1;

    /**
     * Reads the next message.
     *
     * @param into at least {@link RelayMessages#BYTES_MAX} long; a longer message ends the connection
     * @return its length, which may be 0, or {@link #END}
     */
    int read(byte[] into) throws IOException;

    /** Queues a message of at most {@link RelayMessages#BYTES_MAX}; it leaves with {@link #flush} or earlier. */
    void write(byte[] message, int offset, int length) throws IOException;

    void flush() throws IOException;

    /** Asks the other side for a sign of life, on transports that have such a thing. Any thread. */
    void ping() throws IOException;
}
