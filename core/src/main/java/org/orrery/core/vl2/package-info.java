// SPDX-License-Identifier: Apache-2.0
/**
 * Virtual networks: joining, configurations, members and their credentials, frames and multicast. {@link
 * org.orrery.core.vl2.Networks} belongs to the control lane; {@link org.orrery.core.vl2.Network} and {@link
 * org.orrery.core.vl2.Member} publish what data lanes need to judge and move frames.
 */
package org.orrery.core.vl2;
