// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

/** The door to the thread that owns the node. */
@FunctionalInterface
public interface ControlLane {
    /**
     * Has the lane run {@code command} soon, after those offered before. Any thread; never waits.
     *
     * @return false if the lane is too far behind, or ends: the command will not run
     */
    boolean offer(Runnable command);
}
