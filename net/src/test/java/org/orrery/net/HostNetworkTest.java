// SPDX-License-Identifier: Apache-2.0
package org.orrery.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Mac;
import org.orrery.core.value.Prefix;

class HostNetworkTest {
    private static Prefix prefix(String text) {
        return Prefix.parse(text).orElseThrow();
    }

    private static HostInterface up(String name, String... addresses) {
        return new HostInterface(
                1,
                name,
                Mac.NONE,
                1500,
                true,
                true,
                false,
                Arrays.stream(addresses)
                        .map(text -> new HostInterface.Address(prefix(text), false, true))
                        .toList());
    }

    private static List<String> bindable(List<HostInterface> interfaces) {
        return HostNetwork.bindable(
                        interfaces,
                        new AddressChoice(
                                List.of(),
                                List.of("veth"),
                                List.of(),
                                List.of(prefix("10.66.1.1/16")),
                                List.of("orr0")))
                .stream()
                .map(address -> address.ip() + "%" + address.device())
                .toList();
    }

    @Test
    void keepsScopesThatCarryPaths() {
        assertThat(bindable(List.of(
                        up("eth0", "10.0.0.1/8", "8.8.8.8/32", "169.254.1.1/16", "127.0.0.2/8", "224.0.0.1/4"),
                        up("eth1", "fe80::5/64", "fd00::1/64", "2001:db8::1/64", "28.0.0.1/8", "100.64.0.1/10"))))
                .containsExactly(
                        "10.0.0.1%eth0",
                        "8.8.8.8%eth0", "fd00::1%eth1", "2001:db8::1%eth1", "28.0.0.1%eth1", "100.64.0.1%eth1");
    }

    @Test
    void skipsVirtualAndUnwantedInterfaces() {
        assertThat(bindable(List.of(
                        up("lo", "10.0.0.1/8"),
                        up("zt34xvyv5a", "10.0.0.2/8"),
                        up("tun0", "10.0.0.3/8"),
                        up("tap0", "10.0.0.4/8"),
                        up("veth9", "10.0.0.5/8"),
                        up("orr0", "10.0.0.6/8"),
                        up("wlan0", "10.0.0.7/8"))))
                .containsExactly("10.0.0.7%wlan0");
    }

    @Test
    void skipsDownLoopbackTemporaryAndUncheckedOnes() {
        var down = new HostInterface(
                1,
                "eth0",
                Mac.NONE,
                1500,
                false,
                false,
                false,
                up("x", "10.0.0.1/8").addresses());
        var loopback = new HostInterface(
                1,
                "dummy0",
                Mac.NONE,
                1500,
                true,
                true,
                true,
                up("x", "10.0.0.2/8").addresses());
        var odd = new HostInterface(
                1,
                "eth1",
                Mac.NONE,
                1500,
                true,
                true,
                false,
                List.of(
                        new HostInterface.Address(prefix("fd00::1/64"), true, true),
                        new HostInterface.Address(prefix("fd00::2/64"), false, false),
                        new HostInterface.Address(prefix("fd00::3/64"), false, true)));
        assertThat(bindable(List.of(down, loopback, odd))).containsExactly("fd00::3%eth1");
    }

    @Test
    void skipsUnwantedRangesWithTheirHostBitsSetAndDuplicates() {
        assertThat(bindable(List.of(up("eth0", "10.66.200.1/24", "10.67.0.1/24"), up("eth1", "10.67.0.1/24"))))
                .containsExactly("10.67.0.1%eth0");
    }

    @Test
    void stopsAtItsBound() {
        List<HostInterface> many = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            many.add(up("eth" + i, "10.1." + i / 250 + "." + (i % 250 + 1) + "/24"));
        }
        assertThat(bindable(many)).hasSize(HostNetwork.BINDINGS_MAX).first().isEqualTo("10.1.0.1%eth0");
    }

    @Test
    void findsTheInterfaceOfAnAddressThatTheUserNames() {
        List<HostInterface> interfaces = List.of(up("eth0", "10.0.0.1/8"), up("eth1", "10.0.0.2/8", "fd00::1/64"));
        assertThat(HostNetwork.named(prefix("fd00::1/64").ip(), interfaces).device())
                .isEqualTo("eth1");
        assertThat(HostNetwork.named(prefix("0.0.0.0/0").ip(), interfaces).device())
                .isEmpty();
    }

    @Test
    void usesOnlyWhatIsAllowedAndLetsInWhatIsUsuallySkipped() {
        List<HostInterface> interfaces = List.of(
                up("eth0", "10.0.0.1/8", "192.168.1.1/24"),
                up("wg0", "10.0.0.2/8"),
                up("tun0", "10.0.0.3/8"),
                up("wlan0", "10.0.0.4/8"));
        var choice = new AddressChoice(
                List.of("eth", "tun", "wlan"), List.of("wlan"), List.of(prefix("10.9.9.9/8")), List.of(), List.of());
        assertThat(HostNetwork.bindable(interfaces, choice))
                .extracting(address -> address.ip().toString())
                .containsExactly("10.0.0.1", "10.0.0.3");
        assertThat(interfaces.stream().map(choice::refusal))
                .containsExactly(
                        "", "not in settings.interfacePrefixAllowlist", "", "settings.interfacePrefixBlacklist");
    }
}
