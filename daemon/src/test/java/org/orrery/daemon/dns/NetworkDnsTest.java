// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.node.NetworkStatus;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Mac;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl2.MulticastCut;
import org.orrery.daemon.home.NetworkSettings;
import org.orrery.daemon.host.HostState;

class NetworkDnsTest {
    private static final NetworkSettings ALLOWED = new NetworkSettings(true, List.of(), false, false, true);

    private static NetworkStatus network(String domain, String... servers) {
        return new NetworkStatus(
                new NetworkId(0x8056c2e21c000001L),
                new Mac(0x02169a95df53L),
                "",
                NetworkStatus.State.OK,
                true,
                2800,
                false,
                true,
                1,
                List.of(),
                List.of(),
                List.of(),
                domain,
                Arrays.stream(servers).map(text -> Ip.parse(text).orElseThrow()).toList(),
                Optional.empty(),
                MulticastCut.NONE);
    }

    private static HostState.Dns refused(NetworkStatus network, NetworkSettings settings) {
        return ((NetworkDns.No) NetworkDns.decide(network, settings, "zt0", false)).state();
    }

    @Test
    void usesServersThatAreAllowed() {
        var decision = NetworkDns.decide(
                network("Lab.example.", "10.1.0.1", "127.0.0.1", "10.1.0.1", "9.9.9.9"), ALLOWED, "zt0", true);
        assertThat(decision)
                .isEqualTo(new NetworkDns.Use(new NetworkDns(
                        new NetworkId(0x8056c2e21c000001L),
                        "zt0",
                        "Lab.example",
                        List.of(Ip.v4(10, 1, 0, 1), Ip.v4(9, 9, 9, 9)),
                        true)));
    }

    @Test
    void saysWhyNot() {
        assertThat(refused(network("lab.example", "10.1.0.1"), NetworkSettings.DEFAULT)
                        .setting())
                .isEqualTo("allowDNS");
        assertThat(refused(network(""), ALLOWED).reason()).isEmpty();
        assertThat(refused(network("", "10.1.0.1"), ALLOWED).reason()).contains("no domain");
        assertThat(refused(network("lab.example"), ALLOWED).reason()).contains("no server");
        assertThat(refused(network("lab.example", "127.0.0.1", "224.0.0.1"), ALLOWED)
                        .reason())
                .contains("none of the network's servers");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b",
                "x\nnameserver 6.6.6.6",
                "-o",
                "--help",
                "~.",
                "a..b",
                "a/b",
                "#",
                "lab.example\n",
                "-a.b",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example"
            })
    void refusesADomainThatIsNone(String domain) {
        assertThat(refused(network(domain, "10.1.0.1"), ALLOWED).state()).isEqualTo(HostState.Dns.State.REFUSED);
    }
}
