// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import org.orrery.core.node.NetworkStatus;
import org.orrery.daemon.home.NetworkSettings;
import org.orrery.daemon.host.HostState;

/**
 * A joined network and its interface.
 *
 * @param portDeviceName the interface, empty if there is none
 * @param portError 0, or why there is none: {@link #NO_INTERFACE}
 * @param host what became of the configuration on this host
 */
public record NetworkView(
        NetworkStatus network, String portDeviceName, int portError, NetworkSettings settings, HostState host) {
    /** The number that tools know for an interface that could not be made. */
    public static final int NO_INTERFACE = -999;
}
