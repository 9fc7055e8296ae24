// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WithoutBenchmarksTest {
    /** As the launcher runs every command but bench: the jars that only that one needs are not there. */
    @Test
    void commandsLoadWithoutTheJarsOfTheBenchmarks() throws Exception {
        URL[] jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("bench") && !entry.contains("jmh"))
                .map(WithoutBenchmarksTest::url)
                .toArray(URL[]::new);
        try (var loader = new URLClassLoader(jars, ClassLoader.getPlatformClassLoader())) {
            assertThatThrownBy(() -> loader.loadClass("org.orrery.bench.Benchmarks"))
                    .isInstanceOf(ClassNotFoundException.class);
            String root = "org.orrery.cli.command.RootCommand";
            assertThat(Class.forName(root, true, loader)).hasToString("class " + root);
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
