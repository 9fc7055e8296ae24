// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Under which results were found.
 *
 * @param date in UTC
 * @param commandLine that finds them again
 */
public record Circumstances(
        Instant date, String commandLine, int processors, String processor, String system, String jvm, String method) {
    /** Those of this machine and JVM. */
    public static Circumstances here(Instant date, String commandLine, int seconds, int warmUpSeconds) {
        Runtime.Version version = Runtime.version();
        return new Circumstances(
                date.truncatedTo(ChronoUnit.SECONDS),
                commandLine,
                Runtime.getRuntime().availableProcessors(),
                processor(Path.of("/proc/cpuinfo")),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + version,
                method(seconds, warmUpSeconds));
    }

    private static String method(int seconds, int warmUpSeconds) {
        return "Each kind has network namespaces of its own on one switch without limits; all nodes and iperf3 share the"
                + " machine's processors. Kinds take turns: each measurement of " + seconds
                + " s is made of every kind before the next. Before the first, each pair carries TCP for "
                + warmUpSeconds
                + " s in each direction. Processor time is user and system time of the nodes' processes,"
                + " both ends together. A figure is the median of its runs, a ratio the median of the ratios run by run;"
                + " least and most are given beside them.";
    }

    /** The first processor's name. */
    static String processor(Path cpuinfo) {
        try (var lines = Files.lines(cpuinfo)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException | java.io.UncheckedIOException unreadable) {
            return "unknown";
        }
    }

    /** For a person, in one line. */
    String machine() {
        return processors + " processors (" + processor + "), " + system + ", " + jvm;
    }
}
