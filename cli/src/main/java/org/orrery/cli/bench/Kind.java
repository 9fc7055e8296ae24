// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.util.Optional;

/** Something that makes virtual networks, of which a pair can be set up. */
public interface Kind {
    /** For people; differs between the kinds of a run. */
    String name();

    /** What it lacks on this machine, with the remedy. */
    Optional<String> missing();

    /** Whether a third node can pass traffic on between two that do not reach each other. */
    boolean relays();

    /**
     * Sets up a pair that answers each other's pings.
     *
     * @param relayed whether the direct way between them is blocked
     */
    Pair open(boolean relayed) throws Exception;
}
