// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.cli.api.Json;
import org.orrery.cli.lab.Lab;

/** The measurement of whole nodes as a user runs it: a process of its own. */
@Tag("root")
@ExtendWith(RootOnly.class)
final class BenchTest {
    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    Path folder;

    @Test
    void measuresAndTakesEverythingAway() throws Exception {
        Path json = folder.resolve("net.json");
        Path svg = folder.resolve("net.svg");
        Process bench = bench(
                "--seconds",
                "1",
                "--runs",
                "1",
                "--warm-up",
                "0",
                "--json",
                "" + json,
                "--svg",
                "" + svg,
                "tcp1",
                "ping");
        Future<byte[]> output = Lab.background(() -> bench.getInputStream().readAllBytes());
        boolean ended = bench.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            bench.destroy(); // which closes its streams
        }
        assertThat(ended).as("ends by itself").isTrue();
        String shown = new String(output.get(), StandardCharsets.UTF_8);
        assertThat(bench.exitValue()).as(shown).isZero();
        assertThat(shown)
                .containsPattern("TCP, 1 stream +Mbit/s +more +[0-9.]+ +1\n")
                .containsPattern("Ping, idle: median +ms +less +[0-9.]+ +1\n");
        Json figures = Json.parse(Files.readString(json)).at("figures");
        assertThat(figures.items())
                .hasSize(6)
                .allSatisfy(figure -> assertThat(
                                figure.at("values").at("Orrery").at("runs").items())
                        .hasSize(1));
        assertThat(Files.readString(svg)).startsWith("<svg").contains("TCP, 1 stream: CPU");
        assertThat(output("ip", "netns", "list")).doesNotContain("orrery-lab-" + bench.pid() + "-");
    }

    private static Process bench(String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "org.orrery.cli.Orrery",
                "bench",
                "net"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    }

    private static String output(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }
}
