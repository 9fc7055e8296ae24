// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.NetworkId;

class TwoNodesTest {
    static LongStream seeds() {
        return Lab.seeds(1, 7, 20_260_101);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void talkWithinASecondOfJoining(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(2);
        SimHost ada = members.get(0);
        SimHost bob = members.get(1);
        lab.internet.runFor(1_000);
        lab.join(network, members, 1_000);
        long configured = lab.internet.nowMillis();
        Ping ping = lab.ping(network, ada, bob, 50, 100);
        assertThat(lab.internet.runUntil(() -> ping.received() > 0, 1_000))
                .as("%s", lab)
                .isTrue();
        assertThat(ping.firstReplyMillis() - configured).isLessThanOrEqualTo(1_000);
        lab.internet.runFor(10_000);
        assertThat(ping.received()).as("%s", ping).isEqualTo(50);
        assertThat(ada.direct(bob)).isTrue();
        assertThat(bob.direct(ada)).isTrue();
        lab.check();
    }
}
