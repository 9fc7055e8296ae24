// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.orrery.core.crypto.Vectors.bytes;
import static org.orrery.core.crypto.Vectors.flag;
import static org.orrery.core.crypto.Vectors.hex;
import static org.orrery.core.crypto.Vectors.list;
import static org.orrery.core.crypto.Vectors.number;
import static org.orrery.core.crypto.Vectors.text;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.orrery.core.crypto.CombinedPublicKey;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SignatureBytes;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.crypto.Vectors;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.wire.WireReader;
import org.orrery.core.wire.WireWriter;
import org.orrery.core.world.World.Root;
import tools.jackson.databind.JsonNode;

class WorldTest {
    private static final String FILE = "world.json";

    /** A moon made with throw-away keys; signing key and update key are the same. */
    private static final String MOON =
            "7f0000001f31be7de1000001a200ba41a21adb8741818a86348765c5f04f076999d3d8f4ff0a2f5068d7b3a7bf91dba7"
                    + "5d3d96e06074836d1a4536f9549fec6a00ffaacebf63bba3a7ea2dec4ba22024ba028e28baad4f2b08b1a4ac75d5fa54"
                    + "16ded48a20a2ed84dd44f1d035200450cadf884d72bb574eb4a6df82f0579938666da08f1d47c71c2b2c944d24af844d"
                    + "04639513af06d36e71e0cc608838c0bb5f78810d10cb721a9d0c6980afdcb7dd39011f31be7de100829bd1e84186ce83"
                    + "83808bd0dc769f7ff0ee949105a0a7f1a29cd767348192130d2084bb0583b4da2879bae14edee39d05974cd5a21089fd"
                    + "eb78a6402bc12f000004040a0100012709040a0000022709040909090901f406fd000000000000000000000000000001"
                    + "27090000";

    private static final String MOON_SIGNING_KEY = "6a8eb410d0a369f714fea28e3a0d8f9c2fa54cdb045d79c2b815c8c58f29a227"
            + "cf97a83a9aed9da52ddd734264d4f6fcc268035d665bda5169418ab6c99c8619";

    private static SignatureKeyPair keyPair(int index) {
        JsonNode entry = list(FILE, "keyPairs").get(index);
        return SignatureKeyPair.parse(text(entry, "private")).orElseThrow();
    }

    private static World fromFields(JsonNode entry) {
        List<Root> roots = entry.required("roots")
                .valueStream()
                .map(root -> new Root(
                        Identity.parse(text(root, "identity")).orElseThrow(),
                        root.required("endpoints")
                                .valueStream()
                                .map(endpoint ->
                                        Endpoint.parse(endpoint.stringValue()).orElseThrow())
                                .toList()))
                .toList();
        String type = text(entry, "type");
        return new World(
                type.equals("null") ? WorldType.NONE : WorldType.valueOf(type.toUpperCase(Locale.ROOT)),
                Long.parseUnsignedLong(text(entry, "id"), 16),
                entry.required("timestamp").longValue(),
                CombinedPublicKey.parse(text(entry, "updatesMustBeSignedBy")).orElseThrow(),
                SignatureBytes.of(bytes(entry, "signature")),
                roots);
    }

    private static World read(byte[] bytes) {
        var in = new WireReader(bytes);
        World world = World.read(in);
        assertThat(in.finished()).isTrue();
        return Objects.requireNonNull(world);
    }

    @Test
    void readsWritesAndSignsEveryRecordedWorld() {
        for (JsonNode entry : list(FILE, "worlds")) {
            World world = fromFields(entry);
            assertThat(hex(world.bytes())).isEqualTo(text(entry, "serialized"));
            assertThat(hex(world.signedBytes())).isEqualTo(text(entry, "signedBytes"));

            byte[] serialized = bytes(entry, "serialized");
            var in = new WireReader(serialized);
            assertThat(World.read(in)).isEqualTo(world);
            assertThat(in.position()).isEqualTo(number(entry, "consumed"));

            try (SignatureKeyPair signer = keyPair(number(entry, "signedWithKey"));
                    SignatureKeyPair next = keyPair(number(entry, "updatesKey"))) {
                assertThat(hex(signer.sign(world.signedBytes()))).isEqualTo(text(entry, "signature"));
                assertThat(world.signedBy(signer.publicKey())).isTrue();
                assertThat(world.updatesSignedBy()).isEqualTo(next.publicKey());
                assertThat(world.signedBy(next.publicKey()))
                        .isEqualTo(next.publicKey().equals(signer.publicKey()));
            }
        }
    }

