// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.core.crypto.Vectors.bytes;
import static org.orrery.core.crypto.Vectors.flag;
import static org.orrery.core.crypto.Vectors.hex;
import static org.orrery.core.crypto.Vectors.list;
import static org.orrery.core.crypto.Vectors.text;

import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Hex;
import tools.jackson.databind.JsonNode;

class GmacSivTest {
    private static final String FILE = "aes.json";

    private static GmacSiv cipher(JsonNode entry) {
        return new GmacSiv(bytes(entry, "k0"), bytes(entry, "k1"));
    }

    /** Associated data is padded with zeros to whole blocks. */
    private static byte[] padded(byte[] associated) {
        return Arrays.copyOf(associated, (associated.length + 15) & ~15);
    }

    @Test
    void sealsAndOpensEveryRecordedMessage() {
        for (JsonNode entry : list(FILE, "gmacSiv")) {
            byte[] associated = padded(bytes(entry, "aad"));
            byte[] data = bytes(entry, "plaintext");
            try (GmacSiv cipher = cipher(entry)) {
                long iv = Long.parseUnsignedLong(text(entry, "iv"), 16);
                cipher.seal(iv, associated, associated.length, data, 0, data.length);
                long tagHigh = cipher.tagHigh();
                long tagLow = cipher.tagLow();
                assertThat(hex(data)).isEqualTo(text(entry, "ciphertext"));
                assertThat(Hex.of(tagHigh, 16) + Hex.of(tagLow, 16)).isEqualTo(text(entry, "tag"));
                assertThat(cipher.open(tagHigh, tagLow, associated, associated.length, data, 0, data.length))
                        .isEqualTo(flag(entry, "decryptOk"));
                assertThat(hex(data)).isEqualTo(text(entry, "plaintext"));
            }
        }
    }

    @Test
    void refusesEveryTamperedMessage() {
        for (JsonNode entry : list(FILE, "gmacSivTampered")) {
            byte[] associated = padded(bytes(entry, "aad"));
            byte[] data = bytes(entry, "ciphertext");
            String tag = text(entry, "tag");
            try (GmacSiv cipher = cipher(entry)) {
                assertThat(cipher.open(
                                Long.parseUnsignedLong(tag, 0, 16, 16),
                                Long.parseUnsignedLong(tag, 16, 32, 16),
                                associated,
                                associated.length,
                                data,
                                0,
                                data.length))
                        .as(text(entry, "what"))
                        .isEqualTo(flag(entry, "decryptOk"));
            }
        }
    }

    @Test
    void derivesEveryRecordedKey() {
        for (JsonNode entry : list(FILE, "kbkdf")) {
            assertThat(hex(GmacSiv.derive(
                            bytes(entry, "key"),
                            bytes(entry, "label")[0] & 0xff,
                            bytes(entry, "context")[0] & 0xff,
                            (int) entry.required("iteration").longValue())))
                    .isEqualTo(text(entry, "derived"));
        }
    }

    @Test
    void usesTheRecordedKeysOfASharedKey() {
        for (JsonNode entry : list(FILE, "packetKeys")) {
            byte[] data = new byte[100];
            byte[] same = data.clone();
            try (SharedKey key = SharedKey.of(bytes(entry, "peerKey48"));
                    GmacSiv derived = GmacSiv.of(key);
                    GmacSiv direct = cipher(entry)) {
                derived.seal(5, new byte[16], 16, data, 0, data.length);
                direct.seal(5, new byte[16], 16, same, 0, same.length);
                assertThat(data).isEqualTo(same);
                assertThat(derived.tagHigh()).isEqualTo(direct.tagHigh());
                assertThat(derived.tagLow()).isEqualTo(direct.tagLow());
            }
        }
    }

    /** The JDK's AES is what the mode is made of; these make sure that it is used as the recordings mean it. */
    @Test
    void theJdkGivesTheRecordedBlocksAndTags() throws Exception {
        for (JsonNode entry : list(FILE, "block")) {
            var key = new Digests.RawKey("AES", bytes(entry, "key"));
            Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding");
            ecb.init(Cipher.ENCRYPT_MODE, key);
            assertThat(hex(ecb.doFinal(bytes(entry, "plaintext")))).isEqualTo(text(entry, "ciphertext"));
            ecb.init(Cipher.DECRYPT_MODE, key);
            assertThat(hex(ecb.doFinal(bytes(entry, "ciphertext")))).isEqualTo(text(entry, "decrypted"));
        }
        for (JsonNode entry : list(FILE, "gmac")) {
            Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
            gcm.init(
                    Cipher.ENCRYPT_MODE,
                    new Digests.RawKey("AES", bytes(entry, "key")),
                    new GCMParameterSpec(128, bytes(entry, "iv")));
            gcm.updateAAD(bytes(entry, "message"));
            assertThat(hex(gcm.doFinal())).isEqualTo(text(entry, "tag"));
        }
    }

    @Test
    void theJdkGivesTheRecordedCounterMode() throws Exception {
        for (JsonNode entry : list(FILE, "ctr")) {
            Cipher ctr = Cipher.getInstance("AES/CTR/NoPadding");
            ctr.init(
                    Cipher.ENCRYPT_MODE,
                    new Digests.RawKey("AES", bytes(entry, "key")),
                    new IvParameterSpec(bytes(entry, "counterBlock")));
            assertThat(hex(ctr.doFinal(bytes(entry, "input")))).isEqualTo(text(entry, "output"));
        }
    }
}
