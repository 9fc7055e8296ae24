// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.orrery.cli.lab.LabException;
import org.orrery.cli.lab.NodeProgram;
import org.orrery.cli.lab.Programs;

/**
 * An implementation that takes part.
 *
 * @param name for people
 * @param old whether it speaks protocol 9 or lower, as 1.2.0 does: no IPv4 ad-hoc networks, and revocations that later
 *     ones cannot read
 * @param own whether it is this build
 */
public record Player(String name, NodeProgram program, boolean old, boolean own) {
    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+");

    public static Player orrery() {
        return new Player("Orrery", NodeProgram.orrery(), false, true);
    }

    /** The {@code zerotier-one} in a folder, named by the folder if that is a version, else by what it states. */
    public static Player in(Path folder) throws IOException, InterruptedException {
        if (!NodeProgram.isIn(folder)) {
            throw new LabException(folder + " holds no zerotier-one that can be run");
        }
        String version = Programs.output(
                        List.of(folder.resolve("zerotier-one").toAbsolutePath().toString(), "-v"))
                .strip();
        String folderName = folder.toAbsolutePath().normalize().getFileName().toString();
        String name = folderName.equals(version) || VERSION.matcher(folderName).matches() ? folderName : version;
        return new Player(name, NodeProgram.in(folder), version.matches("1\\.[0-3]\\..*"), false);
    }
}
