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

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Address;
import tools.jackson.databind.JsonNode;

class KeyAgreementTest {
    private static final String FILE = "keyagreement.json";
    private static final List<JsonNode> PAIRS = list(FILE, "keyPairs");

    /** The recorded pairs have no addresses; agreement and signatures do not look at them. */
    private static SecretIdentity secret(int index) {
        SignatureKeyPair keys =
                SignatureKeyPair.parse(text(PAIRS.get(index), "private")).orElseThrow();
        return new SecretIdentity(new Identity(new Address(index + 1), keys.publicKey()), keys);
    }

    private static @Nullable SharedKey agree(int own, String peerKey) {
        try (SecretIdentity secret = secret(own)) {
            return secret.agree(new Identity(
                    new Address(99), CombinedPublicKey.parse(peerKey).orElseThrow()));
        }
    }

    @Test
    void derivesEveryPublicKey() {
        for (JsonNode entry : PAIRS) {
            try (SignatureKeyPair keys =
                    SignatureKeyPair.parse(text(entry, "private")).orElseThrow()) {
                assertThat(keys.publicKey().toString()).isEqualTo(text(entry, "public"));
                assertThat(keys.secretText()).isEqualTo(text(entry, "private"));
                assertThat(keys.toString()).doesNotContain(text(entry, "private"));
            }
        }
    }

    @Test
    void agreesInBothDirections() {
        for (JsonNode entry : list(FILE, "agreement")) {
            int a = number(entry, "a");
            int b = number(entry, "b");
            for (int[] pair : new int[][] {{a, b}, {b, a}}) {
                try (SharedKey key = Objects.requireNonNull(agree(pair[0], text(PAIRS.get(pair[1]), "public")))) {
                    compare(entry, hex(key.borrowed()));
                }
            }
        }
    }

    private static void compare(JsonNode entry, String key) {
        assertThat(key).startsWith(text(entry, "key32"));
        for (String field : new String[] {"key1", "key48", "key64", "key160"}) {
            if (entry.has(field)) {
                // Nothing on the wire uses more than 48 bytes.
                int common = Math.min(key.length(), text(entry, field).length());
                assertThat(key.substring(0, common))
                        .isEqualTo(text(entry, field).substring(0, common));
            }
        }
    }

    /** SHA-512 of 32 zeros: the key of everybody with a peer whose point has small order. */
    private static final String KEY_OF_ZERO = "5046adc1dba838867b2bbbfdd0c3423e58b57970b5267a90f57960924a87f196";

    @Test
    void treatsUnusualPeerKeysAsTheNewerReferenceDoesAndRefusesPointsOfSmallOrder() {
        int refused = 0;
        for (JsonNode entry : list(FILE, "unusualPeerKeys")) {
            SharedKey key = agree(number(entry, "a"), text(entry, "peerPublic"));
            if (text(entry, "key48In1.14.2").startsWith(KEY_OF_ZERO)) {
                // The references go on with a key that everybody knows; here such an identity is invalid.
                refused++;
                assertThat(key).as(text(entry, "what")).isNull();
            } else {
                assertThat(hex(Objects.requireNonNull(key).borrowed()))
                        .as(text(entry, "what"))
                        .isEqualTo(text(entry, "key48In1.14.2"));
            }
        }
        assertThat(refused).isEqualTo(6);
    }

    @Test
    void signsByteForByteAndVerifies() {
        for (JsonNode entry : list(FILE, "signatures")) {
            try (SecretIdentity signer = secret(number(entry, "signer"))) {
                byte[] message = bytes(entry, "message");
                byte[] signature = signer.sign(message);
                assertThat(hex(signature)).isEqualTo(text(entry, "signature"));
                assertThat(signer.identity().verify(message, signature)).isEqualTo(flag(entry, "verified"));
            }
        }
    }

