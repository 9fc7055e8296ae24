// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.node;

import java.util.random.RandomGenerator;
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
    private final RateTable strangers;

    /** Those from one address: a root, which brings the greetings of all who have no direct path, or a large NAT. */
    private final RateTable strangersOfSource;

    /** Authentic greetings, which may be recordings of long ago and come from anywhere. */
    private final RateTable greetings;

    /** Those in the name of one peer from one address. */
    private final RateTable greetingsOfSource;

    /** What only a peer's answer can tell from a recording: few are kept until then. Of one peer from one address. */
    private final RateTable doubtful;

    /** Answers among those, one of which settles it. */
    private final RateTable doubtfulAnswers;

    /**
     * What a peer says beside the frames of members: requests, answers, credentials, lists of groups, chunks of
     * configurations. Spent by nothing that somebody else may have recorded.
     */
    private final RateTable messagesOfPeer;

    /** What fellow members want passed on, and others pretend to. */
    private final RateTable relayed;

    Gate(RandomGenerator random) {
        strangers = new RateTable(random.nextLong(), 1, 2_048, 2_000);
        strangersOfSource = new RateTable(random.nextLong(), PLACES_LOG2, 512, 250);
        greetings = new RateTable(random.nextLong(), 1, 2_048, 2_000);
        greetingsOfSource = new RateTable(random.nextLong(), PLACES_LOG2, 32, 20);
        doubtful = new RateTable(random.nextLong(), PLACES_LOG2, 64, 64);
        doubtfulAnswers = new RateTable(random.nextLong(), PLACES_LOG2, 64, 64);
        messagesOfPeer = new RateTable(random.nextLong(), PLACES_LOG2, 1_024, 500);
        relayed = new RateTable(random.nextLong(), 1, 4_096, 20_000);
    }

    /** NONE, or why a packet that nobody known has sealed is not looked at. */
    DropReason stranger(Ip from, long nowMillis) {
        if (!strangersOfSource.take(source(from), nowMillis)) {
            return DropReason.SOURCE_LIMIT;
        }
        return strangers.take(0, nowMillis) ? DropReason.NONE : DropReason.STRANGERS_LIMIT;
    }

    /** Whether another authentic greeting in the name of {@code peer} may be given on. */
    boolean greeting(long peer, Ip from, long nowMillis) {
        return greetingsOfSource.take(peer * 31 + source(from), nowMillis) && greetings.take(0, nowMillis);
    }

    /** Whether another packet of {@code peer} that may be a recording is worth asking it. */
    boolean doubtful(long peer, Ip from, boolean answer, long nowMillis) {
        return (answer ? doubtfulAnswers : doubtful).take(peer * 31 + source(from), nowMillis);
    }

    /** Who has a network of 64 bits has all of its addresses. */
    private static long source(Ip from) {
        return from.v6() ? from.high() : from.low();
    }

    /** Whether another message of a peer that is no frame of a member may be given on. */
    boolean message(long peer, long nowMillis) {
        return messagesOfPeer.take(peer, nowMillis);
    }

    /** Whether another datagram that is for somebody else may be given on. */
    boolean relayed(long nowMillis) {
        return relayed.take(0, nowMillis);
    }
}
