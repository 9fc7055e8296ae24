// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.NetworkId;

class RestartTest {
    static LongStream seeds() {
        return Lab.seeds(6, 66);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aMemberComesBackWithWhatItKept(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(2);
        SimHost ada = members.get(0);
        SimHost bob = members.get(1);
        lab.join(network, members, 1_500);
        Ping first = lab.ping(network, ada, bob, 10, 100);
        lab.internet.runFor(3_000);
        assertThat(first.received()).isEqualTo(10);

        bob.stop();
        lab.internet.runFor(5_000);
        bob.start();
        assertThat(bob.configured(network))
                .as("from what was kept, without any packet")
                .isTrue();
        Ping inbound = lab.ping(network, ada, bob, 50, 100);
        lab.internet.runFor(500);
        Ping outbound = lab.ping(network, bob, ada, 50, 100);
        lab.internet.runFor(8_000);
        assertThat(inbound.received()).as("%s %s", inbound, lab).isGreaterThanOrEqualTo(45);
        assertThat(outbound.received()).as("%s %s", outbound, lab).isGreaterThanOrEqualTo(48);
        lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aMemberComesBackWhileItsControllerIsAway(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(2);
        lab.join(network, members, 1_500);
        lab.internet.runFor(2_000);
        lab.controllerHost.stop();
        members.get(1).stop();
        lab.internet.runFor(1_000);
        members.get(1).start();
        lab.internet.runFor(2_000);
        Ping ping = lab.ping(network, members.get(1), members.get(0), 20, 100);
        lab.internet.runFor(5_000);
        assertThat(ping.received()).as("%s %s", ping, lab).isEqualTo(20);
        lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aNetworkThatWasLeftStaysLeft(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(2);
        lab.join(network, members, 1_500);
        members.get(0).leave(network);
        lab.internet.runFor(1_000);
        members.get(0).stop();
        members.get(0).start();
        lab.internet.runFor(2_000);
        assertThat(members.get(0).configured(network)).isFalse();
        Ping ping =
                members.get(1).stack(network).ping(members.get(1).stack(network).address(false), 1, 100);
        lab.internet.runFor(2_000);
        assertThat(ping.received()).isZero();
        lab.check();
    }
}
