// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.vl1.Candidate;
import org.orrery.core.vl1.NatMapping;
import org.orrery.daemon.home.NetworkSettings;
import org.orrery.daemon.host.HostState;

class NetCheckTest {
    private static final Endpoint LOCAL = endpoint("10.9.0.4/9993");
    private static final Endpoint OUTSIDE = endpoint("203.0.113.7/4000");
    private static final Endpoint OUTSIDE_TOO = endpoint("203.0.113.7/4001");

    private final FakeNode node = new FakeNode();
    private final List<NetCheck.Root> roots = new ArrayList<>();
    private final List<NatMapping> nat = new ArrayList<>();
    private final List<NetworkView> networks = new ArrayList<>();
    private final List<NetCheck.Size> sizes = new ArrayList<>();

    private static Endpoint endpoint(String text) {
        return Endpoint.parse(text).orElseThrow();
    }

    private void root(String address, String at, boolean answers) {
        roots.add(new NetCheck.Root(
                Address.parse(address).orElseThrow(),
                List.of(new Candidate(
                        endpoint(at), Candidate.Source.LISTED, 1, 1_000, answers ? 1_012 : 0, answers ? 12 : -1, "")),
                List.of(),
                12));
    }

    private NetCheck.Check check(String name) {
        return NetCheck.of(new NetCheck.Facts(node.status(), roots, nat, networks, sizes)).stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void expect(NetCheck.Check check, NetCheck.State state, String text) {
        assertThat(check.text()).isEqualTo(text);
        assertThat(check.state()).isEqualTo(state);
        assertThat(check.remedy().isEmpty()).isEqualTo(state != NetCheck.State.TROUBLE);
    }

    @Test
    void saysThatUdpIsBlockedIfNoRootAnswers() {
        root("62f865ae71", "60.1.1.1/9993", false);
        expect(check("UDP"), NetCheck.State.TROUBLE, "no root answers: nothing sent by UDP from port 9993 comes back");
        expect(check("root 62f865ae71"), NetCheck.State.TROUBLE, "no answer from 60.1.1.1/9993");
    }

    @Test
    void countsRootsThatAnswerAndNamesThoseThatDoNot() {
        root("62f865ae71", "60.1.1.1/9993", true);
        root("72f865ae71", "60.1.1.2/9993", false);
        expect(check("UDP"), NetCheck.State.OK, "1 of 2 roots answer");
        expect(check("root 62f865ae71"), NetCheck.State.OK, "12 ms, 60.1.1.1/9993");
        expect(check("root 72f865ae71"), NetCheck.State.TROUBLE, "no answer from 60.1.1.2/9993");
        assertThat(check("root 72f865ae71").remedy()).contains("nodes that know only this root are not found");
    }

    @Test
    void theOnlyRootHasNobodyToAsk() {
        expect(check("UDP"), NetCheck.State.NOTE, "this node is the only root: there is no other to ask");
    }

    @Test
    void judgesTheNat() {
        nat.add(new NatMapping(LOCAL, NatMapping.Kind.ENDPOINT_DEPENDENT, List.of(OUTSIDE, OUTSIDE_TOO), 2));
        expect(
                check("NAT 10.9.0.4/9993"),
                NetCheck.State.TROUBLE,
                "seen at 203.0.113.7/4000, 203.0.113.7/4001: a NAT with endpoint-dependent mapping (symmetric): each"
                        + " destination sees another outside port");
        nat.set(0, new NatMapping(LOCAL, NatMapping.Kind.ENDPOINT_INDEPENDENT, List.of(OUTSIDE), 2));
        expect(
                check("NAT 10.9.0.4/9993"),
                NetCheck.State.OK,
                "seen at 203.0.113.7/4000: a NAT with endpoint-independent mapping: everybody sees the same outside"
                        + " port");
        nat.set(0, new NatMapping(LOCAL, NatMapping.Kind.NONE, List.of(LOCAL), 1));
        expect(check("NAT 10.9.0.4/9993"), NetCheck.State.OK, "no NAT: others see the socket's own address");
    }

    @Test
    void namesTheMtuOnlyIfNetworksMayHaveIt() {
        sizes.add(new NetCheck.Size(1_432, false));
        sizes.add(new NetCheck.Size(1_352, true));
        expect(check("datagrams"), NetCheck.State.TROUBLE, "1,352 bytes pass both ways, 1,432 do not");
        assertThat(check("datagrams").remedy()).endsWith("orrery network set NETWORK --mtu 1280");
        sizes.set(1, new NetCheck.Size(1_232, true));
        assertThat(check("datagrams").remedy())
                .isEqualTo("let IP fragments through: not even the smallest MTU of a network fits");
        sizes.set(0, new NetCheck.Size(1_432, true));
        expect(check("datagrams"), NetCheck.State.OK, "1,432 bytes pass both ways, cut by IP or not");
    }

    @Test
    void findsANetworkThatWouldRunThroughItself() {
        root("62f865ae71", "10.147.20.9/9993", true);
        expect(
                check("overlay"),
                NetCheck.State.OK,
                "no network of this node covers a root, or an address it listens on");
        HostState.Route route = new HostState.Route(FakeNode.prefix("10.147.20.0/24"), null, null, "");
        networks.add(new NetworkView(
                FakeNode.requesting(FakeNode.LABNET),
                "zt0",
                0,
                NetworkSettings.DEFAULT,
                new HostState(List.of(), List.of(route), HostState.Dns.off("", ""))));
        expect(
                check("overlay"),
                NetCheck.State.TROUBLE,
                "network " + FakeNode.LABNET
                        + " covers root 62f865ae71 at 10.147.20.9/9993: its packets would run through itself");
    }
}
