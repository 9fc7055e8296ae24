// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl1.RelayPolicy;
import org.orrery.core.vl1.Role;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;

/** Roots of one's own beside those of the planet, and who relays. */
class MoonTest {
    private static final SignatureKeyPair KEY =
            SignatureKeyPair.of(java.util.HexFormat.of().parseHex("3c".repeat(SignatureKeyPair.PRIVATE_BYTES)));

    static LongStream seeds() {
        return Lab.seeds(8, 88);
    }

    private static World moon(Lab lab, long revision, SimHost... roots) {
        List<World.Root> list = java.util.Arrays.stream(roots)
                .map(host -> new World.Root(lab.secret(host).identity(), List.of(host.endpoint(0))))
                .toList();
        return World.create(WorldType.MOON, roots[0].address().bits(), revision, list, KEY.publicKey(), KEY);
    }

    private static Role role(SimHost at, SimHost of) {
        return Objects.requireNonNull(at.peer(of)).role();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aMoonIsOrbitedBySeedShownWithinTwoSecondsKeptAndLeft(long seed) {
        var lab = new Lab(seed, 1);
        lab.internet.weather(Link.GOOD.loss(0.05));
        List<SimHost> members = lab.members(2);
        SimHost root = members.get(0);
        SimHost ada = members.get(1);
        lab.internet.runFor(3_000);
        World moon = moon(lab, 1_000, root);
        root.control((node, now) -> assertThat(node.orbit(moon, now)).isTrue());
        assertThat(root.node().upstream()).isTrue();
        ada.control((node, now) ->
                assertThat(node.orbit(moon.id(), root.address(), now)).isTrue());
        assertThat(lab.internet.runUntil(() -> ada.peer(root) != null && role(ada, root) == Role.MOON, 2_000))
                .as("%s", lab)
                .isTrue();
        assertThat(lab.internet.runUntil(() -> ada.direct(root), 3_000)).isTrue();
        assertThat(ada.node().moons()).containsExactly(moon);
        assertThat(ada.node().awaitedMoons()).isEmpty();
        assertThat(role(ada, lab.roots.getFirst())).isEqualTo(Role.PLANET);

        ada.stop();
        ada.start();
        assertThat(ada.node().moons()).as("kept").containsExactly(moon);
        ada.control((node, now) -> assertThat(node.deorbit(moon.id(), now)).isTrue());
        assertThat(ada.node().moons()).isEmpty();
        lab.internet.runFor(1_000);
        assertThat(role(ada, root)).isEqualTo(Role.LEAF);
        ada.stop();
        ada.start();
        assertThat(ada.node().moons()).as("forgotten").isEmpty();
        lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anUpdateOfAMoonTravelsToThoseWhoOrbitIt(long seed) {
        var lab = new Lab(seed, 1);
        List<SimHost> members = lab.members(3);
        SimHost root = members.get(0);
        SimHost second = members.get(1);
        SimHost ada = members.get(2);
        lab.internet.runFor(2_000);
        root.control((node, now) -> node.orbit(moon(lab, 1_000, root), now));
        ada.control((node, now) -> node.orbit(root.address().bits(), root.address(), now));
        lab.internet.runFor(2_000);
        assertThat(role(ada, root)).isEqualTo(Role.MOON);
        World update = moon(lab, 2_000, root, second);
        World forged = World.create(
                WorldType.MOON, update.id(), 3_000, List.of(), KEY.publicKey(), SignatureKeyPair.of(new byte[64]));
        root.control((node, now) -> {
            assertThat(node.orbit(forged, now)).isFalse();
            assertThat(node.orbit(update, now)).isTrue();
            assertThat(node.orbit(moon(lab, 1_500, root), now)).as("older").isFalse();
        });
        assertThat(lab.internet.runUntil(() -> ada.node().moons().contains(update), 1_000))
                .as("at once, %s", lab)
                .isTrue();
        lab.internet.runFor(2_000);
        assertThat(role(ada, second)).isEqualTo(Role.MOON);
        lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aMoonComesOnlyFromItsSeedOrARoot(long seed) {
        var lab = new Lab(seed, 1);
        List<SimHost> members = lab.members(2);
        SimHost root = members.get(0);
        SimHost ada = members.get(1);
        lab.internet.runFor(2_000);
        World moon = moon(lab, 1_000, root);
        // It holds the moon, but is none of its roots.
        lab.controllerHost.control((node, now) -> node.orbit(moon, now));
        ada.control((node, now) -> node.orbit(moon.id(), lab.controllerHost.address(), now));
        lab.internet.runFor(10_000);
        assertThat(ada.node().moons()).isEmpty();
        assertThat(ada.node().awaitedMoons()).containsExactly(moon.id());
        lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void relaysAreChosenAsThePolicySays(long seed) {
        var lab = new Lab(seed, 3);
        NetworkId network = lab.controller.network(1, true);
        List<SimHost> members = lab.members(2);
        SimHost ada = members.get(0);
        lab.cut(ada, members.get(1));
        lab.join(network, members, 3_000);
        SimHost wanted = lab.roots.get(2);
        SimHost other = lab.roots.get(1);
        ada.control(
                (node, now) -> node.relayPolicy(new RelayPolicy(Set.of(wanted.address()), Set.of(), Set.of()), now));
        assertThat(relay(ada)).isEqualTo(wanted);
        wanted.stop();
        lab.ping(network, ada, members.get(1), 50, 100);
        lab.internet.runFor(6_000);
        assertThat(relay(ada)).as("preferred, but down").isNotEqualTo(wanted);
        wanted.start();
        assertThat(lab.internet.runUntil(() -> wanted.equals(relay(ada)), 10_000))
                .isTrue();
        ada.control((node, now) ->
                node.relayPolicy(new RelayPolicy(Set.of(wanted.address()), Set.of(), Set.of(wanted.address())), now));
        assertThat(relay(ada)).isNotEqualTo(wanted);
        ada.control((node, now) -> node.relayPolicy(new RelayPolicy(Set.of(), Set.of(other.address()), Set.of()), now));
        assertThat(relay(ada)).isEqualTo(other);
        other.stop();
        Ping none = lab.ping(network, ada, members.get(1), 50, 100);
        lab.internet.runFor(6_000);
        assertThat(none.received()).as("no other root may carry it").isZero();
        lab.check();
    }

    private static SimHost relay(SimHost at) {
        var address = at.node().status(java.util.Map.of(), 0).relay().orElseThrow();
        return at.internet().hosts().stream()
                .filter(host -> host.address().equals(address))
                .findFirst()
                .orElseThrow();
    }
}
