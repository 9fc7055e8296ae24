// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.orrery.cli.lab.Lab;

/** The demonstration as a user runs it: a process of its own. */
@Tag("root")
@ExtendWith(RootOnly.class)
final class DemoTest {
    private static final int PATIENCE_SECONDS = 150;

    @Test
    void showsWhatItMeasuredAndTakesEverythingAway() throws Exception {
        Process demo = demo().redirectError(Redirect.INHERIT).start();
        Future<byte[]> output = Lab.background(() -> demo.getInputStream().readAllBytes());
        assertEnds(demo);
        String shown = new String(output.get(), StandardCharsets.UTF_8);
        assertThat(demo.exitValue()).as(shown).isZero();
        assertThat(shown)
                .containsPattern("first ping +[0-9]+ ms")
                .containsPattern("ping average +[0-9.]+ ms \\(20 of 20 answered\\)")
                .containsPattern("throughput +[1-9][0-9]* Mbit/s")
                .containsPattern("path +direct, ");
        assertNothingLeft(demo);
    }

    @Test
    void takesEverythingAwayWhenInterrupted() throws Exception {
        Process demo = demo().redirectOutput(Redirect.DISCARD).start();
        try (var progress = demo.errorReader()) {
            assertThat(Lab.background(() -> untilNodesRun(progress)).get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("nodes run")
                    .isTrue();
            assertThat(output("ip", "netns", "list")).contains(namespaces(demo));

            output("kill", "-INT", "" + demo.pid());

            assertEnds(demo);
            assertThat(demo.exitValue()).isEqualTo(130);
            assertThat(progress.lines()).as("said after the interruption").noneMatch(said -> said.contains("failed"));
        } finally {
            demo.destroy();
        }
        assertNothingLeft(demo);
    }

    private static boolean untilNodesRun(BufferedReader progress) throws IOException {
        for (String line = progress.readLine(); line != null; line = progress.readLine()) {
            if (line.startsWith("All on-line")) {
                return true;
            }
        }
        return false;
    }

    private static void assertEnds(Process process) throws InterruptedException {
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroy(); // which closes its streams
        }
        assertThat(ended).as("ends by itself").isTrue();
    }

    private static ProcessBuilder demo() {
        // A shell starts what it runs in the background with this signal ignored, and a JVM then leaves it so.
        return new ProcessBuilder(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "org.orrery.cli.Orrery",
                "demo");
    }

    private static void assertNothingLeft(Process demo) throws Exception {
        assertThat(output("ip", "netns", "list")).doesNotContain(namespaces(demo));
        // Some were killed, and the kernel may not have come to the end of that.
        Lab.await("none of its processes", Duration.ofSeconds(20), () -> {
            try (var processes = ProcessHandle.allProcesses()) {
                return processes
                                .flatMap(each -> each.info().commandLine().stream())
                                .anyMatch(line -> line.contains(namespaces(demo)))
                        ? Optional.empty()
                        : Optional.of(true);
            }
        });
        String[] files = Path.of(System.getProperty("java.io.tmpdir")).toFile().list();
        assertThat(files).noneMatch(name -> name.startsWith(namespaces(demo)));
    }

    private static String namespaces(Process demo) {
        return "orrery-lab-" + demo.pid() + "-";
    }

    private static String output(String... command) throws Exception {
        Process process =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }
}
