// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.orrery.core.credential.MembershipCertificate;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.netconf.Specialist;
import org.orrery.core.rules.NetworkFilter;
import org.orrery.core.rules.RuleCounters;
import org.orrery.core.rules.RuleTable;
import org.orrery.core.value.Prefix;

/**
 * A network's configuration as lanes use it. Immutable; replaced as a whole when another configuration arrives.
 *
 * @param self this node's address bits
 * @param mtu most bytes of Ethernet payload
 * @param counters of this table's rules, kept as long as the table stays the same
 */
public record View(long self, int mtu, NetworkFilter filter, NetworkConfig config, RuleCounters counters) {
    /** Copies of one multicast, whatever the controller allows. */
    private static final int RECIPIENTS_MAX = 65_535;

    /** What follows from {@code config}, which is in force after {@code before}. */
    static View of(long self, NetworkConfig config, @Nullable View before) {
        RuleTable rules = config.rules();
        RuleCounters counters =
                before != null && before.config.rules().equals(rules) ? before.counters : new RuleCounters(rules);
        return new View(self, config.mtu(), config.filter(), config, counters);
    }

    @Nullable
    MembershipCertificate certificate() {
        return config.membership();
    }

    List<Prefix> addresses() {
        return config.staticIps();
    }

    /** Whether {@code member} is an active bridge; in this protocol generation nobody else may bridge. */
    boolean bridges(long member) {
        for (Specialist specialist : config.specialists()) {
            if (specialist.activeBridge() && specialist.address().bits() == member) {
                return true;
            }
        }
        return false;
    }

    /** Address bits of the active bridges. */
    List<Long> bridges() {
        return config.specialists().stream()
                .filter(Specialist::activeBridge)
                .map(specialist -> specialist.address().bits())
                .toList();
    }

    /** Whether {@code member} passes multicasts on for others. */
    boolean replicates(long member) {
        return config.specialists().stream()
                .anyMatch(specialist ->
                        specialist.replicator() && specialist.address().bits() == member);
    }

    /** Address bits of the members that pass multicasts on for others. */
    List<Long> replicators() {
        return config.specialists().stream()
                .filter(Specialist::replicator)
                .map(specialist -> specialist.address().bits())
                .toList();
    }

    /** Address bits of members to stay in contact with: anchors and replicators. */
    List<Long> anchors() {
        return config.specialists().stream()
                .filter(specialist -> specialist.anchor() || specialist.replicator())
                .map(specialist -> specialist.address().bits())
                .toList();
    }

    /** Whether a decision about a frame may depend on the other member's tags. */
    public boolean rulesLookAtTags() {
        return filter.base().looksAtTags();
    }

    /** Most recipients of one multicast; 0 for no multicast. */
    int multicastLimit() {
        return (int) Math.min(config.multicastLimit(), RECIPIENTS_MAX);
    }
}
