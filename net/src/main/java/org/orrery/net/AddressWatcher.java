// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

/** Tells that interfaces or addresses of this host changed. One thread. */
public interface AddressWatcher extends PollSource {
    /**
     * Whether something changed since the last call; never blocks. The first call after opening tells only of changes
     * since then.
     */
    boolean changed();

    /** Whether, among what the last {@link #changed} found, the way to most of the world changed: a default route. */
    default boolean rerouted() {
        return false;
    }

    /** Whether a {@link Poller} wakes up for it; otherwise its user asks {@link #changed} now and then. */
    boolean pollable();
}
