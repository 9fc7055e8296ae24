// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.NetworkId;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;

/** Members that not every root reaches: a near root of the planet, and further ones of a moon that it knows nothing of. */
class RelayChoiceTest {
    private static final SignatureKeyPair KEY =
            SignatureKeyPair.of(java.util.HexFormat.of().parseHex("3c".repeat(SignatureKeyPair.PRIVATE_BYTES)));
    private static final int PING_BYTES = 400;

    static LongStream seeds() {
        return Lab.seeds(3, 33);
    }

    /** Ada, Bob, and a network of theirs whose controller orbits the moon, too. */
    private static final class Cast {
        final Lab lab;
        final List<SimHost> moons = new ArrayList<>();
        final SimHost near;
        final SimHost ada;
        final SimHost bob;
        final NetworkId network;

        Cast(long seed, int moonRoots, double loss) {
            lab = new Lab(seed, 1);
            near = lab.roots.getFirst();
            Link close = Link.GOOD.delay(5).loss(loss);
            Link far = Link.GOOD.delay(25).loss(loss);
            lab.internet.weather((from, to) -> from == near || to == near ? close : far);
            for (int i = 0; i < moonRoots; i++) {
                SimHost root = lab.member(100 + i);
                root.start();
                moons.add(root);
            }
            List<World.Root> list = moons.stream()
                    .map(host -> new World.Root(lab.secret(host).identity(), List.of(host.endpoint(0))))
                    .toList();
            long id = moons.getFirst().address().bits();
            World moon = World.create(WorldType.MOON, id, 1_000, list, KEY.publicKey(), KEY);
            ada = lab.member(1);
            bob = lab.member(2);
            lab.cut(ada, bob);
            network = lab.controller.network(1, true);
            ada.start();
            bob.start();
            List<SimHost> orbiting = new ArrayList<>(moons);
            orbiting.addAll(List.of(ada, bob, lab.controllerHost));
            orbiting.forEach(host -> host.control((node, now) -> node.orbit(moon, now)));
        }

        void join() {
            lab.join(network, List.of(ada, bob), 10_000);
        }

        /** The near root is started anew and never hears of Bob. */
        void forgetBob() {
            near.stop();
            lab.cut(near, bob);
            near.start();
            lab.internet.runFor(15_000);
        }

        Ping ping(SimHost from, SimHost to, int count, long intervalMillis) {
            return from.stack(network).ping(to.stack(network).address(false), count, intervalMillis, PING_BYTES);
        }

        Optional<Address> relay(SimHost from, SimHost to) {
            return Objects.requireNonNull(from.node().reach(to.address(), from.now()))
                    .relay();
        }

        Optional<Address> usual(SimHost at) {
            return at.node().status(Map.of(), at.now()).relay();
        }

