// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With real processes and real signals. A child that hangs is killed, which ends the reading here. */
class StopSignalsTest {
    @ParameterizedTest
    @CsvSource({"INT,clean,0,clean", "TERM,clean,0,clean", "TERM,hang,1,", "TERM,fail,1,", "TERM,left,1,"})
    void stopsOnceAndInOrder(String signal, String cleanUp, int status, String lastLine) throws Exception {
        assumeFalse(signal.equals("INT") && interruptsAreIgnored(), "started in the background of a shell");
        Process process = start(cleanUp);
        try (BufferedReader said = process.inputReader()) {
            assertThat(said.readLine()).isEqualTo("ready");
            send(process, "HUP");
            send(process, signal);
            send(process, signal);
            assertThat(said.readLine()).isEqualTo(lastLine);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(status);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void hangUpChangesNothing() throws Exception {
        Process process = start("clean");
        try (BufferedReader said = process.inputReader()) {
            assertThat(said.readLine()).isEqualTo("ready");
            send(process, "HUP");
            assertThat(process.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
        } finally {
            process.destroyForcibly();
        }
    }

    /** A JVM leaves INT ignored if it was started that way. */
    private static boolean interruptsAreIgnored() throws Exception {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                    .anyMatch(mask -> (mask >> 1 & 1) != 0);
        }
    }

    private static Process start(String cleanUp) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Stoppable.class.getName(),
                        cleanUp)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        CompletableFuture.delayedExecutor(30, TimeUnit.SECONDS).execute(process::destroyForcibly);
        return process;
    }

    private static void send(Process process, String signal) throws Exception {
        new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + process.pid())
                .redirectErrorStream(true)
                .start()
                .waitFor();
    }
}
