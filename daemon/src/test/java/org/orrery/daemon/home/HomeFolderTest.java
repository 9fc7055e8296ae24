// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.node.StateKind;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HomeFolderTest {
    /** Recorded from the original implementation, which made it for tests. */
    private static final String SECRET = "3083aae341:0:"
            + "0feea3b41aa780e3d69dade47b5869056d17b1f5aa6c29d009b3197462f48173"
            + "4950a3ec0a3da87d42e4119bc1ff331a3d340328198762495fbf4cab1a7a2af8"
            + ":faecf55caa2656622cf5a650be14fd765fa51d52faeca807afdfeb2e7f30c67a"
            + "cf4981016b74aae20801ae43cad2d1357ca217bb65f8584dfa5575bbec931ecb";

    private static final NetworkId NETWORK = new NetworkId(0x8056c2e21c000001L);

    private final SecureRandom secure = new SecureRandom();

    @TempDir
    private Path top;

    private Path folder;

    @BeforeEach
    void choose() {
        folder = top.resolve("a/b");
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static Optional<String> reader(byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8);
        return Optional.of(text).filter(good -> good.startsWith("good"));
    }

    @Test
    void theSuccessorOfASecretIsSecretFromTheStart() throws Exception {
        Path before = Files.writeString(top.resolve("before"), "password");
        Files.setPosixFilePermissions(before, PosixFilePermissions.fromString("rw-------"));
        Path successor = top.resolve("successor");
        try (var channel = AtomicFiles.create(successor, Mode.READABLE, before)) {
            assertThat(channel.size()).isZero();
            assertThat(mode(successor)).isEqualTo("rw-------");
        }
        Files.setPosixFilePermissions(before, PosixFilePermissions.fromString("rw-rw-r--"));
        AtomicFiles.replaceReadable(before, new byte[] {1});
        assertThat(mode(before)).isEqualTo("rw-rw-r--");
    }

    @Test
    void firstStartMakesIdentityAndTokenForTheOwnerAlone() throws Exception {
        String token;
        String identity;
        try (HomeFolder home = HomeFolder.open(folder)) {
            token = home.authToken(secure);
            try (SecretIdentity made = home.identity(secure, 1)) {
                identity = made.identity().toString();
                assertThat(folder.resolve("identity.secret")).hasContent(made.secretText());
            }
            home.writePort(9993);
            home.writePid();
        }
        assertThat(token).matches("[a-z0-9]{24}");
        assertThat(Files.readString(folder.resolve("authtoken.secret"))).isEqualTo(token);
        assertThat(Files.readString(folder.resolve("identity.public"))).isEqualTo(identity);
        assertThat(Files.readString(folder.resolve("zerotier-one.port"))).isEqualTo("9993");
        assertThat(folder.resolve("zerotier-one.pid")).doesNotExist();
        assertThat(mode(folder.resolve("identity.secret"))).isEqualTo("rw-------");
        assertThat(mode(folder.resolve("authtoken.secret"))).isEqualTo("rw-------");
        assertThat(mode(folder.resolve("identity.public"))).isEqualTo("rw-r--r--");
        assertThat(mode(folder.resolve("zerotier-one.port"))).isEqualTo("rw-r--r--");
        assertThat(mode(folder.resolve("peers.d"))).isEqualTo("rwx------");

        try (HomeFolder again = HomeFolder.open(folder);
                SecretIdentity kept = again.identity(secure, 1)) {
            assertThat(kept.identity()).hasToString(identity);
            assertThat(again.authToken(secure)).isEqualTo(token);
        }
    }

    @Test
    void existingIdentityIsReadWithWhiteSpaceAroundAndItsModeClosed() throws Exception {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("identity.secret"), SECRET + "\r\n");
        Files.setPosixFilePermissions(folder.resolve("identity.secret"), PosixFilePermissions.fromString("rw-r--r--"));
        try (HomeFolder home = HomeFolder.open(folder);
                SecretIdentity read = home.identity(secure, 1)) {
            assertThat(read.secretText()).isEqualTo(SECRET);
        }
        assertThat(mode(folder.resolve("identity.secret"))).isEqualTo("rw-------");
        assertThat(Files.readString(folder.resolve("identity.public"))).isEqualTo(SECRET.substring(0, 141));
        assertThat(Files.readString(folder.resolve("identity.secret"))).isEqualTo(SECRET + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "TRUNCATED", "OTHER_ADDRESS"})
    void brokenIdentityStopsTheStartAndStays(String kind) throws Exception {
        String content =
                switch (kind) {
                    case "TRUNCATED" -> SECRET.substring(0, 200);
                    case "OTHER_ADDRESS" -> "1234567890" + SECRET.substring(10);
                    default -> kind;
                };
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("identity.secret"), content);
        try (HomeFolder home = HomeFolder.open(folder)) {
            assertThatThrownBy(() -> home.identity(secure, 1))
                    .isInstanceOf(HomeException.class)
                    .hasMessageStartingWith(folder.resolve("identity.secret") + ": ");
        }
        assertThat(Files.readString(folder.resolve("identity.secret"))).isEqualTo(content);
    }

    @Test
    void publicFileOfAnotherIdentityIsSetAside() throws Exception {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("identity.secret"), SECRET);
        Files.writeString(folder.resolve("identity.public"), "somebody else");
        try (HomeFolder home = HomeFolder.open(folder)) {
            home.identity(secure, 1).close();
        }
        assertThat(Files.readString(folder.resolve("identity.public.broken-1"))).isEqualTo("somebody else");
        assertThat(Files.readString(folder.resolve("identity.public"))).isEqualTo(SECRET.substring(0, 141));
    }

    @Test
    void tokenIsTrimmedAndAnEmptyOneReplaced() throws Exception {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("authtoken.secret"), " my token\0\r\n\t");
        try (HomeFolder home = HomeFolder.open(folder)) {
            assertThat(home.authToken(secure)).isEqualTo("my token");
            Files.writeString(folder.resolve("authtoken.secret"), "\n");
            assertThat(home.authToken(secure)).matches("[a-z0-9]{24}");
        }
        assertThat(Files.readString(folder.resolve("authtoken.secret.broken-1")))
                .isEqualTo("\n");
    }

    @Test
    void secondProcessIsRefusedWithThePidOfTheFirst() throws Exception {
        try (HomeFolder held = HomeFolder.open(folder)) {
            assertThat(run(folder))
                    .isEqualTo(held.path() + ": in use by another Orrery, process "
                            + ProcessHandle.current().pid());
            assertThatThrownBy(() -> HomeFolder.open(folder).close())
                    .isInstanceOf(HomeException.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
        Process other = start(folder);
        try (BufferedReader said = other.inputReader()) {
            assertThat(said.readLine()).isEqualTo("taken");
            assertThatThrownBy(() -> HomeFolder.open(folder).close())
                    .isInstanceOf(HomeException.class)
                    .hasMessageEndingWith("process " + other.pid());
            // A crash: nothing is cleaned up, and still the next start works.
            other.destroyForcibly();
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            other.destroyForcibly();
        }
        assertThat(Files.readString(folder.resolve("zerotier-one.pid"))).isEqualTo(Long.toString(other.pid()));
        HomeFolder.open(folder).close();
    }

    private static Process start(Path folder) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String run(Path folder) throws IOException {
        Process process = start(folder);
        try (BufferedReader said = process.inputReader()) {
            return said.readLine();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void runningOriginalServiceIsRespected() throws Exception {
        Files.createDirectories(folder);
        Path sleeper = top.resolve("zerotier-one");
        Files.copy(Path.of("/bin/sleep").toRealPath(), sleeper);
        Process original = new ProcessBuilder(sleeper.toString(), "60").start();
        try {
            Files.writeString(folder.resolve("zerotier-one.pid"), Long.toString(original.pid()));
            assertThatThrownBy(() -> HomeFolder.open(folder).close())
                    .isInstanceOf(HomeException.class)
                    .hasMessageEndingWith("in use by zerotier-one, process " + original.pid());
        } finally {
            original.destroyForcibly().waitFor();
        }
        HomeFolder.open(folder).close();
    }

    @Test
    void oldControllerDatabaseStopsTheStart() throws Exception {
        Files.createDirectories(folder);
        Files.createFile(folder.resolve("controller.db"));
        assertThatThrownBy(() -> HomeFolder.open(folder).close())
                .isInstanceOf(HomeException.class)
                .hasMessageContaining("controller.db");
    }

    @Test
    void halfWrittenFilesOfACrashAreRemoved() throws Exception {
        Files.createDirectories(folder.resolve("networks.d"));
        Files.writeString(folder.resolve("planet"), "good planet");
        Files.writeString(folder.resolve("planet" + AtomicFiles.UNFINISHED), "go");
        Files.writeString(folder.resolve("networks.d/8056c2e21c000001.conf" + AtomicFiles.UNFINISHED), "x");
        try (HomeFolder home = HomeFolder.open(folder)) {
            assertThat(home.planet(HomeFolderTest::reader)).contains("good planet");
            assertThat(home.networks(HomeFolderTest::reader)).isEmpty();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(AtomicFiles.UNFINISHED));
        }
    }

    @Test
    void brokenPlanetStopsTheStartAndStays() throws Exception {
        try (HomeFolder home = HomeFolder.open(folder)) {
            assertThat(home.planet(HomeFolderTest::reader)).isEmpty();
            Files.writeString(folder.resolve("planet"), "bad");
            assertThatThrownBy(() -> home.planet(HomeFolderTest::reader))
                    .isInstanceOf(HomeException.class)
                    .hasMessageStartingWith(folder.resolve("planet") + ": not a planet");
        }
        assertThat(folder.resolve("planet")).hasContent("bad");
    }

    @Test
    void stateIsKeptUnderItsUsualNames() throws Exception {
        try (HomeFolder home = HomeFolder.open(folder)) {
            home.save(StateKind.PLANET, 0, "good p".getBytes(StandardCharsets.UTF_8));
            home.save(StateKind.NETWORK_CONFIG, NETWORK.bits(), "good n".getBytes(StandardCharsets.UTF_8));
            home.save(StateKind.PEER, 0x1122334455L, "good q".getBytes(StandardCharsets.UTF_8));
            assertThat(home.load(StateKind.PEER, 0x1122334455L)).isPresent();
            assertThat(home.load(StateKind.PEER, 1)).isEmpty();
        }
        assertThat(mode(folder.resolve("planet"))).isEqualTo("rw-r--r--");
        assertThat(mode(folder.resolve("networks.d/8056c2e21c000001.conf"))).isEqualTo("rw-------");
        assertThat(mode(folder.resolve("peers.d/1122334455.peer"))).isEqualTo("rw-------");
    }

    @Test
    void sameContentIsNotWrittenAgain() throws Exception {
        try (HomeFolder home = HomeFolder.open(folder)) {
            byte[] content = "good p".getBytes(StandardCharsets.UTF_8);
            home.save(StateKind.PLANET, 0, content);
            Object before = Files.readAttributes(
                            folder.resolve("planet"), java.nio.file.attribute.BasicFileAttributes.class)
                    .fileKey();
            home.save(StateKind.PLANET, 0, content);
            assertThat(Files.readAttributes(folder.resolve("planet"), java.nio.file.attribute.BasicFileAttributes.class)
                            .fileKey())
                    .isEqualTo(before);
            home.save(StateKind.PLANET, 0, "good P".getBytes(StandardCharsets.UTF_8));
            assertThat(home.planet(HomeFolderTest::reader)).contains("good P");
        }
    }

    @Test
    void replacementFollowsALinkAndKeepsAReadableFilesMode() throws Exception {
        try (HomeFolder home = HomeFolder.open(folder)) {
            Path real = Files.writeString(top.resolve("real-planet"), "good old");
            Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-rw----"));
            Files.createSymbolicLink(folder.resolve("planet"), real);
            home.save(StateKind.PLANET, 0, "good new".getBytes(StandardCharsets.UTF_8));
            assertThat(real).hasContent("good new");
            assertThat(mode(real)).isEqualTo("rw-rw----");
            assertThat(folder.resolve("planet")).isSymbolicLink();
        }
    }

    @Test
    void joinedNetworksAreFoundByTheirFiles() throws Exception {
        Path networks = Files.createDirectories(folder.resolve("networks.d"));
        Files.writeString(networks.resolve("8056c2e21c000002.conf"), "good config");
        Files.writeString(networks.resolve("8056c2e21c000001.conf"), "\n");
        Files.writeString(networks.resolve("8056c2e21c000003.conf"), "");
        Files.writeString(networks.resolve("8056c2e21c000001.local.conf"), "allowGlobal=1\n");
        Files.writeString(networks.resolve("8056c2e21c00000.conf"), "good");
        Files.writeString(networks.resolve("README"), "good");
        try (HomeFolder home = HomeFolder.open(folder)) {
            assertThat(home.networks(HomeFolderTest::reader))
                    .containsExactly(
                            new HomeFolder.SavedNetwork<>(NETWORK, Optional.empty()),
                            new HomeFolder.SavedNetwork<>(
                                    new NetworkId(NETWORK.bits() + 1), Optional.of("good config")),
                            new HomeFolder.SavedNetwork<>(new NetworkId(NETWORK.bits() + 2), Optional.empty()));
            home.forget(NETWORK);
            assertThat(home.networks(HomeFolderTest::reader)).hasSize(2);
            assertThat(networks.resolve("8056c2e21c000001.local.conf")).doesNotExist();
        }
    }

    @Test
    void brokenConfigurationIsSetAsideAndTheNetworkStaysJoined() throws Exception {
        Path networks = Files.createDirectories(folder.resolve("networks.d"));
        Files.writeString(networks.resolve("8056c2e21c000001.conf"), "torn");
        try (HomeFolder home = HomeFolder.open(folder)) {
            for (int start = 0; start < 2; start++) {
                assertThat(home.networks(HomeFolderTest::reader))
                        .containsExactly(new HomeFolder.SavedNetwork<>(NETWORK, Optional.empty()));
            }
        }
        assertThat(networks.resolve("8056c2e21c000001.conf.broken-1")).hasContent("torn");
        assertThat(networks.resolve("8056c2e21c000001.conf.broken-2")).doesNotExist();
        assertThat(Files.readString(networks.resolve("8056c2e21c000001.conf"))).isEqualTo("\n");
    }

    @Test
    void settingsAreKeptAndTheirBrokenFileSetAside() throws Exception {
        NetworkSettings wanted =
                new NetworkSettings(true, List.of(Prefix.parse("10.0.0.0/8").orElseThrow()), true, false, true);
        try (HomeFolder home = HomeFolder.open(folder)) {
            assertThat(home.settings(NETWORK)).isEqualTo(NetworkSettings.DEFAULT);
            home.saveSettings(NETWORK, wanted);
            assertThat(home.settings(NETWORK)).isEqualTo(wanted);

            Path file = folder.resolve("networks.d/8056c2e21c000001.local.conf");
            Files.writeString(file, "allowManaged=10.0.0.0/8,nonsense\n");
            NetworkSettings read = home.settings(NETWORK);
            assertThat(read.only()).containsExactly(Prefix.parse("10.0.0.0/8").orElseThrow());
            home.saveSettings(NETWORK, read);
            assertThat(file).hasContent("allowManaged=10.0.0.0/8\nallowGlobal=0\nallowDefault=0\nallowDNS=0\n");
            assertThat(file.resolveSibling(file.getFileName() + ".broken-1"))
                    .hasContent("allowManaged=10.0.0.0/8,nonsense\n");
        }
    }

    @Test
    void oldPeersExpireAndTheNewestAreRead() throws Exception {
        Instant now = Instant.parse("2026-11-24T18:00:00Z");
        try (HomeFolder home = HomeFolder.open(folder)) {
            int day = 0;
            for (long address : new long[] {1, 2, 3, 4}) {
                home.save(StateKind.PEER, address, ("good " + address).getBytes(StandardCharsets.UTF_8));
                Files.setLastModifiedTime(
                        folder.resolve("peers.d/000000000" + address + ".peer"),
                        FileTime.from(now.minus(Duration.ofDays(day))));
                day += 11;
            }
            home.expirePeers(now);
            home.save(StateKind.PEER, 9, "torn".getBytes(StandardCharsets.UTF_8));
            Files.setLastModifiedTime(folder.resolve("peers.d/0000000009.peer"), FileTime.from(now.plusSeconds(1)));
            assertThat(home.peers(10, HomeFolderTest::reader)).containsExactly("good 1", "good 2", "good 3");
            assertThat(home.peers(2, HomeFolderTest::reader)).containsExactly("good 1");
        }
    }

    @Test
    void hugeFileIsRefusedUnread() throws Exception {
        Files.createDirectories(folder);
        try (var file = new java.io.RandomAccessFile(folder.resolve("planet").toFile(), "rw")) {
            file.setLength(1L << 33);
        }
        try (HomeFolder home = HomeFolder.open(folder)) {
            assertThatThrownBy(() -> home.planet(HomeFolderTest::reader))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("planet");
        }
    }
}
