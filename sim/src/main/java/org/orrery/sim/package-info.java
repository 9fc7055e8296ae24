// SPDX-License-Identifier: Apache-2.0
/** A virtual internet for whole nodes: hosts, links, loss, stepped time, one seed. */
package org.orrery.sim;
