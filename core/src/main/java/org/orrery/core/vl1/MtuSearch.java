// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How long datagrams may be over one way, and the search for it: the longest in use is tried now and then, and if it does
 * not come back, shorter ones are. Control lane only, but for {@link #bytes} and {@link #noteLong}.
 */
final class MtuSearch {
    /** No limit was found. */
    static final int UNLIMITED = Integer.MAX_VALUE;

    /**
     * What to fall back to, as UDP payload. An answer is nine bytes longer than its question, and has to pass as well: 1,340
     * fits tunnels of 1,400 bytes over IPv6, 1,220 the least that IPv6 has to carry, 540 the least of IPv4.
     */
    private static final int[] SHORTER = {Sender.DATAGRAM_BYTES, 1_340, 1_220, 1_000, 540};

    /** What is not longer passes everywhere, or nothing can be done about it. */
    static final int SHORTEST = SHORTER[SHORTER.length - 1];

    /** Long packets were sent within this time. */
    private static final long LONG_MILLIS = 2_000;

    private static final long VERIFY_MILLIS = 3_000;

    /** For peers that answer one question a second, and are asked for other reasons, too. */
    private static final long VERIFY_SLOW_MILLIS = 15_000;

    private static final long RAISE_MILLIS = 5_000;
    private static final long RAISE_MILLIS_MAX = 600_000;

    /** Nobody goes on with a search that rested for longer. */
    private static final long STALE_MILLIS = 5_000;

    private static final int[] IDLE = {};

    private volatile int bytes = UNLIMITED;
    private int[] plan = IDLE;
    private int sent;
    private boolean raising;
    private int longestAnswered;
    private long sentMillis;
    private long checkedMillis = Long.MIN_VALUE / 2;
    private long raisedMillis;
    private long raisePauseMillis = RAISE_MILLIS;
    private volatile boolean longSent;
    private long longSentMillis = Long.MIN_VALUE / 2;

    /** What marks the questions of this search as its own. */
    long token;

    /** How fast a peer may be asked, and how long its answers take. */
    record Pace(long gapMillis, long patienceMillis, boolean slow) {}

    /** Any thread: the longest UDP payload that is known to pass, {@link #UNLIMITED} while nothing else is known. */
    int bytes() {
        return bytes;
    }

    /** Any thread: a packet of more than {@link #SHORTEST} bytes was sent. */
    void noteLong() {
        if (!longSent) {
            longSent = true;
        }
    }

    /** Whether a limit would matter, or is being looked for. To be asked every half second or so. */
    boolean wanted(long nowMillis) {
        if (longSent) {
            longSent = false;
            longSentMillis = nowMillis;
        }
        return !idle() || nowMillis - longSentMillis < LONG_MILLIS;
    }

    boolean idle() {
        return plan.length == 0;
    }

    /**
     * The length of the datagram to try now; 0 for none.
     *
     * @param full the longest that is to be used if it passes
     */
    int next(int full, Pace pace, long nowMillis) {
        if (!idle() && nowMillis - sentMillis >= STALE_MILLIS) {
            plan = IDLE;
        }
        if (idle() && !begin(full, pace, nowMillis)) {
            return 0;
        }
        boolean wait = sent == plan.length || sent == 1 && !raising;
        if (sent > 0 && nowMillis - sentMillis < (wait ? pace.patienceMillis : pace.gapMillis)) {
            return 0;
        }
        if (sent == plan.length) {
            conclude(full, nowMillis);
            return 0;
        }
        sentMillis = nowMillis;
        return plan[sent++];
    }

    private boolean begin(int full, Pace pace, long nowMillis) {
        int now = Math.min(bytes, full);
        raising = now < full && nowMillis - raisedMillis >= raisePauseMillis;
        if (!raising && nowMillis - checkedMillis < (pace.slow ? VERIFY_SLOW_MILLIS : VERIFY_MILLIS)) {
            return false;
        }
        plan = raising ? raise(now, full) : verify(now);
        sent = 0;
        longestAnswered = 0;
        return true;
    }

    private static int[] raise(int now, int full) {
        return IntStream.concat(IntStream.of(full), Arrays.stream(SHORTER).filter(each -> each > now && each < full))
                .toArray();
    }

    /** The last question is the first once more: what got lost by chance between two shorter ones does not count. */
    private static int[] verify(int now) {
        IntStream shorter = Arrays.stream(SHORTER).filter(each -> each < now);
        return IntStream.concat(IntStream.concat(IntStream.of(now, now), shorter), IntStream.of(now))
                .toArray();
    }

    /** The question whose datagram had {@code length} bytes came back. */
    void answered(int length, long nowMillis) {
        if (idle()) {
            if (length > bytes) {
                raised(length, nowMillis); // later than anybody waited, and proof all the same
            }
            return;
        }
        longestAnswered = Math.max(longestAnswered, length);
        if (length < plan[0]) {
            return;
        }
        if (raising) {
            raised(length, nowMillis);
        }
        plan = IDLE;
        checkedMillis = nowMillis;
    }

    private void raised(int length, long nowMillis) {
        bytes = length;
        raisedMillis = nowMillis;
        raisePauseMillis = RAISE_MILLIS;
    }

    private void conclude(int full, long nowMillis) {
        plan = IDLE;
        checkedMillis = nowMillis;
        if (raising && longestAnswered <= Math.min(bytes, full)) {
            raisedMillis = nowMillis;
            raisePauseMillis = Math.min(2 * raisePauseMillis, RAISE_MILLIS_MAX);
        } else if (longestAnswered > 0) {
            raised(longestAnswered, nowMillis); // up, or down to what passes
        }
    }
}
