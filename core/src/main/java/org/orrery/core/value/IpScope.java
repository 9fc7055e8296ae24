// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.value;

/** How far an IP address reaches. The id is a wire-independent number in which higher is preferred for paths. */
public enum IpScope {
    NONE(0),
    MULTICAST(1),
    LOOPBACK(2),
    PSEUDO_PRIVATE(3),
    GLOBAL(4),
    LINK_LOCAL(5),
    SHARED(6),
    PRIVATE(7);

    private final int id;

    IpScope(int id) {
        this.id = id;
    }

    public int id() {
        return id;
    }

    /** Whether addresses of this scope can carry a path. */
    public boolean usableForPaths() {
        return this == PRIVATE || this == PSEUDO_PRIVATE || this == SHARED || this == GLOBAL;
    }
}
