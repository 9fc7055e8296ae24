// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.Dictionary;

/**
 * The controller inside a node, if it has one. It answers later and by its own calls; the node's own requests come here
 * too.
 */
public interface ConfigRequests {
    /** A node without a controller. */
    ConfigRequests NONE = (requester, network, metadata, packetId, origin, nowMillis) -> false;

    /**
     * A member asks for its configuration.
     *
     * @param packetId quoted by the answer; 0 for this node's own request
     * @param origin where the request came from if it came directly
     * @return false if there is no controller here
     */
    boolean request(
            Identity requester,
            NetworkId network,
            Dictionary metadata,
            long packetId,
            @Nullable Endpoint origin,
            long nowMillis);
}
