// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.dns;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a host's resolver is found.
 *
 * @param resolvConf what programs read
 * @param resolved where systemd-resolved keeps its state while it runs
 * @param devices a folder for each interface
 * @param programs folders in which the program {@code resolvectl} may be
 */
public record ResolverPaths(Path resolvConf, Path resolved, Path devices, List<Path> programs) {
    /** Of this host. */
    public static final ResolverPaths SYSTEM = new ResolverPaths(
            Path.of("/etc/resolv.conf"),
            Path.of("/run/systemd/resolve"),
            Path.of("/sys/class/net"),
            List.of(
                    Path.of("/usr/bin"),
                    Path.of("/bin"),
                    Path.of("/usr/local/bin"),
                    Path.of("/run/current-system/sw/bin")));

    public ResolverPaths {
        programs = List.copyOf(programs);
    }
}
