// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.rules;

import java.util.Comparator;
import java.util.List;

/**
 * What is known of one member when frames from or to it are judged: its usable tags, owned addresses and capabilities.
 * The same shape serves for this node itself, from its configuration. Immutable; lanes read it without a lock.
 */
public final class FilterSide {
    /** A member of whom nothing is known. */
    public static final FilterSide UNKNOWN = new FilterSide(TagSet.EMPTY, OwnedAddresses.EMPTY, List.of());

    private final TagSet tags;
    private final OwnedAddresses owned;
    private final List<HeldCapability> capabilities;
    private final int capabilityRules;
    private final boolean dependsOnEachPacket;
    private final long serial = Serials.next();

    /** A capability's ID and its compiled rules. */
    public record HeldCapability(int id, CompiledRules rules) {}

    public FilterSide(TagSet tags, OwnedAddresses owned, List<HeldCapability> capabilities) {
        this.tags = tags;
        this.owned = owned;
        this.capabilities = capabilities.stream()
                .sorted(Comparator.comparingLong(held -> Integer.toUnsignedLong(held.id())))
                .toList();
        this.capabilityRules = capabilities.stream()
                .mapToInt(held -> held.rules().table().size())
                .sum();
        this.dependsOnEachPacket =
                capabilities.stream().anyMatch(held -> held.rules().dependsOnEachPacket());
    }

    public TagSet tags() {
        return tags;
    }

    public OwnedAddresses owned() {
        return owned;
    }

    /** Ascending by ID (unsigned), the order in which they are tried. */
    public List<HeldCapability> capabilities() {
        return capabilities;
    }

    /** How many rules its capabilities have together. */
    int capabilityRules() {
        return capabilityRules;
    }

    /** Whether one of its capabilities may decide differently about packets of one flow. */
    boolean dependsOnEachPacket() {
        return dependsOnEachPacket;
    }

    /** Tells this snapshot from every other, also of the same member, whatever it holds. */
    long serial() {
        return serial;
    }
}
