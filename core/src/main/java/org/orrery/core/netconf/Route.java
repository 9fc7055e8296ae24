// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.netconf;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;

/**
 * A managed route. Wire form: target and gateway as addresses, flags u16, metric u16.
 *
 * @param target null if the controller left it out, which makes the route useless
 * @param via the gateway, null for a network that is on the link
 * @param flags none are defined
 * @param metric not used by anybody
 */
public record Route(@Nullable Prefix target, @Nullable Ip via, int flags, int metric) {
    public Route {
        if (flags >>> 16 != 0 || metric >>> 16 != 0) {
            throw new IllegalArgumentException("flags or metric wider than 16 bits");
        }
    }

    public Route(Prefix target, @Nullable Ip via) {
        this(target, via, 0, 0);
    }
}
