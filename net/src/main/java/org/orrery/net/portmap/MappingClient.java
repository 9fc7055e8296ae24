// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One way to ask routers. Calls block for some seconds at most, and end early when their thread is interrupted. */
interface MappingClient {
    /**
     * Asks for a mapping, or for more time for one.
     *
     * @param current what was granted before, to be renewed
     * @return empty if nobody here speaks this protocol
     * @throws IOException if somebody does and refused, with the reason
     */
    Optional<PortMapping> map(Gateway gateway, int internalPort, @Nullable PortMapping current) throws IOException;

    /** Gives a mapping back, without waiting for an answer that matters. */
    void release(PortMapping mapping) throws IOException;
}
