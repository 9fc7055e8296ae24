// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.core.wire.WireVectors.bytes;
import static org.orrery.core.wire.WireVectors.text;

import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class CompressionTest {
    private final byte[] scratch = new byte[Compression.SCRATCH_BYTES];
    private final byte[] out = new byte[PacketHeader.PACKET_BYTES_MAX + 5];

    @ParameterizedTest
    @ValueSource(strings = {"armor", "armor-1.14.2"})
    void readsWhatTheReferenceCompressed(String file) {
        int compressed = 0;
        for (JsonNode vector : WireVectors.file(file).required("compression")) {
            if (vector.has("after")) {
                compressed++;
                assertThat(decompress(bytes(vector, "after"))).isEqualTo(bytes(vector, "before"));
            }
        }
        assertThat(compressed).isGreaterThan(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"armor", "armor-1.14.2"})
    void givesBackWhatItCompressed(String file) {
        boolean newer = file.endsWith("1.14.2");
        for (JsonNode vector : WireVectors.file(file).required("compression")) {
            byte[] before = bytes(vector, "before");
            byte[] packet = before.clone();
            int length = Compression.compress(packet, 0, packet.length, scratch);
            boolean compressed = PacketHeader.compressed(packet, 0);
            assertThat(compressed).isEqualTo(length < before.length);
            if (newer) {
                assertThat(compressed).isEqualTo(vector.required("compressed").booleanValue());
            }
            if (compressed) {
                assertThat(decompress(Arrays.copyOf(packet, length))).isEqualTo(before);
            } else {
                assertThat(packet).isEqualTo(before);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"armor", "armor-1.14.2"})
    void acceptsAndRefusesLikeTheReference(String file) {
        for (JsonNode vector : WireVectors.file(file).required("uncompress")) {
            byte[] packet = bytes(vector, "packet");
            if (!PacketHeader.compressed(packet, 0)) {
                continue; // nothing to decompress, so nobody calls it
            }
            boolean ok = vector.required("uncompressOk").booleanValue();
            int limit = WireVectors.file(file).required("maximumPacketLength").intValue();
            byte[] result = decompress(packet);
            if (limit < PacketHeader.PACKET_BYTES_MAX && result != null && result.length > limit) {
                assertThat(ok).as(text(vector, "what")).isFalse(); // too long for protocol 9 only
                continue;
            }
            assertThat(result != null).as(text(vector, "what")).isEqualTo(ok);
            if (result != null && !vector.has("resultUnspecified")) {
                assertThat(result).as(text(vector, "what")).isEqualTo(bytes(vector, "result"));
            }
        }
    }

    @Test
    void survivesAnyPayload() {
        var random = new Random(1);
        for (int round = 0; round < 50_000; round++) {
            byte[] packet = new byte[28 + random.nextInt(60)];
            random.nextBytes(packet);
            int length = Compression.decompress(packet, 0, packet.length, out, 5);
            assertThat(length).isBetween(-1, PacketHeader.PACKET_BYTES_MAX);
        }
    }

    @Test
    void boundsWhatItGives() {
        byte[] zeros = new byte[PacketHeader.PACKET_BYTES_MAX];
        int length = Compression.compress(zeros, 0, zeros.length, scratch);
        assertThat(decompress(Arrays.copyOf(zeros, length))).hasSize(PacketHeader.PACKET_BYTES_MAX);
        byte[] tooLong = Arrays.copyOf(zeros, length);
        // The long run's length is coded in bytes of 255; one more of them makes it too long.
        byte[] longer = new byte[length + 1];
        System.arraycopy(tooLong, 0, longer, 0, 40);
        longer[40] = (byte) 255;
        System.arraycopy(tooLong, 40, longer, 41, length - 40);
        assertThat(decompress(longer)).isNull();
    }

    private byte @Nullable [] decompress(byte[] packet) {
        int length = Compression.decompress(packet, 0, packet.length, out, 5);
        return length < 0 ? null : Arrays.copyOfRange(out, 5, 5 + length);
    }
}
