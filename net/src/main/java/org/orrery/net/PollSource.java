// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

/** Something that becomes readable and that a {@link Poller} of the same {@link Ports} can wait for. */
public interface PollSource extends AutoCloseable {
    /** Take it out of its poller first. A second call does nothing. */
    @Override
    void close();
}
