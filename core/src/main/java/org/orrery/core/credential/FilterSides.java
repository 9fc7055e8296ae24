// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.credential;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.orrery.core.rules.CompiledRules;
import org.orrery.core.rules.FilterSide;
import org.orrery.core.rules.FilterSide.HeldCapability;
import org.orrery.core.rules.OwnedAddresses;
import org.orrery.core.rules.TagSet;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;

/** From credentials to what rules are evaluated with. */
public final class FilterSides {
    private FilterSides() {}

    /** A snapshot of exactly these credentials; none is checked here. */
    public static FilterSide of(
            Collection<Tag> tags, Collection<OwnershipCertificate> ownerships, Collection<Capability> capabilities) {
        Map<Integer, Integer> values = new HashMap<>();
        tags.forEach(tag -> values.put(tag.id(), tag.value()));
        List<Mac> macs = new ArrayList<>();
        List<Ip> ips = new ArrayList<>();
        for (OwnershipCertificate ownership : ownerships) {
            for (OwnershipCertificate.Thing thing : ownership.things()) {
                thing.mac().ifPresent(macs::add);
                thing.ip().ifPresent(ips::add);
            }
        }
        List<HeldCapability> held = capabilities.stream()
                .map(each -> new HeldCapability(each.id(), CompiledRules.of(each.rules())))
                .toList();
        return new FilterSide(new TagSet(values), new OwnedAddresses(macs, ips), held);
    }
}
