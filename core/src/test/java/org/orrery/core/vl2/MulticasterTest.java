// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.orrery.core.netconf.NetworkConfig;
import org.orrery.core.value.Address;
import org.orrery.core.value.Mac;
import org.orrery.core.value.MulticastGroup;
import org.orrery.core.value.NetworkId;
import org.orrery.core.wire.BigEndian;

class MulticasterTest {
    private static final int ARP = 0x0806;

    private static View view(long flags) {
        NetworkConfig config = NetworkConfig.builder(new NetworkId(0x354e_4b49_9a00_00a1L), new Address(1))
                .flags(flags)
                .build();
        return View.of(1, config, null);
    }

    private static byte[] arpRequest() {
        byte[] payload = new byte[30];
        BigEndian.setU16(payload, 2, 1);
        BigEndian.setU16(payload, 4, 0x0800);
        payload[6] = 6;
        payload[7] = 4;
        BigEndian.setU16(payload, 8, 1);
        BigEndian.setI32(payload, 26, 0x0a93_00ff);
        return payload;
    }

    private static @Nullable MulticastGroup group(long flags, long mac, int etherType, byte[] payload) {
        return Multicaster.groupOf(view(flags), mac, etherType, payload, 2, payload.length - 2);
    }

    @Test
    void arpRequestsGoToTheGroupOfTheAddressAskedFor() {
        var expected = MulticastGroup.arp(0x0a93_00ff);
        assertThat(group(0, Mac.BROADCAST.bits(), ARP, arpRequest()))
                .as("even without broadcast")
                .isEqualTo(expected);
        assertThat(group(NetworkConfig.FLAG_BROADCAST, Mac.BROADCAST.bits(), ARP, arpRequest()))
                .isEqualTo(expected);
    }

    @Test
    void otherBroadcastsNeedTheNetworksLeave() {
        var broadcast = new MulticastGroup(Mac.BROADCAST, 0);
        for (int changed : new int[] {4, 5, 6, 7, 9}) {
            byte[] other = arpRequest();
            other[changed]++;
            assertThat(group(0, Mac.BROADCAST.bits(), ARP, other))
                    .as("byte %d", changed)
                    .isNull();
            assertThat(group(NetworkConfig.FLAG_BROADCAST, Mac.BROADCAST.bits(), ARP, other))
                    .isEqualTo(broadcast);
        }
        assertThat(group(0, Mac.BROADCAST.bits(), ARP, new byte[20])).isNull();
        assertThat(group(0, Mac.BROADCAST.bits(), 0x0800, arpRequest())).isNull();
    }

    @Test
    void multicastsGoToTheGroupOfTheirMac() {
        assertThat(group(0, 0x3333_ff00_0001L, 0x86dd, new byte[80]))
                .isEqualTo(new MulticastGroup(new Mac(0x3333_ff00_0001L), 0));
        assertThat(group(0, 0x0100_5e00_00fbL, ARP, arpRequest()))
                .isEqualTo(new MulticastGroup(new Mac(0x0100_5e00_00fbL), 0));
    }
}
