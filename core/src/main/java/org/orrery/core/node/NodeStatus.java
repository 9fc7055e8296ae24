// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.vl1.RelayPolicy;

/**
 * A node at one moment.
 *
 * @param publicIdentity text form of the identity
 * @param online whether a root was heard within 500 s, or this node is one
 * @param upstream whether this node is itself a root
 * @param planetId world ID of the root set in use
 * @param planetTimestamp its revision, ms since 1970
 * @param listeningOn every bound UDP socket
 * @param surfaces how roots see this node from outside
 * @param packets what became of received packets; {@link DropReason#NONE} counts those accepted
 * @param relay the root that carries what has no direct path, if there is one
 * @param relayPolicy which roots may and should
 */
public record NodeStatus(
        Address address,
        String publicIdentity,
        boolean online,
        boolean upstream,
        long planetId,
        long planetTimestamp,
        List<Endpoint> listeningOn,
        List<Endpoint> surfaces,
        Map<DropReason, Long> packets,
        Optional<Address> relay,
        RelayPolicy relayPolicy) {
    public NodeStatus {
        listeningOn = List.copyOf(listeningOn);
        surfaces = List.copyOf(surfaces);
        packets = Map.copyOf(packets);
    }
}
