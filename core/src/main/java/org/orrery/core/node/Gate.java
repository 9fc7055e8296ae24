// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import org.orrery.core.value.DropReason;
import org.orrery.core.value.Ip;

/**
 * How much of what a lane cannot deal with itself it gives to the control lane: of whom nobody knows little, from each
 * address and in all; of each known peer enough. What is refused here costs neither a copy nor a place in the queue, and a
 * flood of it leaves the control lane to those who are known. A lane's own; allocates nothing.
 */
final class Gate {
    /** Addresses or peers that are told apart: 32 kB for each table. */
    private static final int PLACES_LOG2 = 12;

    /**
     * Packets of strangers. A root that starts anew is greeted by tens of thousands within minutes; each costs the control
     * lane some microseconds, and a fifth of those it can look at a key agreement.
     */
    private final RateTable strangers = new RateTable(1, 2_048, 2_000);

    /** Those from one address: a root, which brings the greetings of all who have no direct path, or a large NAT. */
    private final RateTable strangersOfSource = new RateTable(PLACES_LOG2, 512, 250);

    /** What a peer says beside frames: requests, answers, credentials, lists of groups, chunks of configurations. */
    private final RateTable messagesOfPeer = new RateTable(PLACES_LOG2, 1_024, 500);

    /** What fellow members want passed on, and others pretend to. */
    private final RateTable relayed = new RateTable(1, 4_096, 20_000);

    /** NONE, or why a packet that nobody known has sealed is not looked at. */
    DropReason stranger(Ip from, long nowMillis) {
        if (!strangersOfSource.take(from.high() ^ from.low(), nowMillis)) {
            return DropReason.SOURCE_LIMIT;
        }
        return strangers.take(0, nowMillis) ? DropReason.NONE : DropReason.STRANGERS_LIMIT;
    }

    /** Whether another message of a peer that is no frame may be given on. */
    boolean message(long peer, long nowMillis) {
        return messagesOfPeer.take(peer, nowMillis);
    }

    /** Whether another datagram that is for somebody else may be given on. */
    boolean relayed(long nowMillis) {
        return relayed.take(0, nowMillis);
    }
}
