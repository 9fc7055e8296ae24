// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs programs to their end. */
public final class Programs {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Programs() {}

    /** Whether the search path has an executable file of this name. */
    public static boolean has(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder ->
                        !folder.isEmpty() && Files.isExecutable(Path.of(folder).resolve(program)));
    }

    /** Runs a program that is expected to succeed; answers what it printed. */
    public static String output(List<String> command) throws IOException, InterruptedException {
        ProgramResult result = run(command, PATIENCE);
        if (result.status() != 0) {
            throw new LabException("'" + String.join(" ", command) + "' failed with status " + result.status() + ": "
                    + result.output().strip());
        }
        return result.output();
    }

    /** Runs a program, at most for a minute; output and error are one text. */
    static ProgramResult run(List<String> command) throws IOException, InterruptedException {
        return run(command, PATIENCE);
    }

    /** Runs a program, at most for so long; output and error are one text. */
    static ProgramResult run(List<String> command, Duration patience) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        var output = new FutureTask<>(() -> process.getInputStream().readAllBytes());
        Thread.ofVirtual().name("output").start(output);
        try {
            String text = new String(output.get(patience.toMillis(), TimeUnit.MILLISECONDS), StandardCharsets.UTF_8);
            return new ProgramResult(process.waitFor(), text);
        } catch (TimeoutException late) {
            throw new LabException(
                    "'" + String.join(" ", command) + "' did not end within " + patience.toSeconds() + " s");
        } catch (ExecutionException unreadable) {
            throw new LabException("'" + String.join(" ", command) + "' was interrupted: " + unreadable.getMessage());
        } finally {
            process.destroyForcibly();
        }
    }
}
