// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.orrery.core.crypto.Vectors.bytes;
import static org.orrery.core.crypto.Vectors.flag;
import static org.orrery.core.crypto.Vectors.hex;
import static org.orrery.core.crypto.Vectors.list;
import static org.orrery.core.crypto.Vectors.number;
import static org.orrery.core.crypto.Vectors.text;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class PacketCipherTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String OLD = "armor.json";
    private static final String NEW = "armor-1.14.2.json";

    /** Headers of the worked examples: shared key 00..2f, ECHO with the text "Orrery test payload". */
    private static final String PLAIN = "0123456789abcdef112233445566778899aa" + "00" + "0000000000000000" + "08"
            + "4f72726572792074657374207061796c6f6164";

    /** The oldest vectors have keys of 32 bytes: what suites 0 and 1 use of them. */
    private static SharedKey key(String file, JsonNode entry) {
        String text =
                Vectors.file(file).required("keys").get(number(entry, "key")).stringValue();
        return SharedKey.of(Arrays.copyOf(HEX.parseHex(text), SharedKey.BYTES));
    }

    private static SharedKey countingKey() {
        byte[] bytes = new byte[SharedKey.BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return SharedKey.of(bytes);
    }

    @Test
    void twinsSealAndOpenEachOthersPackets() {
        var random = new Random(20);
        try (SharedKey key = countingKey();
                var scalar = new PacketCipher(key, false);
                var vector = new PacketCipher(key, true)) {
            for (int length = 28; length < 4_000; length += 1 + random.nextInt(40)) {
                for (int suite : new int[] {PacketCipher.SUITE_CLEAR, PacketCipher.SUITE_SALSA}) {
                    byte[] packet = new byte[length];
                    random.nextBytes(packet);
                    byte[] byVector = packet.clone();
                    scalar.seal(suite, packet, 0, length);
                    vector.seal(suite, byVector, 0, length);
                    assertThat(byVector).isEqualTo(packet);
                    assertThat(scalar.open(byVector, 0, length)).isTrue();
                    assertThat(vector.open(packet, 0, length)).isTrue();
                    assertThat(byVector).isEqualTo(packet);
                }
            }
        }
    }

    @Test
    void whoOpensKnowsTheNonceThatWasSealedUnder() {
        try (SharedKey key = countingKey();
                var sender = new PacketCipher(key);
                var receiver = new PacketCipher(key)) {
            for (int suite :
                    new int[] {PacketCipher.SUITE_AES, PacketCipher.SUITE_SALSA, PacketCipher.SUITE_CLEAR, 3, 3}) {
                byte[] packet = new byte[100];
                new Random(suite).nextBytes(packet);
                packet[18] = 0;
                byte[] id = Arrays.copyOf(packet, 8);
                sender.seal(suite, packet, 0, packet.length);
                assertThat(Arrays.equals(Arrays.copyOf(packet, 8), id)).isEqualTo(suite != PacketCipher.SUITE_AES);
                assertThat(receiver.open(packet, 0, packet.length)).isTrue();
                assertThat(receiver.nonce(packet, 0)).isEqualTo(new BigInteger(id).longValue());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void sealsAndOpensEveryRecordedPacket(String file) {
        sealsAndOpensEveryRecordedPacket(file, false);
        sealsAndOpensEveryRecordedPacket(file, true);
    }

    private static void sealsAndOpensEveryRecordedPacket(String file, boolean vectors) {
        for (JsonNode entry : list(file, "cases")) {
            try (SharedKey key = key(file, entry);
                    var cipher = new PacketCipher(key, vectors)) {
                byte[] packet = bytes(entry, "before");
                if (entry.has("counter")) {
                    packet[7] = (byte) (packet[7] & 0xf8 | number(entry, "counter") & 7);
                }
                cipher.seal(number(entry, "suite"), packet, 0, packet.length);
                assertThat(hex(packet)).isEqualTo(text(entry, "after"));
                assertThat(cipher.open(packet, 0, packet.length)).isEqualTo(flag(entry, "openOk"));
                assertThat(hex(packet)).isEqualTo(text(entry, "opened"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void onlyTheHopsMayChangeOnTheWay(String file) {
        for (JsonNode entry : list(file, "headerBits")) {
            try (SharedKey key = key(file, entry);
                    var cipher = new PacketCipher(key)) {
                byte[] packet = bytes(entry, "packet");
                assertThat(cipher.open(packet, 0, packet.length))
                        .as(text(entry, "what"))
                        .isEqualTo(flag(entry, "openOk"));
                if (flag(entry, "openOk")) {
                    assertThat(hex(packet)).isEqualTo(text(entry, "opened"));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void refusesEveryTamperedPacket(String file) {
        for (JsonNode entry : list(file, "tampered")) {
            try (SharedKey key = key(file, entry);
                    var cipher = new PacketCipher(key)) {
                byte[] packet = bytes(entry, "packet");
                assertThat(cipher.open(packet, 0, packet.length))
                        .as(text(entry, "what"))
                        .isEqualTo(flag(entry, "openOk"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void doesNotOpenTrustedPathPackets(String file) {
        try (SharedKey key = countingKey();
                var cipher = new PacketCipher(key)) {
            for (JsonNode entry : list(file, "trustedPath")) {
                byte[] packet = bytes(entry, "after");
                assertThat(cipher.open(packet, 0, packet.length)).isEqualTo(flag(entry, "openOk"));
                assertThat(hex(packet)).isEqualTo(text(entry, "after"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void masksAndUnmasksTheLastSectionOfHello(String file) {
        for (JsonNode entry : list(file, "cryptField")) {
            try (SharedKey key = key(file, entry);
                    var cipher = new PacketCipher(key)) {
                byte[] packet = bytes(entry, "before");
                cipher.maskHelloTail(packet, 0, number(entry, "start"), number(entry, "length"));
                assertThat(hex(packet)).isEqualTo(text(entry, "after"));
                cipher.maskHelloTail(packet, 0, number(entry, "start"), number(entry, "length"));
                assertThat(hex(packet)).isEqualTo(text(entry, "before"));
            }
        }
    }

    @Test
    void givesTheWorkedExamplesOfEverySuite() {
        assertThat(sealed(0, PLAIN))
                .isEqualTo("0123456789abcdef112233445566778899aa00a5e8bf19f246f41a"
                        + "084f72726572792074657374207061796c6f6164");
        assertThat(sealed(1, PLAIN))
                .isEqualTo("0123456789abcdef112233445566778899aa8864378f87d70f49b1"
                        + "586f8c818f573a10c85061272160f8f3da4c97f7");
        assertThat(sealed(1, PLAIN.replace("abcdef", "abcded")))
                .isEqualTo("0123456789abcded112233445566778899aa88ab0da7bc0325c467"
                        + "8a5bafcf796e9a1d1354a68433e8c2a7263a1e25");
        assertThat(sealed(3, PLAIN))
                .isEqualTo("85175513f2f06f74112233445566778899aa18ae8d8bbd2e554a92"
                        + "ed0963b710ec9e674ec23e8d1a4184ddb37f7336");
    }

    @Test
    void givesTheWorkedExamplesOfALongerFragmentedPacket() {
        var plain = new StringBuilder(PLAIN.substring(0, 36)).append("40").append(PLAIN, 38, 56);
        for (int i = 0; i <= 0xc7; i++) {
            plain.append(HEX.toHexDigits((byte) i));
        }
        assertThat(hex(Digests.sha512(HEX.parseHex(sealed(1, plain.toString())))))
                .isEqualTo("88ac749a698b772a677567cd50e1ad04148b65ee78ea3ca57a538ca5496dc942"
                        + "ff79b7c60c7e51087fa21fd9784ed130d4b68a06be1f6675933743b95d872336");
        assertThat(hex(Digests.sha512(HEX.parseHex(sealed(3, plain.toString())))))
                .isEqualTo("48b4497211b5126050260930b54d2895fe81a34089f4d89cd8a6925efddca5a6"
                        + "f7323ab134be192cbecf5fd25cce56ae5d75a33b2489529858e1ec15abe69af6");
    }

    private static String sealed(int suite, String plain) {
        try (SharedKey key = countingKey();
                var cipher = new PacketCipher(key)) {
            byte[] packet = HEX.parseHex(plain);
            cipher.seal(suite, packet, 0, packet.length);
            return hex(packet);
        }
    }

    @Test
    void givesTheWorkedExampleOfTheHelloMask() {
        try (SharedKey key = countingKey();
                var cipher = new PacketCipher(key)) {
            byte[] packet = Arrays.copyOf(HEX.parseHex(PLAIN.substring(0, 16)), 60);
            cipher.maskHelloTail(packet, 0, 28, 32);
            assertThat(hex(Arrays.copyOfRange(packet, 28, 60)))
                    .isEqualTo("fa6d040143e73c93ea998f6a73df5c20cdba3dce9aab0edb41e0143ddb9e794a");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void opensWhatItSealedAtAnyLengthAndOffset(int suite) {
        var random = new Random(20_260_101 + suite);
        try (SharedKey key = countingKey();
                var sender = new PacketCipher(key, false);
                var receiver = new PacketCipher(key, true)) {
            for (int length = 28; length < 10_100; length += length < 700 ? 1 : 97) {
                int offset = random.nextInt(40);
                byte[] array = new byte[offset + length + random.nextInt(20)];
                random.nextBytes(array);
                array[offset + 18] &= 0x40;
                byte[] before = array.clone();
                sender.seal(suite, array, offset, length);
                assertThat(Arrays.copyOf(array, offset)).isEqualTo(Arrays.copyOf(before, offset));
                array[offset + 18] |= (byte) random.nextInt(8);
                assertThat(receiver.open(array, offset, length)).isTrue();
                assertThat(Arrays.copyOfRange(array, offset + 27, array.length))
                        .isEqualTo(Arrays.copyOfRange(before, offset + 27, before.length));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void noticesEveryFlippedBit(int suite) {
        try (SharedKey key = countingKey();
                var cipher = new PacketCipher(key)) {
            byte[] good = HEX.parseHex(PLAIN);
            cipher.seal(suite, good, 0, good.length);
            for (int bit = 0; bit < good.length * 8; bit++) {
                byte[] packet = good.clone();
                packet[bit / 8] ^= (byte) (1 << bit % 8);
                boolean hops = bit / 8 == 18 && bit % 8 < 3;
                assertThat(cipher.open(packet, 0, packet.length))
                        .as("bit " + bit)
                        .isEqualTo(hops);
            }
        }
    }

    @Test
    void opensTheSamePacketAgain() {
        try (SharedKey key = countingKey();
                var cipher = new PacketCipher(key)) {
            byte[] packet = HEX.parseHex(PLAIN);
            cipher.seal(3, packet, 0, packet.length);
            for (int i = 0; i < 3; i++) {
                assertThat(cipher.open(packet.clone(), 0, packet.length)).isTrue();
            }
        }
    }

    @Test
    void refusesShortPacketsAndUnassignedSuites() {
        try (SharedKey key = countingKey();
                var cipher = new PacketCipher(key)) {
            for (int length = 0; length < 28; length++) {
                assertThat(cipher.open(new byte[28], 0, length)).isFalse();
            }
            for (int suite : new int[] {2, 4, 5, 6, 7}) {
                byte[] packet = HEX.parseHex(PLAIN);
                packet[18] = (byte) (suite << 3);
                assertThat(cipher.open(packet, 0, packet.length)).isFalse();
                assertThatThrownBy(() -> cipher.seal(suite, packet, 0, packet.length))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void cannotBeUsedAfterClosing() {
        SharedKey key = countingKey();
        var cipher = new PacketCipher(key);
        byte[] packet = HEX.parseHex(PLAIN);
        cipher.seal(3, packet, 0, packet.length);
        cipher.close();
        for (int suite : new int[] {0, 1, 3}) {
            assertThatThrownBy(() -> cipher.seal(suite, HEX.parseHex(PLAIN), 0, 47))
                    .isInstanceOf(IllegalStateException.class);
        }
        key.close();
        assertThatThrownBy(() -> new PacketCipher(key)).isInstanceOf(IllegalStateException.class);
        assertThat(key.toString()).isEqualTo("shared key of 48 bytes");
    }
}
