// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import org.orrery.core.value.Ip;

/** An address of this host to bind sockets to, and the device it lies on (empty for a wildcard). */
public record LocalAddress(Ip ip, String device) {}
