// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

/** A software version as it goes on the wire and into the API. */
public record Version(int major, int minor, int revision) {
    /**
     * The release of the protocol's first implementation that this one is compatible with. Controllers and scripts
     * compare the number with those releases, so it is theirs and not Orrery's own.
     */
    public static final Version COMPATIBLE = new Version(1, 14, 2);

    /** The protocol that {@link #COMPATIBLE} speaks: the first with AES-GMAC-SIV. */
    public static final int PROTOCOL = 12;

    @Override
    public String toString() {
        return major + "." + minor + "." + revision;
    }
}
