// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** Runs a node in this process until it is told to stop. */
@FunctionalInterface
public interface DaemonStarter {
    /**
     * Runs.
     *
     * @param home empty for the usual folder
     * @param port empty for the usual port; zero for any
     * @param anyUser whether somebody else than root may run it
     * @return the exit code
     */
    int run(Optional<Path> home, OptionalInt port, boolean anyUser);
}
