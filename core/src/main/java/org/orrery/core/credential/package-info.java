// SPDX-License-Identifier: Apache-2.0
/**
 * Signed statements of a network's controller about its members: certificates of membership, tags, capabilities,
 * certificates of ownership and revocations, and the record that a node keeps of what one other member has presented.
 */
package org.orrery.core.credential;
