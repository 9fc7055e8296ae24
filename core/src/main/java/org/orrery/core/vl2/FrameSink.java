// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

/** Where frames for the local interface go. Bytes are borrowed until the call returns. */
public interface FrameSink {
    /**
     * @param source raw bits of the source MAC
     * @param destination raw bits of the destination MAC
     */
    void deliver(long network, long source, long destination, int etherType, byte[] payload, int offset, int length);
}
