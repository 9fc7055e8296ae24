// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

/** Where frames for the local interface go. Bytes are borrowed until the call returns. */
public interface FrameSink {
    /**
     * @param source raw bits of the source MAC
     * @param destination raw bits of the destination MAC
     */
    void deliver(long network, long source, long destination, int etherType, byte[] payload, int offset, int length);

    /**
     * A frame that rules sent here to be looked at, copied or redirected, and that the rules here let in; it is delivered
     * as well.
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
}
