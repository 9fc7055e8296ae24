// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;

/** What is known of searches for a port common with one peer, and where roots say that it is. Control lane only. */
final class PeerSearches {
    /** Roots repeat an introduction every half minute while they relay; an address may be somebody else's after a while. */
    static final long INTRODUCED_MILLIS = 600_000;

    /** So often a change makes us search anew: a NAT with many addresses shows one after the other. Nobody helps sooner. */
    private static final long FORGOTTEN_PAUSE_MILLIS = 300_000;

    /** Its offers. All else it says counts only once in a search that there is, and must not be missed then. */
    final TokenBucket intake = new TokenBucket(4, 30_000);

    /** When the next search may begin. */
    long afterMillis = Long.MIN_VALUE / 2;

    int failed;
    int declined;

    /** Whether it said that its NAT chooses ports by chance, too. */
    boolean hopeless;

    /** When it was last helped to search. */
    long helpedMillis = Long.MIN_VALUE / 2;

    private @Nullable Ip introducedAt;
    private long introducedMillis = Long.MIN_VALUE / 2;
    private long forgottenMillis = Long.MIN_VALUE / 2;

    /** A root says that the peer is there, over IPv4. */
    void introduced(Ip at, long nowMillis) {
        if (!at.equals(introducedAt)) {
            forget(nowMillis);
        }
        introducedAt = at;
        introducedMillis = nowMillis;
    }

    /** Whether a root said lately that the peer is there. */
    boolean isAt(Ip at, long nowMillis) {
        return at.equals(introducedAt) && nowMillis - introducedMillis < INTRODUCED_MILLIS;
    }

    /** What earlier searches told holds no more: one side is in another network. */
    void forget(long nowMillis) {
        boolean waits = afterMillis - nowMillis > 0;
        if (!waits || nowMillis - forgottenMillis < FORGOTTEN_PAUSE_MILLIS) {
            return;
        }
        forgottenMillis = nowMillis;
        afterMillis = Long.MIN_VALUE / 2;
        failed = 0;
        declined = 0;
        hopeless = false;
    }
}
