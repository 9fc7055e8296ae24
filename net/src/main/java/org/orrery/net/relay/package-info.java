// SPDX-License-Identifier: Apache-2.0
/**
 * Relaying of datagrams over TCP, for where UDP does not pass: the server, and the client's way to it, directly or through
 * an HTTP or SOCKS proxy. Two transports carry the same messages: plain records that only look like TLS, as all
 * implementations speak them, and WebSocket inside real TLS.
 */
@org.jspecify.annotations.NullMarked
package org.orrery.net.relay;
