// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.Optional;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;

/** What came of a ping. */
public sealed interface PingResult {
    /**
     * The peer answered.
     *
     * @param sent the way the question took
     * @param back the way the answer took
     * @param hops relays that the answer passed
     * @param datagramBytes of the answer, all its datagrams together
     */
    record Answered(Way sent, Way back, int hops, int datagramBytes) implements PingResult {}

    /** There is no answer, and there will be none; {@code because} is a sentence. */
    record Failed(String because) implements PingResult {}

    /**
     * One way between this node and a peer.
     *
     * @param endpoint where its first or last datagram went to or came from
     * @param relay the root there, if it is no direct way and the root is known
     * @param direct whether {@code endpoint} is the peer's
     * @param tunnelled whether it leads through the TCP relay
     */
    record Way(Endpoint endpoint, Optional<Address> relay, boolean direct, boolean tunnelled) {}
}
