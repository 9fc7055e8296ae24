// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;

/**
 * Which peers are bonded, and how. Immutable, replaced as a whole; any thread.
 *
 * @param usual for peers that are not named; empty for no bond
 * @param peers by address
 */
public record BondSettings(Optional<BondOptions> usual, Map<Address, BondOptions> peers) {
    /** No bonds. */
    public static final BondSettings NONE = new BondSettings(Optional.empty(), Map.of());

    public BondSettings {
        peers = Map.copyOf(peers);
    }

    /** Whether there may be bonds at all. */
    public boolean inUse() {
        return usual.filter(BondSettings::bonds).isPresent()
                || peers.values().stream().anyMatch(BondSettings::bonds);
    }

    /** How to bond {@code peer}; null for not at all. */
    public @Nullable BondOptions of(long peer) {
        BondOptions own = peers.isEmpty() || Address.reserved(peer) ? null : peers.get(new Address(peer));
        BondOptions options = own != null ? own : usual.orElse(null);
        return options != null && bonds(options) ? options : null;
    }

    private static boolean bonds(BondOptions options) {
        return options.policy() != BondPolicy.NONE;
    }
}
