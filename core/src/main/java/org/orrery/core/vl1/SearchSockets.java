// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/**
 * Many UDP sockets that are open for some seconds, so that a NAT that gives each another outside port gives many. What
 * arrives at them goes to {@code Node.searched}. Control lane only.
 */
public interface SearchSockets {
    /** For those who cannot, or do not want to. */
    SearchSockets NONE = new SearchSockets() {
        @Override
        public int open(LocalSocket beside, Ip peer, int count) {
            return 0;
        }

        @Override
        public void send(int index, Endpoint to, byte[] datagram) {}

        @Override
        public @Nullable LocalSocket keep(int index) {
            return null;
        }

        @Override
        public void release(int socket) {}

        @Override
        public void close() {}
    };

    /**
     * Opens sockets on the address and interface of {@code beside}, and closes those that are still open.
     *
     * @param peer what comes from elsewhere is dropped
     * @return how many there are now: 0, or up to {@code count}
     */
    int open(LocalSocket beside, Ip peer, int count);

    /** Sends from socket {@code index}, 0 and higher; failures are not told. */
    void send(int index, Endpoint to, byte[] datagram);

    /** Makes an ordinary socket of one, on the same port, and closes the others; null if that fails. */
    @Nullable
    LocalSocket keep(int index);

    /** Closes a socket that was kept, by its id. */
    void release(int socket);

    /** Closes all that were not kept. */
    void close();
}
