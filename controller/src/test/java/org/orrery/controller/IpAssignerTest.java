// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Address;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import tools.jackson.databind.node.ObjectNode;

class IpAssignerTest {
    private static final NetworkId NETWORK = NetworkId.parse("74374e38035262aa").orElseThrow();
    private static final Address OLD = Address.parse("c515bc6aea").orElseThrow();
    private static final Address NEW = Address.parse("4f6dfb1558").orElseThrow();

    private final Set<Ip> taken = new HashSet<>();

    private static NetworkRecord network(String text) {
        return new NetworkRecord((ObjectNode) Lab.json(text));
    }

    private static MemberRecord member(String text) {
        return new MemberRecord((ObjectNode) Lab.json(text));
    }

    private static String pool(String start, String end) {
        return "{'ipRangeStart':'" + start + "','ipRangeEnd':'" + end + "'}";
    }

    private static String v4(String routes, String pools) {
        return "{'v4AssignMode':{'zt':true},'routes':[" + routes + "],'ipAssignmentPools':[" + pools + "]}";
    }

    private IpAssigner.Assignment assign(String network, Address address, String member) {
        IpAssigner.Assignment assignment = new IpAssigner(NETWORK, network(network), taken::contains, new Random(5))
                .assign(address, member(member));
        taken.addAll(assignment.drawn());
        return assignment;
    }

    private static List<String> texts(IpAssigner.Assignment assignment) {
        return assignment.addresses().stream().map(Prefix::toString).toList();
    }

    @Test
    void derivesTheAddressesThatMembershipGives() {
        IpAssigner.Assignment both = assign("{'v6AssignMode':{'6plane':true,'rfc4193':true}}", NEW, "{}");
        assertThat(texts(both))
                .containsExactly("fd74:374e:3803:5262:aa99:934f:6dfb:1558/88", "fc77:652c:924f:6dfb:1558::1/40");
        assertThat(both.derived()).isTrue();
        assertThat(both.drawn()).isEmpty();
        IpAssigner.Assignment exempt =
                assign("{'v6AssignMode':{'6plane':true,'rfc4193':true}}", NEW, "{'noAutoAssignIps':true}");
        assertThat(exempt.addresses()).isEmpty();
        assertThat(exempt.derived()).isFalse();
    }

    @Test
    void triesTheSameIpv4CandidateFirstAsEveryController() {
        String network = v4("{'target':'10.147.20.0/24'}", pool("10.147.20.1", "10.147.20.254"));
        assertThat(texts(assign(network, OLD, "{}"))).containsExactly("10.147.20.29/24");
        assertThat(texts(assign(network, NEW, "{}"))).containsExactly("10.147.20.41/24");
        assertThat(texts(assign(network, OLD, "{}"))).as("29 is taken").containsExactly("10.147.20.30/24");
    }

    @Test
    void triesTheSameIpv6CandidateFirstAsEveryController() {
        String network = "{'v6AssignMode':{'zt':true},'routes':[{'target':'fd00:1::/64'}],'ipAssignmentPools':["
                + pool("fd00:1::1", "fd00:1::ffff:ffff:ffff:ffff") + "]}";
        assertThat(texts(assign(network, NEW, "{}"))).containsExactly("fd00:1::4f:6dfb:1559/64");
        IpAssigner.Assignment second = assign(network, NEW, "{}");
        assertThat(second.drawn()).hasSize(1).doesNotContainNull();
        assertThat(second.addresses().getFirst().ip().toString())
                .startsWith("fd00:1:")
                .isNotEqualTo("fd00:1::4f:6dfb:1559");
    }

