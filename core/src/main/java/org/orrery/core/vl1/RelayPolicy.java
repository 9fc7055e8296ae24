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
 * @param directOnly no root ever carries a frame of this node; what brings peers together still goes over roots
 */
public record RelayPolicy(Set<Address> prefer, Set<Address> only, Set<Address> never, boolean directOnly) {
    /** Any root, the nearest first. */
    public static final RelayPolicy NONE = new RelayPolicy(Set.of(), Set.of(), Set.of());

    /** Frames go over direct paths or not at all. */
    public static final RelayPolicy DIRECT_ONLY = new RelayPolicy(Set.of(), Set.of(), Set.of(), true);

    public RelayPolicy(Set<Address> prefer, Set<Address> only, Set<Address> never) {
        this(prefer, only, never, false);
    }

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
