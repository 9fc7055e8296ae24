// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A policy with all that may be said about it.
 *
 * @param name of the custom policy, or the standard one's
 * @param failoverMillis the longest time that a dead link may stay in use, at least {@link #FAILOVER_MILLIS_MIN}
 * @param upDelayMillis how long a link that came back must have worked before it is used
 * @param downDelayMillis how long a dead link is used on nevertheless
 * @param packetsPerLink in a row, for balance-rr
 * @param links by the names of local interfaces
 */
public record BondOptions(
        String name,
        BondPolicy policy,
        int failoverMillis,
        int upDelayMillis,
        int downDelayMillis,
        int packetsPerLink,
        Reselect reselect,
        LinkQuality quality,
        Map<String, LinkOptions> links) {
    public static final int FAILOVER_MILLIS = 5_000;
    public static final int FAILOVER_MILLIS_MIN = 500;

    /** A delay longer than this is a slip. */
    public static final int MILLIS_MAX = 600_000;

    public static final int PACKETS_PER_LINK = 64;

    /** Interfaces that one policy may name. */
    public static final int LINKS_MAX = 64;

    public BondOptions {
        if (failoverMillis < FAILOVER_MILLIS_MIN || upDelayMillis < 0 || downDelayMillis < 0 || packetsPerLink < 1) {
            throw new IllegalArgumentException("bond options of " + name);
        }
        links = Collections.unmodifiableMap(new TreeMap<>(links));
    }

    /** A standard policy without particulars. */
    public static BondOptions standard(BondPolicy policy) {
        return new BondOptions(
                policy.text(),
                policy,
                FAILOVER_MILLIS,
                0,
                0,
                PACKETS_PER_LINK,
                Reselect.ALWAYS,
                LinkQuality.USUAL,
                Map.of());
    }

    /** What holds for an interface. */
    LinkOptions link(String device) {
        return links.getOrDefault(device, LinkOptions.USUAL);
    }

    /** How long a link may be silent before it is asked, and the pause between questions. */
    long doubtMillis() {
        return failoverMillis / 3;
    }

    /** How long a question must have been open for silence to mean anything; asked in time it was when the time is up. */
    long answerMillis() {
        return failoverMillis / 2;
    }

    /** The most of a time without a look that counts as watched: whoever sleeps longer hears nothing meanwhile. */
    long watchedMillisMax() {
        return failoverMillis / 5;
    }
}
