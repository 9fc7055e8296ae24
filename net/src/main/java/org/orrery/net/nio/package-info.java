// SPDX-License-Identifier: Apache-2.0
/**
 * Ports with nothing but the JDK, for any system: one datagram a call, and no virtual devices. The twin of the linux
 * package; its one door is {@link org.orrery.net.nio.NioPorts}.
 */
package org.orrery.net.nio;
