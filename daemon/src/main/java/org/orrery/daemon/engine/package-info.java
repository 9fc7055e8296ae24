// SPDX-License-Identifier: Apache-2.0
/**
 * The threads of a running node: the control lane that owns all protocol state, and data lanes that move frames between
 * sockets and virtual interfaces.
 */
package org.orrery.daemon.engine;
