// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import java.util.ArrayList;
import java.util.List;
import org.orrery.core.value.Ip;

/** A run of echo requests to one address, and what came back. Grows while time passes. */
public final class Ping {
    private final Ip target;
    private final List<Long> roundTrips = new ArrayList<>();
    private int sent;
    private long duplicates;
    private long firstReplyMillis = -1;
    private long lastReplyMillis = -1;
    private long longestSilenceMillis;

    /** Times of sending by sequence number; -1 once answered. */
    final List<Long> outstanding = new ArrayList<>();

    Ping(Ip target) {
        this.target = target;
    }

    int sending(long nowMillis) {
        outstanding.add(nowMillis);
        return sent++;
    }

    void answered(int sequence, long nowMillis) {
        if (sequence < 0 || sequence >= outstanding.size()) {
            return;
        }
        long sentMillis = outstanding.get(sequence);
        if (sentMillis < 0) {
            duplicates++;
            return;
        }
        outstanding.set(sequence, -1L);
        roundTrips.add(nowMillis - sentMillis);
        if (lastReplyMillis >= 0) {
            longestSilenceMillis = Math.max(longestSilenceMillis, nowMillis - lastReplyMillis);
        }
        lastReplyMillis = nowMillis;
        if (firstReplyMillis < 0) {
            firstReplyMillis = nowMillis;
        }
    }

    public Ip target() {
        return target;
    }

    public int sent() {
        return sent;
    }

    /** Requests that were answered. */
    public int received() {
        return roundTrips.size();
    }

    /** Answers beyond the first to a request. */
    public long duplicates() {
        return duplicates;
    }

    /** Round trips in ms, in order of arrival, resolving the address included. */
    public List<Long> roundTrips() {
        return List.copyOf(roundTrips);
    }

    /** When the first answer arrived; -1 if none did. */
    public long firstReplyMillis() {
        return firstReplyMillis;
    }

    /** When the latest answer arrived; -1 if none did. */
    public long lastReplyMillis() {
        return lastReplyMillis;
    }

    /** The longest time between two answers in a row; what followed the last one does not count. */
    public long longestSilenceMillis() {
        return longestSilenceMillis;
    }

    @Override
    public String toString() {
        return received() + " of " + sent + " answered by " + target + ", longest silence " + longestSilenceMillis
                + " ms, round trips in ms: " + roundTrips;
    }
}
