// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import org.orrery.core.value.Endpoint;

/**
 * An endpoint at which a peer may be, and what came of asking there. Times are wall clock, 0 for never.
 *
 * @param tries questions sent there, probes of all local sockets counted once
 * @param roundTripMillis from the last question to its answer, -1 if there is none
 * @param refusedBecause why it may not be used, a sentence; empty if it may
 */
public record Candidate(
        Endpoint at,
        Source source,
        int tries,
        long lastTriedMillis,
        long lastAnsweredMillis,
        int roundTripMillis,
        String refusedBecause) {
    /** Who named it. */
    public enum Source {
        PUSHED("the peer"),
        INTRODUCED("a root"),
        HEARD("packets from there"),
        LISTED("the planet or a moon"),
        HINT("local.conf");

        private final String text;

        Source(String text) {
            this.text = text;
        }

        /** For a person. */
        public String text() {
            return text;
        }
    }

    public boolean refused() {
        return !refusedBecause.isEmpty();
    }

    /** Whether an answer came to the last question. */
    public boolean answers() {
        return lastAnsweredMillis != 0 && lastAnsweredMillis - lastTriedMillis >= 0;
    }
}
