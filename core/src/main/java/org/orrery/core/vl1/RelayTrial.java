// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import org.jspecify.annotations.Nullable;

/** What is known of roots as relays to one peer. Control lane only; see {@link Relays}. */
final class RelayTrial {
    private static final long NEVER = Long.MIN_VALUE / 2;

    /** The root over which the peer last answered. */
    private @Nullable Peer proved;

    private long provedMillis = NEVER;

    /** The root that is being asked over; its questions are open while {@link #asked} is not 0. */
    @Nullable
    Peer asking;

    int asked;
    long askedSinceMillis = NEVER;
    long lastAskedMillis = NEVER;

    /** Which of the other roots is asked over next. */
    int turn;

    /** Whether something is sent to the peer over a root, and since when. */
    boolean used;

    long usedSinceMillis = NEVER;

    /** When the peer's own relay was last seen to be right. */
    long keptMillis = NEVER;

    /** The root that was left because the peer did not answer over it. */
    @Nullable
    Peer left;

    long leftMillis = NEVER;

    /** Between questions whether the usual root reaches the peer, too. */
    long returnPauseMillis;

    long returnAskedMillis = NEVER;
    long returnedMillis = NEVER;

    /** The peer answered what it was asked over {@code root} at {@code askedMillis}. */
    void proved(Peer root, long askedMillis) {
        provedMillis = proved == root ? Math.max(provedMillis, askedMillis) : askedMillis;
        proved = root;
        asked = 0;
    }

    /** When the latest question was sent that the peer answered over {@code root}. */
    long provedMillis(Peer root) {
        return proved == root ? provedMillis : NEVER;
    }
}
