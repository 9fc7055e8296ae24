// SPDX-License-Identifier: Apache-2.0
/**
 * Ports to the outside, as interfaces: UDP sockets, virtual Ethernet devices, pollers, and the host's interfaces.
 * {@code linux} implements them with the system calls, {@code nio} with nothing but the JDK.
 */
package org.orrery.net;
