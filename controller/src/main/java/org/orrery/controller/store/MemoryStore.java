// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller.store;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.orrery.controller.store.StoreChange.CreateNetwork;
import org.orrery.controller.store.StoreChange.PutMember;
import org.orrery.controller.store.StoreChange.PutNetwork;
import org.orrery.controller.store.StoreChange.RemoveMember;
import org.orrery.controller.store.StoreChange.RemoveNetwork;
import org.orrery.controller.store.StoreChange.SetAsideMember;
import org.orrery.controller.store.StoreChange.SetAsideNetwork;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import tools.jackson.databind.node.ObjectNode;

/** Keeps records for as long as the object lives: for simulations and tests. One thread. */
public final class MemoryStore implements ControllerStore {
    private final SortedMap<NetworkId, ObjectNode> networks = new TreeMap<>();
    private final SortedMap<NetworkId, SortedMap<Address, ObjectNode>> members = new TreeMap<>();

    public MemoryStore() {}

    @Override
    public StoreContent load() {
        var memberCopies = new TreeMap<NetworkId, SortedMap<Address, ObjectNode>>();
        members.forEach((network, records) -> memberCopies.put(network, new TreeMap<>(records)));
        return new StoreContent(new TreeMap<>(networks), memberCopies, List.of());
    }

    @Override
    public void apply(StoreChange change) {
        switch (change) {
            case CreateNetwork(NetworkId network, ObjectNode record) -> {
                networks.put(network, record);
                members.remove(network);
            }
            case PutNetwork(NetworkId network, ObjectNode record) -> networks.put(network, record);
            case PutMember(NetworkId network, Address member, ObjectNode record) ->
                members.computeIfAbsent(network, absent -> new TreeMap<>()).put(member, record);
            case RemoveNetwork(NetworkId network) -> {
                networks.remove(network);
                members.remove(network);
            }
            case RemoveMember(NetworkId network, Address member) -> {
                SortedMap<Address, ObjectNode> records = members.get(network);
                if (records != null) {
                    records.remove(member);
                }
            }
            case SetAsideNetwork ignored -> {}
            case SetAsideMember ignored -> {}
        }
    }
}
