// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

/** What a peer is to this node. */
public enum Role {
    /** An ordinary node. */
    LEAF,
    /** A root of a moon that this node orbits. */
    MOON,
    /** A root of the planet. */
    PLANET
}
