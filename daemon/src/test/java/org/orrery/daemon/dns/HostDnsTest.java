// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.daemon.home.AtomicFiles;
import org.orrery.daemon.home.HomeFolder;
import org.orrery.daemon.host.HostState;

/** A resolver in a folder: its file, and a program in the place of resolvectl that writes down what it is told. */
class HostDnsTest {
    private static final String OWN = "search example.org\nnameserver 192.0.2.1\n";
    private static final NetworkDns LAB = network(1, "lab.example", false);
    private static final NetworkDns OFFICE = network(2, "office.example", true);

    private static final long AWAIT_MILLIS_MAX = 60_000;

    /** No test is about slow disks and programs but the one that says so: what a busy machine is late with counts. */
    private static final HostDns.Patience AMPLE = new HostDns.Patience(Duration.ofSeconds(60), Duration.ofSeconds(60));

    @TempDir
    Path folder;

    private HomeFolder home;
    private Path file;
    private ResolverPaths paths;

    @BeforeEach
    void open() throws Exception {
        home = HomeFolder.open(folder.resolve("home"));
        file = folder.resolve("resolv.conf");
        Files.writeString(file, OWN);
        paths = new ResolverPaths(
                file, folder.resolve("resolve"), folder.resolve("net"), List.of(folder.resolve("bin")));
    }

    @AfterEach
    void close() throws Exception {
        home.close();
    }

    private static NetworkDns network(int number, String domain, boolean everything) {
        var id = new NetworkId(0x343752eb18000000L + number);
        return new NetworkDns(id, "zt" + number, domain, List.of(Ip.v4(10, number, 0, 1)), everything);
    }

    private HostDns dns() {
        return new HostDns(paths, home, "343752eb18", AMPLE);
    }

