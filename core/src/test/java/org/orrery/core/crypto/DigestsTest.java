// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.core.crypto.Vectors.bytes;
import static org.orrery.core.crypto.Vectors.hex;
import static org.orrery.core.crypto.Vectors.list;
import static org.orrery.core.crypto.Vectors.text;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DigestsTest {
    @Test
    void givesEveryRecordedSha512() {
        for (JsonNode entry : list("sha512.json", "cases")) {
            assertThat(hex(Digests.sha512(bytes(entry, "message")))).isEqualTo(text(entry, "sha512"));
        }
    }

    @Test
    void hashesItsOwnOutputAsRecorded() {
        String previous = "";
        for (JsonNode entry : list("sha512.json", "chain")) {
            if (!previous.isEmpty()) {
                assertThat(text(entry, "message")).isEqualTo(previous);
            }
            previous = hex(Digests.sha512(bytes(entry, "message")));
            assertThat(previous).isEqualTo(text(entry, "sha512"));
        }
    }

    @Test
    void givesEveryRecordedSha384() {
        for (JsonNode entry : list("aes.json", "sha384")) {
            assertThat(hex(Digests.sha384(bytes(entry, "message")))).isEqualTo(text(entry, "sha384"));
        }
    }

    @Test
    void givesEveryRecordedHmac() {
        for (JsonNode entry : list("aes.json", "hmacSha384")) {
            assertThat(hex(Digests.hmacSha384(bytes(entry, "key"), bytes(entry, "message"))))
                    .isEqualTo(text(entry, "mac"));
        }
    }

    @Test
    void joinsTheParts() {
        byte[] whole = {1, 2, 3, 4, 5};
        assertThat(Digests.sha512(new byte[] {1, 2}, new byte[0], new byte[] {3, 4, 5}))
                .isEqualTo(Digests.sha512(whole));
    }

    @Test
    void aRawKeyShowsNothingAndCanBeWiped() {
        var key = new Digests.RawKey("AES", new byte[] {1, 2, 3});
        assertThat(key.toString()).isEqualTo("AES key of 3 bytes");
        key.close();
        assertThat(key.getEncoded()).containsOnly(0);
    }
}
