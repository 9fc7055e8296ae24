// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.wire.BigEndian;

class RecentFlowsTest {
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;

    /** With a place of its own for each of 16 flows drawn at random there would be 14 on average. */
    @ParameterizedTest
    @ValueSource(ints = {IPV4, IPV6})
    void spreadsFlowsBetweenTwoHosts(int etherType) {
        var flows = new RecentFlows();
        Set<LastFlow> places = Collections.newSetFromMap(new IdentityHashMap<>());
        byte[] packet = new byte[100];
        for (int port = 0; port < 16; port++) {
            BigEndian.setU16(packet, 4 + (etherType == IPV4 ? 20 : 40), 50_000 + port);
            places.add(flows.of(etherType, packet, 4, 90));
        }
        assertThat(places).hasSizeGreaterThanOrEqualTo(12);
    }

    @Test
    void findsTheSamePlaceForTheSameFlow() {
        var flows = new RecentFlows();
        var random = new Random(1);
        for (int etherType : new int[] {IPV4, IPV6}) {
            for (int i = 0; i < 1_000; i++) {
                byte[] packet = new byte[60];
                random.nextBytes(packet);
                LastFlow place = flows.of(etherType, packet, 0, 60);
                packet[etherType == IPV4 ? 30 : 50]++;
                assertThat(flows.of(etherType, packet, 0, 60)).isSameAs(place);
            }
        }
    }

    @Test
    void looksAtNothingBeyondTheEnd() {
        var flows = new RecentFlows();
        for (int length = 0; length < 50; length++) {
            byte[] packet = new byte[length];
            assertThat(flows.of(IPV4, packet, 0, length)).isNotNull();
            assertThat(flows.of(IPV6, packet, 0, length)).isNotNull();
        }
    }
}
