// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.Comparator;
import java.util.List;

/**
 * What is known of one member when frames from or to it are judged: its usable tags, owned addresses and capabilities.
 * The same shape serves for this node itself, from its configuration. Immutable; lanes read it without a lock.
 *
 * @param capabilities ascending by ID (unsigned), the order in which they are tried
 */
public record FilterSide(TagSet tags, OwnedAddresses owned, List<HeldCapability> capabilities) {
    /** A member of whom nothing is known. */
    public static final FilterSide UNKNOWN = new FilterSide(TagSet.EMPTY, OwnedAddresses.EMPTY, List.of());

    /** A capability's ID and its compiled rules. */
    public record HeldCapability(int id, CompiledRules rules) {}

    public FilterSide {
        capabilities = capabilities.stream()
                .sorted(Comparator.comparingLong(held -> Integer.toUnsignedLong(held.id())))
                .toList();
    }
}
