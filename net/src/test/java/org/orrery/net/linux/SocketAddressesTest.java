// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Hex;
import org.orrery.core.value.Ip;

class SocketAddressesTest {
    private final EndpointCache cache = new EndpointCache();

    private static String write(String endpoint) {
        byte[] bytes = new byte[SocketAddresses.BYTES_MAX + 3];
        Arrays.fill(bytes, (byte) 0xee);
        int length = SocketAddresses.write(Endpoint.parse(endpoint).orElseThrow(), MemorySegment.ofArray(bytes), 3);
        assertThat(bytes[2]).isEqualTo((byte) 0xee);
        StringBuilder hex = new StringBuilder();
        for (int i = 3; i < 3 + length; i++) {
            hex.append(Hex.of(bytes[i] & 0xff, 2));
        }
        return hex.toString();
    }

    @Test
    void writesTheBytesOfTheSystem() {
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        assertThat(write("192.0.2.7/9993"))
                .isEqualTo((little ? "0200" : "0002") + "2709" + "c0000207" + "0000000000000000");
        assertThat(write("2001:db8::1:2/443"))
                .isEqualTo((little ? "0a00" : "000a") + "01bb" + "00000000" + "20010db8000000000000000000010002"
                        + "00000000");
    }

    @Test
    void readsBackWhatItWrote() {
        var random = new Random(3);
        MemorySegment memory = MemorySegment.ofArray(new byte[SocketAddresses.STRIDE_BYTES]);
        for (int i = 0; i < 2000; i++) {
            Ip ip = i % 2 == 0 ? Ip.v4(random.nextInt()) : Ip.v6(random.nextLong(), random.nextLong());
            var endpoint = new Endpoint(ip, random.nextInt(1 << 16));
            int length = SocketAddresses.write(endpoint, memory, 0);
            assertThat(length).isEqualTo(ip.v6() ? 28 : 16);
            assertThat(SocketAddresses.read(memory, 0, cache)).isEqualTo(endpoint);
        }
    }

    @Test
    void refusesOtherFamilies() {
        assertThat(SocketAddresses.read(MemorySegment.ofArray(new byte[28]), 0, cache))
                .isNull();
    }

    @Test
    void cacheKeepsObjectsAndNeverMixesThem() {
        Set<Endpoint> kept = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int round = 0; round < 3; round++) {
            for (int port = 1; port <= 200; port++) {
                Endpoint endpoint = cache.endpoint(false, 0, 0x0a00_0001, port);
                assertThat(endpoint).isEqualTo(new Endpoint(Ip.v4(10, 0, 0, 1), port));
                kept.add(endpoint);
            }
        }
        // A few of 200 sources may share both of their places; the others are one object each.
        assertThat(kept.size()).isBetween(200, 220);

        assertThat(cache.endpoint(true, 0, 0x0a00_0001, 1)).isEqualTo(new Endpoint(Ip.v6(0, 0x0a00_0001), 1));
        assertThat(cache.endpoint(true, 1, 0x0a00_0001, 1)).isEqualTo(new Endpoint(Ip.v6(1, 0x0a00_0001), 1));
    }

    @Test
    void cacheIsRightWhenItOverflows() {
        var random = new Random(5);
        Set<Endpoint> seen = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            int ip = random.nextInt();
            int port = random.nextInt(1 << 16);
            seen.add(cache.endpoint(false, 0, ip & 0xffff_ffffL, port));
            assertThat(seen).contains(new Endpoint(Ip.v4(ip), port));
            if (seen.size() > 50) {
                seen.clear();
            }
        }
    }
}
