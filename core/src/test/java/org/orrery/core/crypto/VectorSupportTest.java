// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class VectorSupportTest {
    private static final int PACKET_BYTES = 1_400;

    @Test
    void ciphersGoOnWithTheVectorTwinsOnceThoseAreReady() {
        var random = new Random(3);
        byte[] secret = new byte[SharedKey.BYTES];
        random.nextBytes(secret);
        byte[] packet = new byte[PACKET_BYTES];
        random.nextBytes(packet);
        try (SharedKey key = SharedKey.of(secret);
                var cipher = new PacketCipher(key, false)) {
            byte[] byScalar = sealed(cipher, packet);
            for (int i = 0; i < 30_000 && !VectorSupport.ready(); i++) {
                sealed(cipher, packet);
            }
            assertThat(VectorSupport.wanted()).isNotEqualTo(VectorSupport.ready());

            assertThat(VectorSupport.prepare(System::nanoTime)).isEqualTo(VectorSupport.ready());
            assertThat(VectorSupport.wanted()).isFalse();

            assertThat(sealed(cipher, packet)).isEqualTo(byScalar);
        }
    }

    private static byte[] sealed(PacketCipher cipher, byte[] packet) {
        byte[] copy = packet.clone();
        cipher.seal(PacketCipher.SUITE_SALSA, copy, 0, PACKET_BYTES);
        return copy;
    }
}
