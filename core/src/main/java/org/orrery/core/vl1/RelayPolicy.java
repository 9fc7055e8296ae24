// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.Set;
import org.orrery.core.value.Address;

/**
 * Which roots carry what has no direct path. It is about relaying only: all roots are still asked for identities and
 * still introduce peers.
 *
 * @param prefer used before others as long as they are up
 * @param only nobody else is ever used; empty for anybody
 * @param never not used even if there is nobody else
 */
public record RelayPolicy(Set<Address> prefer, Set<Address> only, Set<Address> never) {
    /** Any root, the nearest first. */
    public static final RelayPolicy NONE = new RelayPolicy(Set.of(), Set.of(), Set.of());

    public RelayPolicy {
        prefer = Set.copyOf(prefer);
        only = Set.copyOf(only);
        never = Set.copyOf(never);
    }

    boolean allows(long address) {
        var wanted = new Address(address);
        return (only.isEmpty() || only.contains(wanted)) && !never.contains(wanted);
    }

    boolean prefers(long address) {
        return prefer.contains(new Address(address));
    }
}
