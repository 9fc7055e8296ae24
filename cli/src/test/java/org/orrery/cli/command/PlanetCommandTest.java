// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.cli.Captured;
import org.orrery.core.crypto.Identity;
import org.orrery.core.value.Endpoint;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;

final class PlanetCommandTest {
    private static final String PUBLIC =
            "1f31be7de1:0:829bd1e84186ce8383808bd0dc769f7ff0ee949105a0a7f1a29cd767348192130d2084bb0583b4da2879bae14edee39d"
                    + "05974cd5a21089fdeb78a6402bc12f00";

    @TempDir
    Path folder;

    private Captured captured;

    @BeforeEach
    void capture() throws IOException {
        captured = new Captured(folder);
        Files.writeString(folder.resolve("root.public"), PUBLIC + "\n");
    }

    private int run(String... arguments) {
        return RootCommand.run(captured.terminal(), (_, _, _) -> 0, arguments);
    }

    private World planet() throws IOException {
        return Objects.requireNonNull(WorldCommand.read(Files.readAllBytes(folder.resolve("planet"))), "not a world");
    }

    @Test
    void makesASignedPlanetAndItsKey() throws IOException {
        assertThat(run("planet", "create", "--root", "root.public=203.0.113.5/9993,2001:db8::5/9993", "--id", "4660"))
                .isZero();
        World made = planet();
        assertThat(made.type()).isEqualTo(WorldType.PLANET);
        assertThat(made.id()).isEqualTo(4660);
        assertThat(made.timestampMillis()).isEqualTo(Captured.NOW_MILLIS);
        assertThat(made.signedBy(made.updatesSignedBy())).isTrue();
        assertThat(made.roots())
                .containsExactly(new World.Root(
                        Identity.parse(PUBLIC).orElseThrow(),
                        java.util.List.of(
                                Endpoint.parse("203.0.113.5/9993").orElseThrow(),
                                Endpoint.parse("2001:db8::5/9993").orElseThrow())));
        assertThat(Files.getPosixFilePermissions(folder.resolve("planet.key")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(captured.err()).contains("Made the signing key ");
        captured.out();
        assertThat(run("planet", "show", "planet")).isZero();
        assertThat(captured.out())
                .startsWith("planet 4660 (0x0000000000001234), revision of 2026-")
                .endsWith("  root 1f31be7de1 at 203.0.113.5/9993, 2001:db8::5/9993\n");
    }

    @Test
    void neverOverwritesUnasked() throws IOException {
        assertThat(run("planet", "create", "--root", PUBLIC + "=10.0.0.1/1")).isZero();
        byte[] before = Files.readAllBytes(folder.resolve("planet"));
        String key = Files.readString(folder.resolve("planet.key"));
        assertThat(run("planet", "create", "--root", PUBLIC + "=10.0.0.2/1")).isEqualTo(1);
        assertThat(captured.err()).contains("planet exists and is not overwritten.");
        assertThat(folder.resolve("planet")).hasBinaryContent(before);
        assertThat(folder.resolve("planet.key")).hasContent(key);
    }

    @Test
    void makesTheNextRevisionThatNodesAccept() throws IOException {
        assertThat(run("planet", "create", "--root", PUBLIC + "=10.0.0.1/1")).isZero();
        World first = planet();
        assertThat(run("planet", "create", "--update", "--root", PUBLIC + "=10.0.0.2/1"))
                .isZero();
        World second = planet();
        assertThat(first.shouldBeReplacedBy(second)).isTrue();
        assertThat(second.roots().getFirst().endpoints())
                .containsExactly(Endpoint.parse("10.0.0.2/1").orElseThrow());
        Files.delete(folder.resolve("planet.key"));
        assertThat(run("planet", "create", "--update", "--root", PUBLIC + "=10.0.0.3/1"))
                .isEqualTo(1);
        assertThat(folder.resolve("planet.key")).doesNotExist();
        assertThat(run("planet", "create", "--root", PUBLIC + "=10.0.0.3/1", "--out", "other"))
                .isZero();
        captured.err();
        assertThat(run("planet", "create", "--update", "--key", "other.key", "--root", PUBLIC + "=10.0.0.3/1"))
                .isEqualTo(1);
        assertThat(captured.err()).contains("is not the one that must sign updates");
        assertThat(planet()).isEqualTo(second);
    }

    @Test
    void refusesWhatIsNotARoot() {
        for (String root : new String[] {
            PUBLIC, "nofile=10.0.0.1/1", PUBLIC + "=10.0.0.1", PUBLIC + "=", "2" + PUBLIC.substring(1) + "=10.0.0.1/1"
        }) {
            assertThat(run("planet", "create", "--root", root)).as(root).isEqualTo(1);
            assertThat(captured.err()).isNotEmpty();
        }
        assertThat(run("planet", "create", "--root", PUBLIC + "=10.0.0.1/1", "--id", "0"))
                .isEqualTo(1);
        assertThat(run("planet", "create")).isEqualTo(2);
        assertThat(folder.resolve("planet")).doesNotExist();
    }

    @Test
    void showsTheBuiltInPlanetWhereThereIsNoOther() {
        assertThat(run("planet", "show")).isZero();
        assertThat(captured.out()).startsWith("planet 149604618 ");
        assertThat(run("planet", "show", "root.public")).isEqualTo(1);
        assertThat(captured.err()).contains("root.public is neither a planet nor a moon.");
    }

    @Test
    void makesIdentitiesThatSign() throws IOException {
        assertThat(run("identity", "new", "a.secret", "--public", "a.public")).isZero();
        String text = captured.out().strip();
        assertThat(folder.resolve("a.public")).hasContent(text);
        assertThat(run("identity", "new", "a.secret")).isEqualTo(1);
        assertThat(captured.err()).contains("a.secret exists and is not overwritten.");
        assertThat(run("identity", "show", "a.secret")).isZero();
        assertThat(captured.out()).isEqualTo(text + "\n");
        assertThat(run("identity", "validate", text)).isZero();
        assertThat(captured.out()).isEqualTo(text.substring(0, 10) + " is valid\n");
        assertThat(run("identity", "sign", "a.secret", "root.public")).isZero();
        String signature = captured.out().strip();
        assertThat(run("identity", "verify", "a.public", "root.public", signature))
                .isZero();
        assertThat(run("identity", "verify", "a.public", "a.public", signature)).isEqualTo(1);
        assertThat(run("identity", "sign", "a.public", "root.public")).isEqualTo(1);
        assertThat(captured.err()).contains("has no secret part");
    }
}
