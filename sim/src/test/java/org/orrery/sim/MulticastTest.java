// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl2.MulticastCut;

/** Multicasts in a network of a hundred. */
class MulticastTest {
    private static final int MEMBERS = 100;
    private static final int LIMIT_BY_DEFAULT = 32;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final long ALL_NODES = 0x3333_0000_0001L;
    private static final long MDNS_IPV6 = 0x3333_0000_00fbL;
    private static final long MDNS_IPV4 = 0x0100_5e00_00fbL;
    private static final long SSDP = 0x0100_5e7f_fffaL;
    private static final List<Long> GROUPS = List.of(ALL_NODES, MDNS_IPV6, MDNS_IPV4, SSDP);

    static LongStream seeds() {
        return Lab.seeds(9);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void reachAllOthersWithinTwoSecondsIfTheLimitAllowsIt(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, true);
        lab.controller.change(network, "{\"multicastLimit\":128}");
        List<SimHost> members = listening(lab, network);
        SimHost sender = members.getFirst();
        List<SimHost> others = members.subList(1, MEMBERS);

        for (long group : GROUPS) {
            send(sender, network, group, 0);
            boolean all = lab.internet.runUntil(
                    () -> others.stream().allMatch(each -> each.stack(network).heard(group) == 1), 2_000);
            assertThat(all).as("%012x", group).isTrue();
        }
        lab.internet.runFor(5_000);
        assertThat(others)
                .allSatisfy(each -> GROUPS.forEach(
                        group -> assertThat(each.stack(network).heard(group)).isEqualTo(1)));
        assertThat(cut(sender).multicasts()).isZero();
        lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void reachNoMoreThanTheLimitAndSaySo(long seed) {
        var lab = new Lab(seed, 1);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = listening(lab, network);
        SimHost sender = members.getFirst();
        int multicasts = 5;
        for (int i = 0; i < multicasts; i++) {
            send(sender, network, MDNS_IPV4, i);
            lab.internet.runFor(2_000);
        }
        lab.internet.runFor(5_000);

        int heard = members.stream()
                .mapToInt(each -> each.stack(network).heard(MDNS_IPV4))
                .sum();
        assertThat(heard).isEqualTo(multicasts * LIMIT_BY_DEFAULT);
        MulticastCut cut = cut(sender);
        assertThat(cut.limit()).isEqualTo(LIMIT_BY_DEFAULT);
        assertThat(cut.multicasts()).isEqualTo(multicasts);
        assertThat(cut.largestGroup()).isEqualTo(MEMBERS - 1);
        assertThat(cut.recipients()).isEqualTo((long) multicasts * (MEMBERS - 1 - LIMIT_BY_DEFAULT));
        assertThat(sender.eventLog())
                .filteredOn(line -> line.contains("multicast.cut"))
                .as("told once, not for each")
                .singleElement()
                .asString()
                .endsWith("multicast.cut network=" + network + " limit=32 members=99");
        lab.check();
    }

    private static List<SimHost> listening(Lab lab, NetworkId network) {
        List<SimHost> members = lab.members(MEMBERS);
        lab.join(network, members, 5_000);
        lab.internet.runFor(1_000);
        members.forEach(member -> GROUPS.forEach(member.stack(network)::listen));
        lab.internet.runFor(1_000);
        return members;
    }

    private static void send(SimHost from, NetworkId network, long group, int number) {
        byte[] payload = new byte[60];
        payload[59] = (byte) number;
        from.stack(network).send(group, group >>> 32 == 0x3333 ? IPV6 : IPV4, payload);
    }

    private static MulticastCut cut(SimHost host) {
        return host.node().networkStatuses().getFirst().multicastCut();
    }
}
