// SPDX-License-Identifier: Apache-2.0
/**
 * What surrounds the node in its process: options, the log, stop signals, and which managed addresses and routes the
 * host should have. Nothing here opens a socket or touches an interface.
 */
package org.orrery.daemon;
