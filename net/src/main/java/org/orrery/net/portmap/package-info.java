// SPDX-License-Identifier: Apache-2.0
/**
 * Asks the router of a home or office network to pass a UDP port on to this host: by PCP (RFC 6887), NAT-PMP (RFC 6886)
 * or the Internet gateway device protocol of UPnP. Portable; one thread of its own, and nothing of it before it starts.
 */
package org.orrery.net.portmap;
