// SPDX-License-Identifier: Apache-2.0
/**
 * Peers and the physical paths to them. {@link org.orrery.core.vl1.Vl1} belongs to the control lane; {@link
 * org.orrery.core.vl1.Peer} and {@link org.orrery.core.vl1.Path} also publish what data lanes need to send and to
 * account for what they received.
 */
package org.orrery.core.vl1;
