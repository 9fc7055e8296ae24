// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller.store;

import org.orrery.core.value.Address;
import org.orrery.core.value.NetworkId;
import tools.jackson.databind.node.ObjectNode;

/** One change of what a controller keeps. The records inside are never changed after they were handed over. */
public sealed interface StoreChange {
    /** The network that the change concerns. */
    NetworkId network();

    /** Keeps a network that did not exist before; members left behind by an earlier one must not come back with it. */
    record CreateNetwork(NetworkId network, ObjectNode record) implements StoreChange {}

    /** Replaces a network's record. */
    record PutNetwork(NetworkId network, ObjectNode record) implements StoreChange {}

    /** Creates or replaces a member's record. */
    record PutMember(NetworkId network, Address member, ObjectNode record) implements StoreChange {}

    /** Forgets a network and all of its members. */
    record RemoveNetwork(NetworkId network) implements StoreChange {}

    /** Forgets one member. */
    record RemoveMember(NetworkId network, Address member) implements StoreChange {}

    /** Puts a network's unreadable record aside under another name, so that the network can be made anew. */
    record SetAsideNetwork(NetworkId network) implements StoreChange {}

    /** Puts a member's unreadable record aside under another name, so that the member can be made anew. */
    record SetAsideMember(NetworkId network, Address member) implements StoreChange {}
}
