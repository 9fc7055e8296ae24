// SPDX-License-Identifier: Apache-2.0
/**
 * Ports on Linux by system calls through the foreign function API: batched UDP, TAP devices, epoll, rtnetlink. The
 * only package with native access; its one door is {@link org.orrery.net.linux.LinuxPorts}.
 */
package org.orrery.net.linux;