    @Test
    void neverGivesAnAddressTwiceAndStaysInThePool() {
        String network = v4("{'target':'10.1.0.0/16'}", pool("10.1.2.3", "10.1.5.200"));
        var random = new Random(11);
        var seen = new HashSet<Ip>();
        int exhausted = 0;
        for (int i = 0; i < 1200; i++) {
            IpAssigner.Assignment given = assign(network, new Address(random.nextLong() >>> 24), "{}");
            if (given.exhausted()) {
                exhausted++;
                assertThat(given.addresses()).isEmpty();
                continue;
            }
            Ip ip = given.drawn().getFirst();
            assertThat(seen.add(ip)).as("%s twice", ip).isTrue();
            assertThat(ip.low())
                    .isBetween(
                            Ip.parse("10.1.2.3").orElseThrow().low(),
                            Ip.parse("10.1.5.199").orElseThrow().low());
            assertThat(ip.octet(3)).isNotEqualTo(255);
        }
        int places = 0xc8 - 3 + 3 * 256;
        assertThat(seen)
                .as("every address of the pool but its last and those ending in 255")
                .hasSize(places - 3);
        assertThat(exhausted).isEqualTo(1200 - (places - 3));
    }

    @Test
    void findsTheLastFreeAddressOfALargePool() {
        String network = v4("{'target':'10.1.0.0/16'}", pool("10.1.0.0", "10.1.255.255"));
        for (int i = 0; i < 1 << 16; i++) {
            taken.add(Ip.v4(10 << 24 | 1 << 16 | i));
        }
        Ip free = Ip.parse("10.1.200.77").orElseThrow();
        taken.remove(free);
        assertThat(assign(network, OLD, "{}").drawn()).containsExactly(free);
        assertThat(assign(network, OLD, "{}").exhausted()).isTrue();
    }

    @Test
    void usesAPoolOfOneAddress() {
        String network = v4("{'target':'10.1.0.0/16'}", pool("10.1.0.9", "10.1.0.9"));
        assertThat(texts(assign(network, OLD, "{}"))).containsExactly("10.1.0.9/16");
        assertThat(assign(network, NEW, "{}").exhausted()).isTrue();
    }

    @Test
    void goesOnToTheNextPool() {
        String network = v4(
                "{'target':'10.1.0.0/16'}",
                pool("10.1.0.9", "10.1.0.8") + "," + pool("0.0.0.0", "0.0.0.9") + "," + pool("fd00::1", "fd00::2") + ","
                        + pool("10.7.0.1", "10.7.0.9") + "," + pool("10.1.0.9", "10.1.0.9"));
        assertThat(texts(assign(network, OLD, "{}"))).containsExactly("10.1.0.9/16");
    }

    @Test
    void drawsNothingWithoutARouteOfNetworkForm() {
        assertThat(assign(v4("", pool("10.1.0.1", "10.1.0.9")), OLD, "{}").drawn())
                .isEmpty();
        assertThat(assign(v4("{'target':'10.1.0.1/16'}", pool("10.1.0.1", "10.1.0.9")), OLD, "{}")
                        .drawn())
                .as("a target with host bits holds nothing")
                .isEmpty();
        assertThat(assign(v4("{'target':'0.0.0.0/0'}", pool("10.1.0.1", "10.1.0.9")), OLD, "{}")
                        .drawn())
                .isEmpty();
        assertThat(texts(assign(
                        v4("{'target':'10.1.0.0/16','via':'10.1.0.254'}", pool("10.1.0.1", "10.1.0.9")), OLD, "{}")))
                .hasSize(1);
    }

    @Test
    void keepsWhatAMemberHasWithTheLongestPrefixOfTheRoutes() {
        String network = v4(
                "{'target':'10.0.0.0/8'},{'target':'10.1.0.0/16'},{'target':'10.1.2.0/24','via':'10.1.0.1'}",
                pool("10.1.0.1", "10.1.0.9"));
        IpAssigner.Assignment kept = assign(network, OLD, "{'ipAssignments':['10.1.2.3','10.9.9.9']}");
        assertThat(texts(kept)).containsExactly("10.1.2.3/24", "10.9.9.9/8");
        assertThat(kept.drawn()).isEmpty();
        IpAssigner.Assignment outside = assign(network, OLD, "{'ipAssignments':['192.168.0.1']}");
        assertThat(texts(outside)).as("not covered, so another is drawn").hasSize(1);
        assertThat(outside.drawn()).hasSize(1);
        IpAssigner.Assignment exempt = assign(network, OLD, "{'noAutoAssignIps':true,'ipAssignments':['10.1.2.3']}");
        assertThat(texts(exempt)).containsExactly("10.1.2.3/24");
    }
}
