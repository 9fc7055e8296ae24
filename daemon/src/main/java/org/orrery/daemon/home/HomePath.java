// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a home folder is. Apart from {@link HomeFolder}, so that a client that only asks this loads nothing else. */
public final class HomePath {
    /** Where a node of the super-user lives. */
    public static final Path OF_ROOT = Path.of("/var/lib/orrery");

    private static final List<String> VARIABLES = List.of("ORRERY_HOME", "ZEROTIER_HOME");

    private HomePath() {}

    /** What the environment names: {@code ORRERY_HOME}, else {@code ZEROTIER_HOME}; a blank value names nothing. */
    public static Optional<Path> named(Map<String, String> environment) {
        for (String name : VARIABLES) {
            String value = environment.getOrDefault(name, "");
            if (!value.isBlank()) {
                return Optional.of(Path.of(value));
            }
        }
        return Optional.empty();
    }

    /**
     * The folder to use when no option says which: what the environment names, else {@link #OF_ROOT} for the super-user
     * and {@code .orrery} in the user's own folder for anybody else.
     */
    public static Path usual(Map<String, String> environment, boolean superUser, Path userFolder) {
        return named(environment).orElseGet(() -> superUser ? OF_ROOT : userFolder.resolve(".orrery"));
    }
}
