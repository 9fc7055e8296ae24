// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.orrery.daemon.home.LocalConfigFile;

/**
 * What the API server needs to know.
 *
 * @param port TCP port, the same as the primary UDP port; 0 for any free one
 * @param token what callers have to show; not empty
 * @param metricsToken which suffices for metrics; not empty
 * @param localConfig for the settings shown and changed, and for who may call from elsewhere
 * @param home the folder, as told to callers
 * @param clock wall time
 * @param patience how long a request waits for the control lane
 */
public record ApiSetup(
        int port,
        String token,
        String metricsToken,
        LocalConfigFile localConfig,
        Path home,
        InstantSource clock,
        Duration patience) {
    /** Long enough for the slowest command, which is making an interface; shorter than callers wait. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Shows everything but the tokens. */
    @Override
    public String toString() {
        return "ApiSetup[port=" + port + ", home=" + home + "]";
    }
}
