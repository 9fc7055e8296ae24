// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.orrery.controller.store.StoreFault;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;

/**
 * Records that could not be read. Their networks and members are neither served nor overwritten until a person repairs
 * them, or removes them through the API. Bounded by what the store holds at start. Owner thread only.
 */
final class Faults {
    private record MemberKey(NetworkId network, Address member) {}

    private final List<StoreFault> all;
    private final Map<NetworkId, StoreFault> networks = new HashMap<>();
    private final Map<MemberKey, StoreFault> members = new HashMap<>();

    Faults(List<StoreFault> faults) {
        this.all = new ArrayList<>(faults);
        for (StoreFault fault : faults) {
            if (fault.network() != null && fault.member() != null) {
                members.put(new MemberKey(fault.network(), fault.member()), fault);
            } else if (fault.network() != null) {
                networks.put(fault.network(), fault);
            }
        }
    }

    List<StoreFault> all() {
        return List.copyOf(all);
    }

    @Nullable
    StoreFault of(NetworkId network) {
        return networks.get(network);
    }

    @Nullable
    StoreFault of(NetworkId network, Address member) {
        return members.get(new MemberKey(network, member));
    }

    void cleared(StoreFault fault) {
        all.remove(fault);
        networks.values().remove(fault);
        members.values().remove(fault);
    }

    /** A removed network takes its members' broken records with it. */
    void clearedMembersOf(NetworkId network) {
        members.keySet().removeIf(key -> key.network.equals(network));
        all.removeIf(fault -> fault.member() != null && network.equals(fault.network()));
    }
}
