// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import org.orrery.core.value.Ip;

/**
 * An address of this host to bind sockets to.
 *
 * @param device the device it lies on, empty for any
 * @param index the system's number of that device, 0 for any: another device of the same name has another number, and
 *     sockets of the old one are deaf
 */
public record LocalAddress(Ip ip, String device, int index) {}