    @Test
    void decidesEveryRecordedReplacement() {
        for (JsonNode entry : list(FILE, "replacement")) {
            World current = entry.required("current").isNull() ? World.none() : read(bytes(entry, "current"));
            assertThat(current.shouldBeReplacedBy(read(bytes(entry, "update"))))
                    .as(text(entry, "what"))
                    .isEqualTo(flag(entry, "accepted"));
        }
    }

    /** Inputs that the references take and this implementation does not. */
    private static final Map<String, DropReason> STRICTER = Map.of(
            // The references do not look whether the bytes to skip are there.
            "moon with 5 announced dictionary bytes that are absent", DropReason.TRUNCATED,
            // Nobody may send a private key.
            "root identity that carries its private key", DropReason.BAD_FIELD);

    @Test
    void readsEveryRecordedFormOrIsStricterForAStatedReason() {
        int stricter = 0;
        for (JsonNode entry : list(FILE, "parsing")) {
            String what = text(entry, "what");
            var in = new WireReader(bytes(entry, "bytes"));
            World world = World.read(in);
            if (STRICTER.containsKey(what)) {
                stricter++;
                assertThat(flag(entry, "parsed")).isTrue();
                assertThat(world).as(what).isNull();
                assertThat(in.fault()).isEqualTo(STRICTER.get(what));
                continue;
            }
            assertThat(world != null).as(what).isEqualTo(flag(entry, "parsed"));
            assertThat(in.intact()).isEqualTo(world != null);
            if (world != null) {
                assertThat(in.position()).isEqualTo(number(entry, "consumed"));
                assertThat(world.type().code()).isEqualTo(number(entry, "type"));
                assertThat(world.roots()).hasSize(number(entry, "rootCount"));
            }
        }
        assertThat(stricter).isEqualTo(STRICTER.size());
    }

    @Test
    void refusesEveryTruncation() {
        byte[] whole = HexFormat.of().parseHex(MOON);
        for (int length = 0; length < whole.length; length++) {
            var in = new WireReader(whole, 0, length);
            assertThat(World.read(in)).isNull();
            assertThat(in.fault()).isEqualTo(DropReason.TRUNCATED);
        }
    }

    @Test
    void readsConcatenatedWorlds() {
        var joined = new ByteArrayOutputStream();
        List<World> expected = new ArrayList<>();
        for (JsonNode entry : list(FILE, "worlds")) {
            joined.writeBytes(bytes(entry, "serialized"));
            expected.add(fromFields(entry));
        }
        assertThat(World.readAll(new WireReader(joined.toByteArray()))).isEqualTo(expected);
        assertThat(World.readAll(new WireReader(new byte[0]))).isEmpty();
        joined.write(1);
        assertThat(World.readAll(new WireReader(joined.toByteArray()))).isNull();
    }

    @Test
    void theBuiltInPlanetIsTheSignedOne() throws Exception {
        World planet = World.builtIn();
        byte[] bytes = planet.bytes();
        assertThat(hex(MessageDigest.getInstance("SHA-256").digest(bytes)))
                .isEqualTo("d85620dee418cd7efc5558b6a50b2a8ac34792764d074fa55d752952e48da470");
        assertThat(planet.signedBy(planet.updatesSignedBy())).isTrue();
        assertThat(read(bytes)).isEqualTo(planet);
        JsonNode facts = Vectors.file(FILE).required("builtInPlanets").required("reference 1.14.2");
        assertThat(bytes).hasSize(number(facts, "serializedLength"));
        assertThat(planet.id()).isEqualTo(facts.required("id").longValue());
        assertThat(planet.timestampMillis())
                .isEqualTo(facts.required("timestamp").longValue());
        List<JsonNode> roots = facts.required("roots").valueStream().toList();
        assertThat(planet.roots()).hasSize(roots.size());
        for (int i = 0; i < roots.size(); i++) {
            Root root = planet.roots().get(i);
            assertThat(root.identity().address().toString()).isEqualTo(text(roots.get(i), "address"));
            assertThat(root.endpoints())
                    .isEqualTo(roots.get(i)
                            .required("endpoints")
                            .valueStream()
                            .map(text -> Endpoint.parse(text.stringValue()).orElseThrow())
                            .toList());
            assertThat(root.identity().valid()).isTrue();
        }
    }