        List<String> rerouted(SimHost at, SimHost peer) {
            return at.eventLog().stream()
                    .filter(line -> line.contains("path.rerouted peer=" + peer.address()))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aMemberThatTheBestRootForgotIsReachedOverAnotherWithinSeconds(long seed) {
        var cast = new Cast(seed, 1, 0);
        cast.join();
        Ping before = cast.ping(cast.ada, cast.bob, 20, 100);
        cast.lab.internet.runFor(4_000);
        assertThat(before.received()).isEqualTo(20);
        assertThat(cast.relay(cast.ada, cast.bob)).contains(cast.near.address());

        cast.forgetBob();
        Ping out = cast.ping(cast.ada, cast.bob, 100, 100);
        cast.lab.internet.runFor(15_000);
        assertThat(out.received()).as("%s %s", out, cast.lab).isGreaterThanOrEqualTo(65);
        Ping back = cast.ping(cast.bob, cast.ada, 50, 100);
        cast.lab.internet.runFor(8_000);
        assertThat(back.received()).as("%s %s", back, cast.lab).isEqualTo(50);
        Address far = cast.moons.getFirst().address();
        assertThat(cast.usual(cast.ada)).as("the best root for all others").contains(cast.near.address());
        assertThat(cast.relay(cast.ada, cast.bob)).contains(far);
        assertThat(cast.relay(cast.bob, cast.ada)).contains(far);
        assertThat(cast.rerouted(cast.ada, cast.bob))
                .singleElement()
                .asString()
                .endsWith(" relay=" + far + " was=" + cast.near.address());
        cast.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aMemberThatTheBestRootNeverKnewIsMet(long seed) {
        var cast = new Cast(seed, 1, 0);
        cast.lab.cut(cast.near, cast.bob);
        cast.join();
        Ping out = cast.ping(cast.ada, cast.bob, 100, 100);
        cast.lab.internet.runFor(15_000);
        assertThat(out.received()).as("%s %s", out, cast.lab).isGreaterThanOrEqualTo(65);
        assertThat(cast.relay(cast.ada, cast.bob))
                .contains(cast.moons.getFirst().address());
        cast.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whoSpeaksFirstOverAnotherRootIsAnsweredOverThatAtOnce(long seed) {
        var cast = new Cast(seed, 1, 0);
        cast.join();
        Ping before = cast.ping(cast.ada, cast.bob, 5, 100);
        cast.lab.internet.runFor(4_000);
        assertThat(before.received()).isEqualTo(5);
        cast.forgetBob();
        Ping first = cast.ping(cast.bob, cast.ada, 5, 100);
        cast.lab.internet.runFor(3_000);
        assertThat(first.received()).as("%s %s", first, cast.lab).isEqualTo(5);
        cast.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingIsSentTwiceAndTheWayChangesOnlyWithReason(long seed) {
        var cast = new Cast(seed, 2, 0.01);
        cast.join();
        Set<String> packets = new HashSet<>();
        List<String> doubled = new ArrayList<>();
        cast.lab.internet.tap((from, source, destination, bytes) -> {
            boolean data = from == cast.ada && bytes.length >= PING_BYTES && bytes.length < 500;
            if (data && !packets.add(Arrays.toString(Arrays.copyOf(bytes, 8)))) {
                doubled.add(destination.toString());
            }
        });
        Ping usual = cast.ping(cast.ada, cast.bob, 1_500, 200);
        cast.lab.internet.runFor(301_000);
        assertThat(usual.received()).as("%s", usual).isGreaterThan(1_350);
        assertThat(usual.duplicates()).isZero();
        assertThat(cast.rerouted(cast.ada, cast.bob)).as("%s", cast.lab).isEmpty();
        assertThat(cast.rerouted(cast.bob, cast.ada)).isEmpty();

        cast.forgetBob();
        Ping other = cast.ping(cast.ada, cast.bob, 1_500, 200);
        cast.lab.internet.runFor(301_000);
        assertThat(other.received()).as("%s", other).isGreaterThan(1_350);
        assertThat(other.duplicates()).isZero();
        assertThat(cast.rerouted(cast.ada, cast.bob)).as("%s", cast.lab).hasSize(1);
        assertThat(packets).as("seen by the tap").hasSizeGreaterThan(2_900);
        assertThat(doubled).isEmpty();
        cast.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theBestRootCarriesAgainOnceItReachesTheMember(long seed) {
        var cast = new Cast(seed, 1, 0);
        cast.join();
        VirtualInternet.Cut cut = cast.lab.cut(cast.near, cast.bob);
        cast.ping(cast.ada, cast.bob, 50, 200);
        cast.lab.internet.runFor(11_000);
        Address far = cast.moons.getFirst().address();
        assertThat(cast.relay(cast.ada, cast.bob)).as("%s", cast.lab).contains(far);
        cut.heal();
        Ping again = cast.ping(cast.ada, cast.bob, 400, 200);
        cast.lab.internet.runFor(82_000);
        assertThat(again.received()).as("%s", again).isEqualTo(400);
        assertThat(cast.relay(cast.ada, cast.bob)).contains(cast.near.address());
        assertThat(cast.rerouted(cast.ada, cast.bob)).as("there and back").hasSize(2);
        cast.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whenThePreferredRootDiesAnotherOneIsFound(long seed) {
        var cast = new Cast(seed, 2, 0);
        cast.join();
        cast.forgetBob();
        cast.ping(cast.ada, cast.bob, 100, 100);
        cast.lab.internet.runFor(11_000);
        Address first = cast.relay(cast.ada, cast.bob).orElseThrow();
        SimHost dying = cast.moons.stream()
                .filter(host -> host.address().equals(first))
                .findFirst()
                .orElseThrow(() -> new AssertionError("over " + first + " " + cast.lab));
        Ping during = cast.ping(cast.ada, cast.bob, 200, 100);
        cast.lab.internet.runFor(1_000);
        dying.stop();
        assertThat(cast.lab.internet.runUntil(
                        () -> !cast.relay(cast.ada, cast.bob).equals(Optional.of(first)), 2_500))
                .as("%s", cast.lab)
                .isTrue();
        cast.lab.internet.runFor(20_000);
        assertThat(during.longestSilenceMillis()).as("%s %s", during, cast.lab).isLessThan(6_000);
        assertThat(cast.relay(cast.ada, cast.bob))
                .hasValueSatisfying(now -> assertThat(now).isNotIn(first, cast.near.address()));
        cast.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whenThePreferredRootDiesTheBestOneCarriesAtOnce(long seed) {
        var cast = new Cast(seed, 1, 0);
        cast.join();
        VirtualInternet.Cut cut = cast.lab.cut(cast.near, cast.bob);
        cast.ping(cast.ada, cast.bob, 80, 100);
        cast.lab.internet.runFor(9_000);
        assertThat(cast.relay(cast.ada, cast.bob))
                .contains(cast.moons.getFirst().address());
        cut.heal();
        Ping during = cast.ping(cast.ada, cast.bob, 100, 100);
        cast.lab.internet.runFor(4_000);
        cast.moons.getFirst().stop();
        cast.lab.internet.runFor(8_000);
        assertThat(during.longestSilenceMillis()).as("%s %s", during, cast.lab).isLessThan(2_000);
        assertThat(cast.relay(cast.ada, cast.bob)).contains(cast.near.address());
        cast.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aMemberThatIsOffIsAskedForEverMoreSeldom(long seed) {
        var cast = new Cast(seed, 2, 0);
        cast.join();
        cast.ping(cast.ada, cast.bob, 5, 100);
        cast.lab.internet.runFor(4_000);
        cast.bob.stop();
        List<Endpoint> toRoots = new ArrayList<>();
        long mac = org.orrery.core.value.Mac.derive(cast.bob.address().bits(), cast.network.bits());
        for (int i = 0; i < 600; i++) {
            cast.lab.internet.after(i * 200L, () -> cast.ada.stack(cast.network).send(mac, 0x88b5, new byte[20]));
        }
        cast.lab.internet.runFor(60_000);
        cast.lab.internet.tap((from, source, destination, bytes) -> {
            boolean toBob = bytes.length > 90
                    && new org.orrery.core.wire.WireReader(bytes, 8, 5).u40()
                            == cast.bob.address().bits();
            if (from == cast.ada && toBob) {
                toRoots.add(destination);
            }
        });
        cast.lab.internet.runFor(60_000);
        assertThat(toRoots).as("three roots, twice a minute").hasSizeBetween(3, 12);
        cast.lab.check();
    }
}
