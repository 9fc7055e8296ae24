// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller.store;

import java.io.IOException;

/**
 * Keeps a controller's records. The controller reads everything once and from then on only tells changes, one call each,
 * from its owner thread; an implementation may hand the work to another thread as long as {@link #apply} returns only
 * when the change is safe.
 */
public interface ControllerStore {
    /** Reads everything. Records that cannot be read become faults; only a store that cannot be read at all throws. */
    StoreContent load() throws IOException;

    /**
     * Makes one change. When this returns the change survives a crash; when it throws, the earlier state (or, for a
     * removal, part of it) is still there, and nothing is half written.
     */
    void apply(StoreChange change) throws IOException;
}
