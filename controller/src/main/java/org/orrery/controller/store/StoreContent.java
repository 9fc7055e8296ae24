// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller.store;

import java.util.List;
import java.util.SortedMap;
import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import tools.jackson.databind.node.ObjectNode;

/**
 * All that a store keeps, read once at start.
 *
 * @param networks the network records
 * @param members the member records of those networks; a network without members has no entry
 * @param faults what could not be read and was left as it is
 */
public record StoreContent(
        SortedMap<NetworkId, ObjectNode> networks,
        SortedMap<NetworkId, SortedMap<Address, ObjectNode>> members,
        List<StoreFault> faults) {
    public StoreContent {
        faults = List.copyOf(faults);
    }
}
