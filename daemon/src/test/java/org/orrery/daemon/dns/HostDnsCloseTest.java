// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.daemon.home.HomeFolder;
import org.orrery.daemon.host.HostState;

/** What a stop answers if the resolver's file does not get rid of the node's lines. */
class HostDnsCloseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final NetworkDns LAB = new NetworkDns(
            new NetworkId(0x343752eb18000001L), "zt1", "lab.example", List.of(Ip.v4(10, 1, 0, 1)), false);

    @TempDir
    Path folder;

    private HomeFolder home;
    private Path file;
    private HostDns dns;

    @BeforeEach
    void apply() throws Exception {
        home = HomeFolder.open(folder.resolve("home"));
        file = folder.resolve("resolv.conf");
        Files.writeString(file, "nameserver 192.0.2.1\n");
        dns = another(PATIENCE);
        dns.want(List.of(LAB));
        awaitApplied(dns);
        assertThat(file).content().contains("lab.example");
    }

    private static void awaitApplied(HostDns dns) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (dns.state(LAB.network()).state() != HostState.Dns.State.APPLIED && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(dns.state(LAB.network()).state()).isEqualTo(HostState.Dns.State.APPLIED);
    }

    @AfterEach
    void close() throws Exception {
        home.close();
    }

    private HostDns another(Duration close) {
        var paths = new ResolverPaths(
                file, folder.resolve("resolve"), folder.resolve("net"), List.of(folder.resolve("bin")));
        return new HostDns(paths, home, "343752eb18", new HostDns.Patience(close, PATIENCE));
    }

    @Test
    void allIsTakenBack() {
        assertThat(dns.close()).isTrue();
        assertThat(file).content().isEqualTo("nameserver 192.0.2.1\n");
        assertThat(another(PATIENCE).close()).as("nothing was ever done").isTrue();
    }

    @Test
    void theSystemRefuses() throws Exception {
        Path aside = folder.resolve("aside");
        Files.move(file, aside);
        Files.createDirectory(file);
        assertThat(dns.close()).isFalse();
        assertThat(home.note("resolv.conf.note")).as("for the next start").isPresent();

        Files.delete(file);
        Files.move(aside, file);
        HostDns next = another(PATIENCE);
        next.recover();
        assertThat(next.close()).isTrue();
        assertThat(file).content().isEqualTo("nameserver 192.0.2.1\n");
    }

    @Test
    void theSystemTakesItsTime() throws Exception {
        HostDns hurried = another(Duration.ofMillis(200));
        hurried.want(List.of(LAB));
        awaitApplied(hurried);
        Files.delete(file);
        int made = new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
        assertThat(made).as("mkfifo, of coreutils").isZero();
        assertThat(hurried.close()).as("reading waits for a writer").isFalse();
        Files.newByteChannel(file, StandardOpenOption.WRITE).close();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!hurried.close() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(hurried.close()).as("nothing of ours is in it").isTrue();
    }
}