    private String text() throws IOException {
        return Files.readString(file);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(AWAIT_MILLIS_MAX);
        while (!condition.getAsBoolean() && System.nanoTime() < until) {
            Thread.sleep(5);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static void awaitState(HostDns dns, NetworkDns network, HostState.Dns.State state) throws Exception {
        await(() -> dns.state(network.network()).state() == state);
    }

    /** As a killed process would leave things: nothing of it runs any more. */
    private void applyAndForget(NetworkDns... networks) throws Exception {
        new ResolvConfFile(file, home, "343752eb18").apply(List.of(networks));
        assertThat(text()).contains("lab.example");
    }

    @Test
    void editsTheFileAndRestoresItToTheByte() throws Exception {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        HostDns dns = dns();
        dns.want(List.of(LAB));
        awaitState(dns, LAB, HostState.Dns.State.APPLIED);
        assertThat(text()).contains("nameserver 10.1.0.1\n").contains("search example.org lab.example\n");
        assertThat(dns.state(LAB.network()).by()).isEqualTo(file.toString());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-rw-r--");

        dns.want(List.of(LAB, OFFICE));
        awaitState(dns, OFFICE, HostState.Dns.State.APPLIED);
        dns.want(List.of(OFFICE));
        awaitState(dns, LAB, HostState.Dns.State.PENDING);
        assertThat(text()).contains("office.example").doesNotContain("lab.example");

        dns.close();
        assertThat(text()).isEqualTo(OWN);
        assertThat(home.note("resolv.conf.note")).isEmpty();
    }

    @Test
    void takesBackWhenNothingIsWantedAnyMore() throws Exception {
        HostDns dns = dns();
        dns.want(List.of(LAB));
        awaitState(dns, LAB, HostState.Dns.State.APPLIED);
        dns.want(List.of());
        awaitState(dns, LAB, HostState.Dns.State.PENDING);
        assertThat(text()).isEqualTo(OWN);
        dns.close();
        assertThat(text()).isEqualTo(OWN);
    }

    @Test
    void aFullDiskLeavesTheFileAsItIs() {
        var full = new ResolvConfFile(file, home, "343752eb18", (_, _) -> {
            throw new IOException("No space left on device");
        });
        assertThatThrownBy(() -> full.apply(List.of(LAB))).hasMessageContaining("No space");
        assertThat(file).content().isEqualTo(OWN);
    }

    @Test
    void writesInPlaceWhereTheFileCannotBeReplaced() throws Exception {
        Object before = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        var mounted = new ResolvConfFile(file, home, "343752eb18", (path, _) -> {
            throw new AtomicFiles.NotReplaceableException(
                    new FileSystemException(path.toString(), null, "Device or resource busy"));
        });
        mounted.apply(List.of(LAB));
        assertThat(text()).contains("lab.example").endsWith("\n");
        mounted.undo();
        assertThat(text()).isEqualTo(OWN);
        assertThat(Files.readAttributes(file, BasicFileAttributes.class).fileKey())
                .isEqualTo(before);
    }

    @Test
    void anEmptiedFileGetsItsContentAgain() throws Exception {
        applyAndForget(LAB);
        Files.writeString(file, "");
        dns().recover();
        assertThat(text()).isEqualTo(OWN);
    }

    @Test
    void takesBackWhatAKilledProcessLeft() throws Exception {
        applyAndForget(LAB);
        dns().recover();
        assertThat(text()).isEqualTo(OWN);
    }

    @Test
    void takesOnlyItsLinesFromAFileThatSomebodyChanged() throws Exception {
        applyAndForget(LAB);
        Files.writeString(file, text().replace("192.0.2.1", "192.0.2.99") + "options rotate\n");
        dns().recover();
        assertThat(text()).isEqualTo("search example.org\nnameserver 192.0.2.99\noptions rotate\n");
    }

    @Test
    void leavesAFileAloneThatSomebodyReplaced() throws Exception {
        applyAndForget(LAB);
        Files.writeString(file, "nameserver 203.0.113.1");
        dns().recover();
        assertThat(text()).isEqualTo("nameserver 203.0.113.1");
    }

    @Test
    void putsBackWhatSomebodyOverwrote() throws Exception {
        HostDns dns = dns();
        dns.want(List.of(LAB));
        awaitState(dns, LAB, HostState.Dns.State.APPLIED);
        Files.writeString(file, "nameserver 203.0.113.1\n");
        dns.want(List.of(LAB));
        await(() -> {
            try {
                return text().contains("lab.example");
            } catch (IOException failure) {
                throw new java.io.UncheckedIOException(failure);
            }
        });
        dns.close();
        assertThat(text()).as("the newer one").isEqualTo("nameserver 203.0.113.1\n");
    }

    @Test
    void followsALinkAndLeavesIt() throws Exception {
        Path real = Files.createDirectory(folder.resolve("run")).resolve("resolv.conf");
        Files.move(file, real);
        Files.createSymbolicLink(file, Path.of("run/resolv.conf"));
        HostDns dns = dns();
        dns.want(List.of(LAB));
        awaitState(dns, LAB, HostState.Dns.State.APPLIED);
        assertThat(Files.readString(real)).contains("lab.example");
        dns.close();
        assertThat(Files.isSymbolicLink(file)).isTrue();
        assertThat(Files.readString(real)).isEqualTo(OWN);
    }

    @Test
    void restoresTheFormerFileWhenTheLinkLeadsElsewhere() throws Exception {
        Path real = Files.createDirectory(folder.resolve("run")).resolve("resolv.conf");
        Files.move(file, real);
        Files.createSymbolicLink(file, Path.of("run/resolv.conf"));
        applyAndForget(LAB);
        Files.delete(file);
        Files.writeString(file, "nameserver 203.0.113.1\n");
        dns().recover();
        assertThat(Files.readString(real)).isEqualTo(OWN);
        assertThat(text()).isEqualTo("nameserver 203.0.113.1\n");
    }

    @Test
    void aFileThatWasNotThereGoesAgain() throws Exception {
        Files.delete(file);
        HostDns dns = dns();
        dns.want(List.of(LAB));
        awaitState(dns, LAB, HostState.Dns.State.APPLIED);
        assertThat(text()).startsWith("# begin orrery");
        dns.close();
        assertThat(Files.exists(file, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    @Test
    void saysThatTheFileCannotBeChanged() throws Exception {
        Files.delete(file);
        Files.createDirectory(file);
        HostDns dns = dns();
        dns.want(List.of(LAB));
        awaitState(dns, LAB, HostState.Dns.State.REFUSED);
        assertThat(dns.state(LAB.network()).reason()).startsWith("cannot be changed: ");
        dns.close();
    }

    // ---------------------------------------------------------------- systemd-resolved

    private Path resolved(String exit) throws IOException {
        Files.createDirectories(paths.resolved().resolve("netif"));
        Files.writeString(paths.resolved().resolve("stub-resolv.conf"), "nameserver 127.0.0.53\n");
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("resolve/stub-resolv.conf"));
        for (int i = 1; i <= 2; i++) {
            Path device = Files.createDirectories(paths.devices().resolve("zt" + i));
            Files.writeString(device.resolve("ifindex"), i + "\n");
            Files.writeString(paths.resolved().resolve("netif").resolve("" + i), "");
        }
        Path log = folder.resolve("told");
        Path program = Files.createDirectories(folder.resolve("bin")).resolve("resolvectl");
        Files.writeString(program, "#!/bin/sh\necho \"$*\" >>" + log + "\n" + exit + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return log;
    }

    @Test
    void tellsSystemdResolvedWhereItIsAsked() throws Exception {
        Path told = resolved("exit 0");
        HostDns dns = dns();
        dns.want(List.of(LAB, OFFICE));
        awaitState(dns, OFFICE, HostState.Dns.State.APPLIED);
        assertThat(Files.readAllLines(told))
                .containsExactly(
                        "dns zt1 10.1.0.1",
                        "domain zt1 lab.example",
                        "default-route zt1 no",
                        "dns zt2 10.2.0.1",
                        "domain zt2 office.example ~.",
                        "default-route zt2 yes");
        assertThat(dns.state(LAB.network()).by()).isEqualTo("systemd-resolved");
        assertThat(Files.readString(paths.resolved().resolve("stub-resolv.conf")))
                .as("its file is its own")
                .isEqualTo("nameserver 127.0.0.53\n");

        dns.want(List.of(OFFICE));
        awaitState(dns, LAB, HostState.Dns.State.PENDING);
        dns.close();
        assertThat(Files.readAllLines(told))
                .endsWith("revert zt1", "revert zt2")
                .hasSize(8);
    }

    @Test
    void tellsItAgainIfItForgot() throws Exception {
        Path told = resolved("exit 0");
        HostDns dns = dns();
        dns.want(List.of(LAB));
        awaitState(dns, LAB, HostState.Dns.State.APPLIED);
        dns.want(List.of(LAB));
        Files.delete(paths.resolved().resolve("netif/1"));
        dns.want(List.of(LAB));
        await(() -> {
            try {
                // Once more if the second wish was looked at only after the file was gone.
                return Files.readAllLines(told).size() >= 6;
            } catch (IOException failure) {
                throw new java.io.UncheckedIOException(failure);
            }
        });
        dns.close();
    }

    @Test
    void passesOnWhatTheProgramComplainsOf() throws Exception {
        resolved("echo 'Failed to set DNS configuration: no bus' >&2; exit 1");
        HostDns dns = dns();
        dns.want(List.of(LAB));
        awaitState(dns, LAB, HostState.Dns.State.REFUSED);
        assertThat(dns.state(LAB.network()).reason())
                .isEqualTo("resolvectl dns zt1 10.1.0.1: Failed to set DNS configuration: no bus");
        dns.close();
    }

    @Test
    void saysThatTheProgramDoesNotAnswer() throws Exception {
        resolved("exec sleep 600");
        HostDns dns =
                new HostDns(paths, home, "343752eb18", new HostDns.Patience(AMPLE.close(), Duration.ofSeconds(1)));
        dns.want(List.of(LAB));
        awaitState(dns, LAB, HostState.Dns.State.REFUSED);
        assertThat(dns.state(LAB.network()).reason()).isEqualTo("resolvectl dns zt1 10.1.0.1: no answer within 1 s");
        dns.close();
    }

    @Test
    void changesFromTheFileToSystemdResolvedWhenThatTakesOver() throws Exception {
        HostDns dns = dns();
        dns.want(List.of(LAB));
        awaitState(dns, LAB, HostState.Dns.State.APPLIED);
        Path kept = folder.resolve("kept");
        Files.copy(file, kept);
        resolved("exit 0");
        dns.want(List.of(LAB));
        await(() -> dns.state(LAB.network()).by().equals("systemd-resolved"));
        assertThat(home.note("resolv.conf.note")).isEmpty();
        dns.close();
    }
}
