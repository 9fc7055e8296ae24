// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.world.World;

/** The root sets in force and what they make of this node. Control lane only. */
final class Topology {
    private final Identity self;
    private World planet;
    private boolean upstream;

    Topology(Identity self, World planet) {
        this.self = self;
        this.planet = planet;
        this.upstream = isRoot(self);
    }

    World planet() {
        return planet;
    }

    /** Whether this node is itself a root. */
    boolean upstream() {
        return upstream;
    }

    /** Takes an update of the planet if it is newer and signed by the key that the current one names. */
    boolean update(World candidate) {
        if (!planet.shouldBeReplacedBy(candidate)) {
            return false;
        }
        planet = candidate;
        upstream = isRoot(self);
        return true;
    }

    /** The identities of all other roots. */
    List<Identity> otherRoots() {
        List<Identity> roots = new ArrayList<>();
        for (World.Root root : planet.roots()) {
            if (!root.identity().equals(self)) {
                roots.add(root.identity());
            }
        }
        return roots;
    }

    /** Where a root can be found, empty for anybody else. */
    List<Endpoint> stableEndpoints(long address) {
        World.Root root = root(address);
        return root == null ? List.of() : root.endpoints();
    }

    /** Whether packets of {@code address} may come from {@code ip}: a root only speaks from its listed addresses. */
    boolean mayUse(long address, Ip ip) {
        World.Root root = root(address);
        return root == null
                || root.endpoints().isEmpty()
                || root.endpoints().stream().anyMatch(endpoint -> endpoint.ip().equals(ip));
    }

    private World.@Nullable Root root(long address) {
        for (World.Root root : planet.roots()) {
            if (root.identity().address().bits() == address) {
                return root;
            }
        }
        return null;
    }

    private boolean isRoot(Identity identity) {
        return planet.roots().stream().anyMatch(root -> root.identity().equals(identity));
    }
}
