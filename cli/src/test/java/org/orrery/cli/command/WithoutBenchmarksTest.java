// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WithoutBenchmarksTest {
    /** What lies in the folder of bench and sim, as a jar or as a module's folder of classes. */
    private static final Pattern APART = Pattern.compile(
            ".*/((bench|sim)/target/(launcher/)?classes|(orrery-bench|orrery-sim|jmh-core|jopt-simple|commons-math3)-[^/]*\\.jar)");

    /** As the launcher runs every command but these two: the jars that only they need are not there. */
    @Test
    void commandsRunWithoutTheJarsOfBenchAndSim() throws Exception {
        URL[] others = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !APART.matcher(entry).matches())
                .map(WithoutBenchmarksTest::url)
                .toArray(URL[]::new);
        try (var loader = new URLClassLoader(others, ClassLoader.getPlatformClassLoader())) {
            for (String absent : new String[] {
                "org.orrery.bench.Benchmarks", "org.orrery.sim.Chaos", "org.openjdk.jmh.annotations.Benchmark"
            }) {
                assertThatThrownBy(() -> loader.loadClass(absent)).isInstanceOf(ClassNotFoundException.class);
            }
            var warmup = Class.forName("org.orrery.cli.Warmup", true, loader);
            var main = warmup.getMethod("main", String[].class);
            assertThatCode(() -> main.invoke(null, (Object) new String[0]))
                    .as("the parser looks at every command")
                    .doesNotThrowAnyException();
        }
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
