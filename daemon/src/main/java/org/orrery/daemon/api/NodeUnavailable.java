// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

/** The control lane did not answer in time. */
final class NodeUnavailable extends Exception {
    NodeUnavailable(String message) {
        super(message);
    }
}
