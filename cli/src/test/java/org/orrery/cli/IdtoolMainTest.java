// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.orrery.cli.api.Json;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.value.Endpoint;
import org.orrery.core.wire.WireReader;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;

final class IdtoolMainTest {
    /** Made by the reference tool for this test; belongs to nobody. */
    private static final String PUBLIC =
            "1f31be7de1:0:829bd1e84186ce8383808bd0dc769f7ff0ee949105a0a7f1a29cd767348192130d2084bb0583b4da2879bae14edee39d"
                    + "05974cd5a21089fdeb78a6402bc12f00";

    private static final String SIGNING_SECRET =
            "6a8eb410d0a369f714fea28e3a0d8f9c2fa54cdb045d79c2b815c8c58f29a227cf97a83a9aed9da52ddd734264d4f6fcc268035d665bda"
                    + "5169418ab6c99c8619";

    /** A moon the reference tool made and signed with that key. */
    private static final String MOON = """
            7f0000001f31be7de1000001a200ba41a21adb8741818a86348765c5f04f076999d3d8f4ff0a2f5068d7b3a7bf91dba75d3d96e0607483\
            6d1a4536f9549fec6a00ffaacebf63bba3a7ea2dec4ba22024ba028e28baad4f2b08b1a4ac75d5fa5416ded48a20a2ed84dd44f1d03520\
            0450cadf884d72bb574eb4a6df82f0579938666da08f1d47c71c2b2c944d24af844d04639513af06d36e71e0cc608838c0bb5f78810d10\
            cb721a9d0c6980afdcb7dd39011f31be7de100829bd1e84186ce8383808bd0dc769f7ff0ee949105a0a7f1a29cd767348192130d2084bb\
            0583b4da2879bae14edee39d05974cd5a21089fdeb78a6402bc12f000004040a0100012709040a0000022709040909090901f406fd0000\
            0000000000000000000000000127090000""";

    private static final long MOON_MILLIS = 1_795_308_536_226L;

    @TempDir
    Path folder;

    private Captured captured;

    @BeforeEach
    void capture() {
        captured = new Captured(folder, MOON_MILLIS);
    }

    private int run(String... arguments) {
        return IdtoolMain.run(captured.terminal(), arguments);
    }

    private void prints(int code, String out, String err, String... arguments) {
        assertThat(run(arguments)).isEqualTo(code);
        assertThat(captured.out()).isEqualTo(out);
        assertThat(captured.err()).isEqualTo(err);
    }

