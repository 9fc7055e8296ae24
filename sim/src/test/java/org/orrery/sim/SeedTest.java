// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.NetworkId;

class SeedTest {
    @Test
    void aSeedReplaysARunExactlyAndAnotherSeedDoesNot() {
        long trace = trace(123);
        assertThat(trace(123)).isEqualTo(trace);
        assertThat(trace(124)).isNotEqualTo(trace);
    }

    private static long trace(long seed) {
        var lab = new Lab(seed, 2);
        lab.internet.weather(Link.GOOD.loss(0.1).jitter(5).duplication(0.05));
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(3);
        lab.join(network, members, 20_000);
        lab.ping(network, members.get(0), members.get(2), 100, 100);
        lab.internet.runFor(30_000);
        lab.check();
        return lab.internet.trace();
    }
}