    @Test
    void judgesEveryRecordedSignature() {
        int stricter = 0;
        for (JsonNode entry : list(FILE, "verifyCases")) {
            CombinedPublicKey key =
                    CombinedPublicKey.parse(text(entry, "public")).orElseThrow();
            boolean verified = key.verify(bytes(entry, "message"), bytes(entry, "signature"));
            if (text(entry, "what").startsWith("group order added to the scalar")) {
                // RFC 8032 wants the scalar reduced, and so does the JDK. The references reduce it themselves. No
                // honest
                // signer makes such a signature, and accepting it would let anybody make a second one from the first.
                stricter++;
                assertThat(flag(entry, "verified")).isTrue();
                assertThat(verified).isFalse();
            } else {
                assertThat(verified).as(text(entry, "what")).isEqualTo(flag(entry, "verified"));
            }
        }
        assertThat(stricter).isEqualTo(1);
    }

    @Test
    void refusesSignaturesOfAnyOtherLength() {
        JsonNode entry = list(FILE, "signatures").getFirst();
        try (SecretIdentity signer = secret(number(entry, "signer"))) {
            byte[] good = bytes(entry, "signature");
            for (int length = 0; length < 200; length++) {
                assertThat(signer.identity().verify(bytes(entry, "message"), Arrays.copyOf(good, length)))
                        .isEqualTo(length == 96);
            }
        }
    }

    @Test
    void refusesKeysThatAreNoPoint() {
        byte[] key = new byte[64];
        Arrays.fill(key, (byte) 0x7f);
        for (int last = 0; last < 256; last++) {
            key[63] = (byte) last;
            assertThat(CombinedPublicKey.of(key).verify(new byte[3], new byte[96]))
                    .isFalse();
        }
    }

    @Test
    void givesTheWorkedExample() {
        String a = "de86a3b614:0:7e7e027c17ae55a36299e4f58b33050510663b86e431493c5e25d0574fd14d06"
                + "49c227753c05080461c893c9e8fd99f4f46ce6abca8db1cd49e338f54ac1d99e:"
                + "31bfdc2843c38e745c51985a97825cde5a56e31ae210f9d24c55e5e5d6922c95"
                + "0463a5cd1b7c8b7a862aea0e79602f2327694731755e16e6532bd7d16983cc0c";
        String b = "84fe380173:0:2a90e9545dc7bd5f1b48b3816cb309a67d1d3a961fa0a6602f7238ddfa6e9804"
                + "7aba90589a259237231c87800220c1fe13cb1a436bfd9adedc50aab815299f12";
        try (SecretIdentity secretA = SecretIdentity.parse(a).orElseThrow()) {
            Identity identityB = Identity.parse(b).orElseThrow();
            try (SharedKey key = Objects.requireNonNull(secretA.agree(identityB))) {
                assertThat(hex(key.borrowed()))
                        .isEqualTo("5ffb188555a8c5538d41caa4cc6b990643fa6e0466de66b6380878e91400dad2"
                                + "adcfab16553f4098120b840f742ee04f");
            }
            assertThat(hex(secretA.sign(HexFormat.of().parseHex("4f7272657279"))))
                    .isEqualTo("c4cc2ebf6ffdd3703ac27da30786f86cd77df45cfc025bef8a6c4fa510e601b7"
                            + "140c0e14a3dbe1721fcb98ab1b8ed818ac5f30b0f9387abafcdba91b61b0c80e"
                            + "c4a4c0ef929f0bf1bb509a1dcaf51c8fad3de1753bedc51a9b8834c9b118c679");
            assertThat(hex(secretA.identity().hash384()))
                    .isEqualTo("977e7b3276facf60bd306f1b87085fbeeb976b296373f59b1cb372baf2dcc4e9"
                            + "0890489ccfadcc6d7081683fdd708251");
            assertThat(secretA.identity().valid()).isTrue();
            assertThat(identityB.valid()).isTrue();
        }
    }

    @Test
    void cannotBeUsedAfterClosing() {
        SecretIdentity secret = secret(0);
        Identity peer = secret.identity();
        secret.close();
        assertThatThrownBy(() -> secret.sign(new byte[1])).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> secret.agree(peer)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(secret::secretText).isInstanceOf(IllegalStateException.class);
    }
}
