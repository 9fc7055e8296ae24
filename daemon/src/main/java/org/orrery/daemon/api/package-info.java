// SPDX-License-Identifier: Apache-2.0
/**
 * The local HTTP API: JSON over the JDK's own HTTP server, one virtual thread a request. That server was chosen for its
 * footprint: the API is small, local and unencrypted, and a web framework would be larger than the rest of the service.
 * Handlers own no node state: each question is a command that the node's control lane runs, with a bounded wait.
 */
package org.orrery.daemon.api;
