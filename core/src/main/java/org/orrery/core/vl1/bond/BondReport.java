// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1.bond;

import java.util.List;
import org.orrery.core.value.Endpoint;

/**
 * A bond at one moment.
 *
 * @param aliveLinks pairs of an interface here and an address there that may carry traffic
 * @param totalLinks such pairs that there are, working or not
 * @param sinceMillis since when there is this bond, wall clock
 * @param links one for each path, in no particular order
 */
public record BondReport(
        BondOptions options, int aliveLinks, int totalLinks, long sinceMillis, long failovers, List<Link> links) {
    public BondReport {
        links = List.copyOf(links);
    }

    /** What a path is to its bond. */
    public enum State {
        IN_USE("in use"),
        READY("ready"),
        ANOTHER_PORT("spare port"),
        ANOTHER_FAMILY("other IP version"),
        WAITING("waits for upDelay"),
        FAILED("silent"),
        OFF("off");

        private final String text;

        State(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /**
     * One path.
     *
     * @param name of the local interface
     * @param because why it is used or not, a sentence's end
     * @param latencyMillis one way, 0 if not known
     * @param quality share of the best that all links together could be, 0 to 1
     * @param flows places of flows in use that belong to it
     */
    public record Link(
            String name,
            int socket,
            int localPort,
            Endpoint remote,
            State state,
            String because,
            boolean eligible,
            double latencyMillis,
            double jitterMillis,
            double quality,
            int flows,
            int capacity,
            long lastInMillis,
            long lastOutMillis) {
        /** Whether it carries traffic, or would take over at once. */
        public boolean bonded() {
            return state == State.IN_USE || state == State.READY;
        }
    }
}
