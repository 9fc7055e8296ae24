// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.util.Optional;

/** Something that nodes have to do together. */
public interface Scenario {
    /** What it shows, in a few words. */
    String name();

    /** Why this cast cannot do it, whatever the program under test does; empty if it can. */
    default Optional<String> beyond(Cast cast) {
        return Optional.empty();
    }

    /**
     * Plays it. What was measured, for the table.
     *
     * @throws org.orrery.cli.lab.LabException if it fails, with what was expected
     */
    String play(Stage stage) throws Exception;
}
