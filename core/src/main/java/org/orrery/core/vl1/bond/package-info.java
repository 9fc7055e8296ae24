// SPDX-License-Identifier: Apache-2.0
/**
 * Several paths to one peer used together: what the owner wants, which paths take part, which one carries which packet.
 * Knows nothing of peers; {@code vl1} feeds it and does what it decides.
 */
@org.jspecify.annotations.NullMarked
package org.orrery.core.vl1.bond;
