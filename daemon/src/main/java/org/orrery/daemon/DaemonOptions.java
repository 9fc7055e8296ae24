// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How the service is asked to run.
 *
 * @param home the folder to use; absent for the usual one
 * @param port UDP port and port of the API; 0 for a random one, absent for {@link #PORT}. {@code local.conf} wins.
 * @param anyUser whether to run without being the super-user: then there may be no right to make interfaces
 * @param foreground whether to stay attached to the terminal; a process of the JVM cannot detach itself, so the
 *     launcher does
 */
public record DaemonOptions(Optional<Path> home, OptionalInt port, boolean anyUser, boolean foreground) {
    /** Where tools look for the service. */
    public static final int PORT = 9993;

    /** The usual folder and port, only as super-user, attached. */
    public static final DaemonOptions DEFAULT = new DaemonOptions(Optional.empty(), OptionalInt.empty(), false, true);

    public DaemonOptions {
        if (port.isPresent() && port.getAsInt() >>> 16 != 0) {
            throw new IllegalArgumentException("port " + port.getAsInt());
        }
    }

    public DaemonOptions withHome(Path folder) {
        return new DaemonOptions(Optional.of(folder), port, anyUser, foreground);
    }

    public DaemonOptions withPort(int number) {
        return new DaemonOptions(home, OptionalInt.of(number), anyUser, foreground);
    }

    public DaemonOptions withAnyUser(boolean any) {
        return new DaemonOptions(home, port, any, foreground);
    }

    public DaemonOptions withForeground(boolean attached) {
        return new DaemonOptions(home, port, anyUser, attached);
    }
}