    @Test
    void generatesAnIdentityThatValidatesAndSigns() throws IOException {
        prints(0, "s.id written\np.id written\n", "", "generate", "s.id", "p.id");
        String secret = Files.readString(folder.resolve("s.id"));
        String publicText = Files.readString(folder.resolve("p.id"));
        assertThat(secret).hasSize(270).startsWith(publicText + ":");
        assertThat(Files.getPosixFilePermissions(folder.resolve("s.id")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        prints(0, "s.id is a valid identity\n", "", "validate", "s.id");
        prints(0, publicText + " is a valid identity\n", "", "validate", publicText);
        prints(0, publicText, "", "getpublic", "s.id");

        Files.writeString(folder.resolve("data"), "content");
        assertThat(run("sign", "s.id", "data")).isZero();
        String signature = captured.out();
        assertThat(signature).matches("[0-9a-f]{192}");
        Files.writeString(folder.resolve("data.sig"), signature + "\n");
        prints(0, "data signature valid\n", "", "verify", "p.id", "data", signature);
        prints(0, "data signature valid\n", "", "verify", "p.id", "data", "data.sig");
        Files.writeString(folder.resolve("data"), "Content");
        prints(1, "", "data signature check FAILED\n", "verify", "p.id", "data", signature);
        prints(1, "", "p.id does not contain a private key (must use private to sign)\n", "sign", "p.id", "data");
    }

    @Test
    void printsTheSecretWithoutALineEndWhenNoFileIsNamed() {
        assertThat(run("generate")).isZero();
        assertThat(captured.out()).matches("[0-9a-f]{10}:0:[0-9a-f]{128}:[0-9a-f]{128}");
    }

    @Test
    void findsAnAddressThatStartsAsWanted() throws IOException {
        assertThat(run("generate", "s.id", "p.id", "f")).isZero();
        String address = Files.readString(folder.resolve("p.id")).substring(0, 10);
        assertThat(address).startsWith("f");
        assertThat(captured.err().lines())
                .allSatisfy(line -> assertThat(line)
                        .matches("vanity address: (tried [0-9a-f]{10} looking for first 4 bits of f000000000"
                                + "|found " + address + " !)"))
                .endsWith("vanity address: found " + address + " !");
    }

    @Test
    void refusesAnIdentityWhoseAddressIsNotItsKeys() throws IOException {
        prints(0, PUBLIC + " is a valid identity\n", "", "validate", PUBLIC);
        String other = "2" + PUBLIC.substring(1);
        prints(1, "", other + " FAILED validation.\n", "validate", other);
        prints(1, "", "Identity argument invalid or file unreadable: none\n", "validate", "none");
        Files.writeString(folder.resolve("spaced.id"), PUBLIC + " \n");
        prints(0, "spaced.id is a valid identity\n", "", "validate", "spaced.id");
    }

    @Test
    void reportsUnreadableFiles() {
        prints(1, "", "Identity argument invalid or file unreadable: none\n", "sign", "none", "data");
        prints(1, "", "Identity argument invalid or file unreadable: none\n", "getpublic", "none");
        prints(1, "", "data is not readable\n", "verify", PUBLIC, "data", "00");
        prints(1, "", "Error writing to no/where\n", "generate", "no/where");
        prints(1, "", "none is not a valid identity\n", "initmoon", "none");
        prints(1, "", "cannot read none\n", "genmoon", "none");
    }

    @Test
    void printsHelpForTooFewArguments() {
        for (String command : List.of("help", "validate", "getpublic", "sign", "verify", "initmoon", "genmoon")) {
            int expected = command.endsWith("moon") ? 0 : 1;
            assertThat(run(command)).as(command).isEqualTo(expected);
            assertThat(captured.out()).startsWith("Orrery").contains("genmoon <template file>");
        }
        assertThat(run()).isEqualTo(1);
    }

    @Test
    void makesAMoonTemplate() throws Json.Malformed {
        assertThat(run("initmoon", PUBLIC)).isZero();
        String text = captured.out();
        Json template = Json.parse(text);
        assertThat(text).isEqualTo(template.indented() + "\n");
        assertThat(template.members().keySet())
                .containsExactly(
                        "id",
                        "objtype",
                        "roots",
                        "signingKey",
                        "signingKey_SECRET",
                        "updatesMustBeSignedBy",
                        "worldType");
        assertThat(template.at("id").text()).isEqualTo("1f31be7de1");
        assertThat(template.at("objtype").text()).isEqualTo("world");
        assertThat(template.at("worldType").text()).isEqualTo("moon");
        assertThat(template.at("roots").compact())
                .isEqualTo("[{\"identity\":\"" + PUBLIC + "\",\"stableEndpoints\":[]}]");
        String secret = template.at("signingKey_SECRET").text();
        try (SignatureKeyPair keys = SignatureKeyPair.parse(secret).orElseThrow()) {
            assertThat(template.at("signingKey").text())
                    .isEqualTo(keys.publicKey().toString());
            assertThat(template.at("updatesMustBeSignedBy").text())
                    .isEqualTo(keys.publicKey().toString());
        }
    }

    @Test
    void signsTheSameMoonAsTheReference() throws IOException {
        World reference = world(java.util.HexFormat.of().parseHex(MOON));
        Files.writeString(folder.resolve("moon.json"), template("moon", "1f31be7de1"));
        prints(
                0,
                "wrote 0000001f31be7de1.moon (signed world with timestamp " + MOON_MILLIS + ")\n",
                "",
                "genmoon",
                "moon.json");
        World made = world(Files.readAllBytes(folder.resolve("0000001f31be7de1.moon")));
        assertThat(made.type()).isEqualTo(reference.type());
        assertThat(made.id()).isEqualTo(reference.id());
        assertThat(made.timestampMillis()).isEqualTo(reference.timestampMillis());
        assertThat(made.updatesSignedBy()).isEqualTo(reference.updatesSignedBy());
        assertThat(made.roots()).singleElement().satisfies(root -> {
            assertThat(root.identity()).isEqualTo(Identity.parse(PUBLIC).orElseThrow());
            // The order of endpoints is nobody's concern; it differs from the reference's.
            assertThat(root.endpoints())
                    .containsExactlyInAnyOrderElementsOf(
                            reference.roots().getFirst().endpoints());
        });
        assertThat(made.signedBy(reference.updatesSignedBy())).isTrue();
        assertThat(reference.signedBy(made.updatesSignedBy())).isTrue();
    }

    @Test
    void makesPlanetsToo() throws IOException {
        Files.writeString(folder.resolve("planet.json"), template("planet", "deadbee1"));
        assertThat(run("genmoon", "planet.json")).isZero();
        World made = world(Files.readAllBytes(folder.resolve("00000000deadbee1.moon")));
        assertThat(made.type()).isEqualTo(WorldType.PLANET);
        assertThat(made.roots().getFirst().endpoints())
                .contains(Endpoint.parse("fd00::1/9993").orElseThrow());
    }

    @Test
    void refusesBrokenTemplates() throws IOException {
        refuses(template("sun", "1f31be7de1"), "invalid worldType");
        refuses(template("moon", "0"), "ID in t.json is invalid");
        refuses(template("moon", "x"), "ID in t.json is invalid");
        refuses(
                template("moon", "1").replace("9.9.9.9/500", "9.9.9.9"),
                "t.json: a stable endpoint is not IP/port: 9.9.9.9");
        refuses(
                template("moon", "1").replace(SIGNING_SECRET, "00"),
                "t.json: signingKey_SECRET must be 128 hex digits");
        assertThat(folder).isDirectoryNotContaining("glob:**.moon");
    }

    private void refuses(String template, String why) throws IOException {
        Files.writeString(folder.resolve("t.json"), template, StandardCharsets.UTF_8);
        prints(1, "", why + "\n", "genmoon", "t.json");
    }

    private static World world(byte[] bytes) {
        return Objects.requireNonNull(World.read(new WireReader(bytes, 0, bytes.length)), "not a world");
    }

    private static String template(String type, String id) {
        try (SignatureKeyPair keys = SignatureKeyPair.parse(SIGNING_SECRET).orElseThrow()) {
            return """
                {"id":"%s","worldType":"%s","signingKey":"%s","signingKey_SECRET":"%s","updatesMustBeSignedBy":"%s",
                "roots":[{"identity":"%s","stableEndpoints":["10.1.0.1/9993","10.0.0.2/9993","9.9.9.9/500",
                "fd00::1/9993"]}]}""".formatted(id, type, keys.publicKey(), SIGNING_SECRET, keys.publicKey(), PUBLIC);
        }
    }
}
