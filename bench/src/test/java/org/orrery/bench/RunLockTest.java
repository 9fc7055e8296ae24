// SPDX-License-Identifier: Apache-2.0
package org.orrery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunLockTest {
    @TempDir
    Path folder;

    /** Another process that holds the lock until its input ends. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            try (RunLock lock = RunLock.take(Path.of(arguments[0]))) {
                System.out.println(lock.alone());
                System.out.flush();
                while (System.in.read() >= 0) {}
            }
        }
    }

    @Test
    void tellsOfAnotherProcessAsLongAsThatHoldsIt() throws Exception {
        Path file = folder.resolve("lock");
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = other.inputReader()) {
            assertThat(said.readLine()).isEqualTo("true");
            try (RunLock late = RunLock.take(file)) {
                assertThat(late.alone()).isFalse();
            }
            other.outputWriter().close();
            assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            other.destroyForcibly();
        }
        try (RunLock free = RunLock.take(file)) {
            assertThat(free.alone()).isTrue();
            try (RunLock second = RunLock.take(file)) {
                assertThat(second.alone()).as("in one process").isFalse();
            }
        }
    }

    @Test
    void whatCannotBeLockedKeepsNobodyFromMeasuring() throws Exception {
        Path file = Files.createDirectory(folder.resolve("lock"));
        try (RunLock lock = RunLock.take(file)) {
            assertThat(lock.alone()).isTrue();
        }
        try (RunLock lock = RunLock.take(folder.resolve("absent/lock"))) {
            assertThat(lock.alone()).isTrue();
        }
    }
}
