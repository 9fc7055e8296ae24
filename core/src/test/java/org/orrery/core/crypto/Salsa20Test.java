// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.core.crypto.Vectors.bytes;
import static org.orrery.core.crypto.Vectors.hex;
import static org.orrery.core.crypto.Vectors.list;
import static org.orrery.core.crypto.Vectors.number;
import static org.orrery.core.crypto.Vectors.text;

import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.crypto.engines.Salsa20Engine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

class Salsa20Test {
    private static final String FILE = "salsa.json";

    enum Twin {
        SCALAR {
            @Override
            SalsaKernel kernel() {
                return new ScalarSalsa();
            }
        },
        VECTOR {
            @Override
            SalsaKernel kernel() {
                return new VectorSalsa();
            }
        };

        abstract SalsaKernel kernel();
    }

    private static Salsa20 started(Twin twin, int rounds, JsonNode entry) {
        var salsa = new Salsa20(rounds, twin.kernel());
        salsa.start(bytes(entry, "key"), 0, bytes(entry, "iv"), 0);
        return salsa;
    }

    @ParameterizedTest
    @EnumSource
    void givesEveryRecordedKeyStream(Twin twin) {
        for (JsonNode entry : list(FILE, "keystream")) {
            for (int rounds : new int[] {12, 20}) {
                byte[] zeros = new byte[number(entry, "length")];
                started(twin, rounds, entry).xor(zeros, 0, zeros.length);
                assertThat(hex(zeros)).isEqualTo(text(entry, "keystream" + rounds));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void encryptsAndDecryptsEveryRecordedMessage(Twin twin) {
        for (JsonNode entry : list(FILE, "encrypt")) {
            for (int rounds : new int[] {12, 20}) {
                byte[] data = bytes(entry, "plaintext");
                started(twin, rounds, entry).xor(data, 0, data.length);
                assertThat(hex(data)).isEqualTo(text(entry, "ciphertext" + rounds));
                started(twin, rounds, entry).xor(data, 0, data.length);
                assertThat(hex(data)).isEqualTo(text(entry, "plaintext"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void startsEveryCallAtAFreshBlock(Twin twin) {
        for (JsonNode entry : list(FILE, "consecutiveCalls")) {
            Salsa20 salsa = started(twin, number(entry, "rounds"), entry);
            entry.required("calls").valueStream().forEach(call -> {
                byte[] data = bytes(call, "input");
                salsa.xor(data, 0, data.length);
                assertThat(hex(data)).isEqualTo(text(call, "output"));
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void agreesWithAnIndependentImplementationAtEveryLength(Twin twin) {
        var random = new Random(41);
        byte[] key = new byte[32];
        byte[] nonce = new byte[8];
        for (int length = 0; length <= 10_100; length += length < 2200 ? 1 : 131) {
            int rounds = random.nextBoolean() ? 12 : 20;
            random.nextBytes(key);
            random.nextBytes(nonce);
            int offset = random.nextInt(9);
            byte[] data = new byte[offset + length + random.nextInt(9)];
            random.nextBytes(data);
            byte[] expected = data.clone();
            var oracle = new Salsa20Engine(rounds);
            oracle.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
            oracle.processBytes(data, offset, length, expected, offset);

            var salsa = new Salsa20(rounds, twin.kernel());
            salsa.start(key, 0, nonce, 0);
            salsa.xor(data, offset, length);
            assertThat(data).isEqualTo(expected);
        }
    }

    @Test
    void twinsAgreeOnEveryNumberOfBlocksAndAcrossTheCarryOfTheCounter() {
        var random = new Random(42);
        var scalar = new ScalarSalsa();
        var vector = new VectorSalsa();
        long[] starts = {0, 1, 0xffff_fff0L, 0xffff_ffffL, 0x1_0000_0000L - 20, 0x7_ffff_fffdL, -9L};
        for (long start : starts) {
            for (int count = 0; count <= 70; count++) {
                int[] state = random.ints(16).toArray();
                int[] before = state.clone();
                long[] expected = new long[(count + 2) * SalsaKernel.BLOCK_WORDS];
                Arrays.fill(expected, 7);
                long[] actual = expected.clone();
                scalar.blocks(state, start, 12, expected, SalsaKernel.BLOCK_WORDS, count);
                vector.blocks(state, start, 12, actual, SalsaKernel.BLOCK_WORDS, count);
                assertThat(actual).isEqualTo(expected);
                assertThat(state).isEqualTo(before);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void preparedBlocksAreTheSameKeyStream(Twin twin) {
        byte[] key = new byte[32];
        byte[] nonce = new byte[8];
        new Random(43).nextBytes(key);
        for (int length : new int[] {0, 1, 64, 65, 1373, 31 * 64, 31 * 64 + 1, 9997}) {
            byte[] whole = new byte[64 + length];
            var plain = new Salsa20(12, twin.kernel());
            plain.start(key, 0, nonce, 0);
            plain.xor(whole, 0, whole.length);

            var prepared = new Salsa20(12, twin.kernel());
            prepared.start(key, 0, nonce, 0);
            long firstWord = prepared.prepare(length)[0];
            byte[] rest = new byte[length];
            prepared.xorPrepared(rest, 0, length);
            assertThat(rest).isEqualTo(Arrays.copyOfRange(whole, 64, whole.length));
            assertThat(firstWord).isEqualTo((long) Salsa20.LITTLE_LONG.get(whole, 0));
        }
    }

    @Test
    void forgetsItsKeyWhenWiped() {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 0x5a);
        var wiped = new Salsa20(12);
        wiped.start(key, 0, key, 0);
        wiped.xor(new byte[500], 0, 500);
        wiped.wipe();
        var fresh = new Salsa20(12);
        byte[] first = new byte[100];
        byte[] second = new byte[100];
        wiped.xor(first, 0, 100);
        fresh.xor(second, 0, 100);
        assertThat(first).isEqualTo(second);
    }
}
