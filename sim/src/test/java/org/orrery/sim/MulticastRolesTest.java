// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.netconf.Specialist;
import org.orrery.core.value.NetworkId;

/** Members with roles: replicators distribute multicasts for others, anchors know who wants which. */
class MulticastRolesTest {
    private static final int IPV4 = 0x0800;
    private static final long GROUP = 0x0100_5e00_00fbL;
    private static final int BYTES = 1_000;

    /** Groups are announced once a minute. */
    private static final long ANNOUNCED_MILLIS = 65_000;

    static LongStream seeds() {
        return Lab.seeds(14, 15);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aReplicatorDistributesWhatOthersSendOnce(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(20);
        lab.join(network, members, 5_000);
        members.forEach(member -> member.stack(network).listen(GROUP));
        lab.internet.runFor(2_000);
        SimHost sender = members.getFirst();
        SimHost replicator = members.getLast();
        int[] copies = new int[1];
        lab.internet.tap((from, _, _, bytes) -> copies[0] += from == sender && bytes.length >= BYTES ? 1 : 0);

        send(sender, network, seed);
        lab.internet.runFor(6_000);
        assertThat(heard(members, network))
                .as("each copy comes from the sender")
                .containsOnly(1);
        assertThat(copies[0]).isGreaterThanOrEqualTo(members.size() - 1);

        lab.controller.specialists(network, List.of(Specialist.of(replicator.address(), Specialist.REPLICATOR)));
        lab.internet.runFor(ANNOUNCED_MILLIS);
        copies[0] = 0;
        send(sender, network, seed + 1);
        lab.internet.runFor(6_000);
        assertThat(heard(members, network)).as("%s", lab).containsOnly(2);
        assertThat(copies[0]).isEqualTo(1);
        lab.check();
    }

    private static List<Integer> heard(List<SimHost> members, NetworkId network) {
        return members.stream()
                .skip(1)
                .map(member -> member.stack(network).heard(GROUP))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anAnchorKnowsTheGroupsOfAllWithoutRootAndController(long seed) {
        assertThat(heardFromOneWhoIsCutOff(seed, true)).containsOnly(1);
        assertThat(heardFromOneWhoIsCutOff(seed, false))
                .as("an ordinary member knows nobody")
                .containsOnly(0);
    }

    private static List<Integer> heardFromOneWhoIsCutOff(long seed, boolean anchor) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(10);
        lab.join(network, members, 5_000);
        SimHost sender = members.getFirst();
        if (anchor) {
            lab.controller.specialists(network, List.of(Specialist.of(sender.address(), Specialist.ANCHOR)));
        }
        members.forEach(member -> member.stack(network).listen(GROUP));
        lab.internet.runFor(ANNOUNCED_MILLIS);
        lab.cut(sender, lab.roots.getFirst());
        lab.cut(sender, lab.controllerHost);

        send(sender, network, seed);
        lab.internet.runFor(3_000);
        lab.check();
        return heard(members, network);
    }

    /** What does not get shorter by compression. */
    private static void send(SimHost from, NetworkId network, long seed) {
        byte[] payload = new byte[BYTES];
        new SplittableRandom(seed).nextBytes(payload);
        from.stack(network).send(GROUP, IPV4, payload);
    }
}
