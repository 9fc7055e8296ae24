// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import org.orrery.core.value.Endpoint;

/**
 * A bound UDP socket of this node.
 *
 * @param id what the outside calls it; unique while it is open, never reused for another address
 * @param local the address and port it is bound to; an unspecified address stands for every address of its family
 */
public record LocalSocket(int id, Endpoint local) {}
