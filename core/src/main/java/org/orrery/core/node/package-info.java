// SPDX-License-Identifier: Apache-2.0
/**
 * The node: what the outside calls and what it is called back for. {@code Node} is the control lane's; {@code DataLane}
 * moves frames on a lane of its own and meets the node only in published tables and a bounded queue.
 */
package org.orrery.core.node;
