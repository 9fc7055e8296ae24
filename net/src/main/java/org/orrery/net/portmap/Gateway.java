// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

import org.orrery.core.value.Ip;

/**
 * The way out of the local network.
 *
 * @param router the next hop of the default route
 * @param local this host's address towards it
 */
public record Gateway(Ip router, Ip local) {}
