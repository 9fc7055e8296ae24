// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import org.orrery.core.value.NetworkId;
import org.orrery.core.vl1.Transmitter;

/** What a node asks of the outside. All calls come from the control lane and must not call back into the node. */
public interface Effects extends Transmitter {
    /**
     * Hands an Ethernet frame to the local interface of {@code network}. Bytes are borrowed.
     *
     * @param source raw bits of the source MAC
     * @param destination raw bits of the destination MAC
     */
    void deliver(long network, long source, long destination, int etherType, byte[] payload, int offset, int length);

    /**
     * A frame that another member's rules sent here to be looked at, copied or redirected. It is delivered as well. Bytes
     * are borrowed.
     *
     * @param from address bits of the member that sent it here
     * @param flags the flags byte it came with; what it is stands in {@code 0x0e}
     */
    default void observed(
            long network,
            long from,
            int flags,
            long source,
            long destination,
            int etherType,
            byte[] payload,
            int offset,
            int length) {}

    /** A network was joined, or its configuration or state changed: the interface should follow. */
    void networkChanged(NetworkStatus network);

    /** A network was left: its interface goes. */
    void networkLeft(NetworkId network);

    /** Keeps {@code content}, replacing what was kept under the same kind and id. */
    void save(StateKind kind, long id, byte[] content);

    /** Forgets what was kept. */
    void delete(StateKind kind, long id);

    /** Something a person may want to know, as one finished line {@code subject.verb key=value}. */
    void event(String line);
}
