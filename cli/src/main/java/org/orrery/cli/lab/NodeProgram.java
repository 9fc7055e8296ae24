// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that runs nodes: Orrery's, or another of the same flags, home folder and local API.
 *
 * @param prefix the command line up to the flags
 */
public record NodeProgram(List<String> prefix) {
    /** The launcher says here how it starts a node, to its own commands and to the tests that it runs. */
    private static final String OPTIONS_PROPERTY = "orrery.node.options";

    private static final String ARCHIVE_PROPERTY = "orrery.node.archive";

    /** Where nobody says how: what a node cannot do without, in little memory. */
    private static final List<String> LEAST_OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED");

    /** As the launcher does: with an arena of malloc for each of its threads a node holds 5 MB more, most of it empty. */
    private static final List<String> ENVIRONMENT = List.of("env", "MALLOC_ARENA_MAX=1");

    private static final String BINARY = "zerotier-one";

    public NodeProgram {
        prefix = List.copyOf(prefix);
    }

    /** This build of Orrery, in a JVM of its own. */
    public static NodeProgram orrery() {
        String said = System.getProperty(OPTIONS_PROPERTY, "").strip();
        List<String> options = new ArrayList<>(said.isEmpty() ? LEAST_OPTIONS : List.of(said.split("\\s+")));
        String archive = System.getProperty(ARCHIVE_PROPERTY, "");
        if (!archive.isEmpty() && Files.isReadable(Path.of(archive))) {
            options.addAll(List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable"));
        }
        List<String> command = new ArrayList<>(ENVIRONMENT);
        command.addAll(java(options, "org.orrery.cli.OneMain"));
        return new NodeProgram(command);
    }

    /** The {@code zerotier-one} in a folder. */
    public static NodeProgram in(Path folder) {
        return new NodeProgram(List.of(folder.resolve(BINARY).toAbsolutePath().toString()));
    }

    /** Whether a folder has a {@code zerotier-one} that can be run. */
    public static boolean isIn(Path folder) {
        Path binary = folder.resolve(BINARY);
        return Files.isRegularFile(binary) && Files.isExecutable(binary);
    }

    /** The command line of a node in a home folder. */
    List<String> command(Path home) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of("-U", "-p" + Lab.PORT, home.toString()));
        return command;
    }

    /** The command line of a main class of this build. */
    static List<String> java(List<String> options, String mainClass) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        return command;
    }
}