    @Test
    void readsAndSignsTheWorkedMoon() {
        World moon = read(HexFormat.of().parseHex(MOON));
        assertThat(moon.type()).isEqualTo(WorldType.MOON);
        assertThat(moon.id()).isEqualTo(0x1f31be7de1L);
        assertThat(moon.timestampMillis()).isEqualTo(1_795_308_536_226L);
        assertThat(moon.signedBy(moon.updatesSignedBy())).isTrue();
        assertThat(hex(moon.bytes())).isEqualTo(MOON);
        try (SignatureKeyPair signer = SignatureKeyPair.parse(MOON_SIGNING_KEY).orElseThrow()) {
            assertThat(signer.publicKey()).isEqualTo(moon.updatesSignedBy());
            assertThat(signer.sign(moon.signedBytes()))
                    .isEqualTo(moon.signature().bytes());
        }
    }

    @Test
    void createsSortedSignedWorldsThatReplaceEachOther() {
        List<Root> roots = new ArrayList<>();
        for (JsonNode entry : list("identity.json", "generated").subList(0, 4)) {
            roots.add(new Root(
                    Identity.parse(text(entry, "publicString")).orElseThrow(),
                    List.of(
                            Endpoint.parse("fd00::1/9993").orElseThrow(),
                            Endpoint.parse("10.1.0.1/9993").orElseThrow(),
                            Endpoint.parse("9.9.9.9/9993").orElseThrow(),
                            Endpoint.parse("10.0.0.2/500").orElseThrow())));
        }
        try (SignatureKeyPair first = keyPair(0);
                SignatureKeyPair second = keyPair(1)) {
            World one = World.create(WorldType.MOON, 7, 1000, roots, second.publicKey(), first);
            Collections.reverse(roots);
            assertThat(World.create(WorldType.MOON, 7, 1000, roots, second.publicKey(), first))
                    .isEqualTo(one);
            assertThat(one.signedBy(first.publicKey())).isTrue();
            assertThat(one.roots().stream().map(Root::identity)).isSorted();
            assertThat(one.roots().getFirst().endpoints().stream().map(Endpoint::toString))
                    .containsExactly("10.0.0.2/500", "9.9.9.9/9993", "10.1.0.1/9993", "fd00::1/9993");
            assertThat(read(one.bytes())).isEqualTo(one);

            World two = World.create(WorldType.MOON, 7, 1001, roots, second.publicKey(), second);
            World forged = World.create(WorldType.MOON, 7, 1001, roots, second.publicKey(), first);
            assertThat(one.shouldBeReplacedBy(two)).isTrue();
            assertThat(one.shouldBeReplacedBy(forged)).isFalse();
            assertThat(two.shouldBeReplacedBy(two)).isFalse();
        }
    }

    @Test
    void knowsItsRoots() {
        World planet = World.builtIn();
        Identity root = planet.roots().getFirst().identity();
        assertThat(planet.hasRoot(root)).isTrue();
        assertThat(planet.hasRoot(root.address())).isTrue();
        assertThat(planet.hasRoot(new Address(1))).isFalse();
        assertThat(planet.hasRoot(new Identity(
                        root.address(), planet.roots().getLast().identity().key())))
                .isFalse();
    }

    @Test
    void theLargestWorldFitsTheLimitAndNoLargerOneCanBeMade() {
        Root root = World.builtIn().roots().getFirst();
        Endpoint v6 = root.endpoints().getLast();
        var full = new Root(root.identity(), Collections.nCopies(World.ENDPOINTS_MAX, v6));
        try (SignatureKeyPair signer = keyPair(0)) {
            List<Root> four = Collections.nCopies(World.ROOTS_MAX, full);
            World largest = World.create(WorldType.MOON, 1, 1, four, signer.publicKey(), signer);
            assertThat(largest.bytes()).hasSize(World.BYTES_MAX);
            var out = new WireWriter(World.BYTES_MAX);
            largest.write(out);
            assertThat(out.overflowed()).isFalse();
            assertThatThrownBy(() -> World.create(
                            WorldType.MOON, 1, 1, Collections.nCopies(5, full), signer.publicKey(), signer))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new Root(root.identity(), Collections.nCopies(33, v6)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
