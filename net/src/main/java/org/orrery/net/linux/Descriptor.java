// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import org.orrery.net.PollSource;

/** A poll source that has a file descriptor. */
interface Descriptor extends PollSource {
    /** The open descriptor, or -1 once closed. */
    int fd();

    /**
     * Whether input that was taken from the system is held here until the next read: the system no longer tells of it,
     * so the poller must.
     */
    default boolean holdsInput() {
        return false;
    }
}
