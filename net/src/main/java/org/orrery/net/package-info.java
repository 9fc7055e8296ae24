// SPDX-License-Identifier: Apache-2.0
/** Ports to the outside: UDP sockets, TAP devices, netlink. The linux package is the only user of native access. */
package org.orrery.net;
