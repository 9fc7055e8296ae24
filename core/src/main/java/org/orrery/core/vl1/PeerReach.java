// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.List;
import java.util.Optional;
import org.orrery.core.value.Address;

/**
 * How a peer is reached and why not otherwise, at one moment.
 *
 * @param direct whether there is a direct path
 * @param sinceMillis since when it is so, wall clock
 * @param relay the root that carries what has no direct path; empty if no root is reached, or there is a direct path
 * @param relayedBecause why there is no direct path, a sentence; empty if there is one
 * @param datagramBytes the longest UDP payload that is sent to it now
 * @param datagramBytesFull as above if longer ones were not lost on the way
 * @param suite the cipher suite of packets to it
 * @param refusesReplays whether packets of it that came before are refused
 * @param candidates where it was looked for
 * @param nat how the way out treats this node's sockets, as far as others reported
 */
public record PeerReach(
        boolean direct,
        long sinceMillis,
        Optional<Address> relay,
        String relayedBecause,
        int datagramBytes,
        int datagramBytesFull,
        int suite,
        boolean refusesReplays,
        List<Candidate> candidates,
        List<NatMapping> nat) {
    public PeerReach {
        candidates = List.copyOf(candidates);
        nat = List.copyOf(nat);
    }
}
