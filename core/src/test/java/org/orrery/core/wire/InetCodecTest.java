// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.orrery.core.wire.WireVectors.bytes;
import static org.orrery.core.wire.WireVectors.text;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;
import tools.jackson.databind.JsonNode;

class InetCodecTest {
    @ParameterizedTest
    @ValueSource(strings = {"inetaddress", "inetaddress-1.14.2"})
    void readsAndWritesRecordedForms(String file) {
        for (JsonNode vector : WireVectors.file(file).required("wire")) {
            byte[] wire = bytes(vector, "wire");
            var in = new WireReader(wire);
            Endpoint endpoint = InetCodec.read(in);
            assertThat(in.finished()).isTrue();
            assertThat(endpoint).isEqualTo(endpoint(vector));
            var out = new WireWriter(InetCodec.BYTES_MAX);
            InetCodec.write(out, endpoint);
            assertThat(out.toByteArray()).isEqualTo(wire);
            for (int keep = 0; keep < wire.length; keep++) {
                var cut = new WireReader(wire, 0, keep);
                assertThat(InetCodec.read(cut)).isNull();
                assertThat(cut.fault()).isEqualTo(DropReason.TRUNCATED);
            }
        }
    }

    /** The reference does not look whether the bytes that it skips are there; the two texts name those cases. */
    @ParameterizedTest
    @ValueSource(strings = {"inetaddress", "inetaddress-1.14.2"})
    void acceptsAndRefusesLikeTheReference(String file) {
        Set<String> skippedPastTheEnd = Set.of("type 1, short", "type 3 with length 300 that is not there");
        for (JsonNode vector : WireVectors.file(file).required("wireParsing")) {
            String what = text(vector, "what");
            byte[] wire = bytes(vector, "bytes");
            var in = new WireReader(wire);
            Endpoint endpoint = InetCodec.read(in);
            if (skippedPastTheEnd.contains(what)) {
                assertThat(in.fault()).as(what).isEqualTo(DropReason.TRUNCATED);
                continue;
            }
            assertThat(in.intact()).as(what).isEqualTo(vector.required("parsed").booleanValue());
            if (in.intact()) {
                assertThat(in.position())
                        .as(what)
                        .isEqualTo(vector.required("consumed").intValue());
                assertThat(endpoint).as(what).isEqualTo(endpoint(vector));
            }
        }
    }

    @Test
    void keepsPrefixesWithinTheirFamily() {
        for (boolean v6 : new boolean[] {false, true}) {
            Ip ip = v6 ? Ip.v6(0xfd00_0000_0000_0000L, 5) : Ip.v4(10, 1, 2, 3);
            for (int bits = 0; bits <= ip.width(); bits++) {
                var out = new WireWriter(InetCodec.BYTES_MAX);
                InetCodec.writePrefix(out, new Prefix(ip, bits));
                var in = new WireReader(out.toByteArray());
                assertThat(InetCodec.readPrefix(in)).isEqualTo(new Prefix(ip, bits));
                assertThat(in.finished()).isTrue();
            }
            var out = new WireWriter(InetCodec.BYTES_MAX);
            InetCodec.write(out, new Endpoint(ip, ip.width() + 1));
            var in = new WireReader(out.toByteArray());
            assertThat(InetCodec.readPrefix(in)).isNull();
            assertThat(in.fault()).isEqualTo(DropReason.BAD_FIELD);
        }
        var none = new WireWriter(InetCodec.BYTES_MAX);
        InetCodec.writePrefix(none, null);
        var in = new WireReader(none.toByteArray());
        assertThat(InetCodec.readPrefix(in)).isNull();
        assertThat(in.finished()).isTrue();
    }

    @Test
    void survivesAnyBytes() {
        var random = new Random(1);
        for (int round = 0; round < 200_000; round++) {
            byte[] wire = new byte[random.nextInt(25)];
            random.nextBytes(wire);
            if (wire.length > 0) {
                wire[0] &= 7;
            }
            var in = new WireReader(wire);
            Endpoint endpoint = InetCodec.read(in);
            assertThat(endpoint == null || in.intact()).isTrue();
            var prefixIn = new WireReader(wire);
            Prefix prefix = InetCodec.readPrefix(prefixIn);
            assertThat(prefix == null || prefix.bits() == port(endpoint)).isTrue();
        }
    }

    private static int port(@Nullable Endpoint endpoint) {
        return endpoint == null ? -1 : endpoint.port();
    }

    private static @Nullable Endpoint endpoint(JsonNode vector) {
        int family = vector.required("family").intValue();
        if (family == 0) {
            return null;
        }
        byte[] ip = bytes(vector, "ip");
        assertThat(Arrays.asList(4, 16)).contains(ip.length);
        return new Endpoint(Ip.of(ip, 0, family == 6), vector.required("port").intValue());
    }
}
