// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.orrery.core.node.PeerStatus;
import org.orrery.core.value.Address;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;
import org.orrery.core.vl1.PathPolicy;
import org.orrery.core.vl1.PathPolicy.Physical;
import org.orrery.core.vl1.PathPolicy.Virtual;
import org.orrery.core.wire.PacketHeader;

/** What owners say about physical networks and single peers, between whole nodes. */
class PathPolicyTest {
    private static final Prefix MEMBERS = Prefix.parse("70.0.0.0/8").orElseThrow();
    private static final long TRUSTED = 0x1122_3344_5566L;

    static LongStream seeds() {
        return Lab.seeds(3, 31);
    }

    /** Two members on a network, and what went between them. */
    private static final class Pair {
        final Lab lab;
        final NetworkId network;
        final SimHost ada;
        final SimHost bob;
        final List<byte[]> direct = new ArrayList<>();
        final List<byte[]> all = new ArrayList<>();

        Pair(long seed, PathPolicy ofAda, PathPolicy ofBob) {
            this(seed, ofAda, ofBob, PathPolicy.NONE);
        }

        Pair(long seed, PathPolicy ofAda, PathPolicy ofBob, PathPolicy ofRoot) {
            lab = new Lab(seed, 1);
            network = lab.controller.network(1, true);
            List<SimHost> members = lab.members(2);
            ada = members.get(0);
            bob = members.get(1);
            set(lab.roots.getFirst(), ofRoot);
            set(ada, ofAda);
            set(bob, ofBob);
            lab.internet.tap((_, source, destination, bytes) -> {
                boolean between = MEMBERS.contains(source.ip()) && MEMBERS.contains(destination.ip());
                (between ? direct : all).add(bytes.clone());
            });
            lab.join(network, members, 2_000);
        }

        static void set(SimHost host, PathPolicy policy) {
            host.control((node, now) -> node.pathPolicy(policy, now));
        }

        Ping ping(int count) {
            Ping ping = lab.ping(network, ada, bob, count, 100);
            lab.internet.runFor(count * 100L + 2_000);
            return ping;
        }
    }

    private static PathPolicy physical(Physical... networks) {
        return new PathPolicy(List.of(networks), Map.of(), false);
    }

    private static PathPolicy virtual(SimHost peer, Virtual virtual) {
        return new PathPolicy(List.of(), Map.of(peer.address(), virtual), false);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aBlacklistOnOneSideKeepsBothOnTheRelay(long seed) {
        var pair = new Pair(seed, physical(new Physical(MEMBERS, true, 0, 0)), PathPolicy.NONE);
        assertThat(pair.ping(50).received()).isEqualTo(50);
        pair.lab.internet.runFor(20_000);
        assertThat(pair.ada.direct(pair.bob)).isFalse();
        assertThat(pair.bob.direct(pair.ada)).isFalse();
        assertThat(pair.ada.controlCount(DropReason.BLACKLISTED)).isPositive();
        Pair.set(pair.ada, PathPolicy.NONE);
        Ping after = pair.lab.ping(pair.network, pair.ada, pair.bob, 400, 100);
        pair.lab.internet.runFor(42_000);
        assertThat(after.received()).isEqualTo(400);
        assertThat(pair.ada.direct(pair.bob)).as("%s", pair.lab).isTrue();
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aNewBlacklistEndsPathsAtOnce(long seed) {
        var pair = new Pair(seed, PathPolicy.NONE, PathPolicy.NONE);
        pair.ping(30);
        assertThat(pair.ada.direct(pair.bob)).isTrue();
        Pair.set(pair.ada, virtual(pair.bob, new Virtual(List.of(), List.of(MEMBERS))));
        assertThat(pair.ada.direct(pair.bob)).isFalse();
        Ping ping = pair.ping(100);
        assertThat(ping.received())
                .as("what bob sends until it gives the path up is taken")
                .isEqualTo(100);
        assertThat(pair.ada.direct(pair.bob)).isFalse();
        assertThat(pair.bob.direct(pair.ada)).as("%s", pair.lab).isFalse();
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aBlacklistForOnePeerLeavesOthersAlone(long seed) {
        var pair = new Pair(seed, PathPolicy.NONE, PathPolicy.NONE);
        SimHost eve = pair.lab.member(3);
        Pair.set(pair.ada, virtual(pair.bob, new Virtual(List.of(), List.of(MEMBERS))));
        eve.start();
        pair.lab.join(pair.network, List.of(eve), 2_000);
        Ping other = pair.lab.ping(pair.network, pair.ada, eve, 30, 100);
        pair.ping(50);
        assertThat(other.received()).isEqualTo(30);
        assertThat(pair.ada.direct(eve)).isTrue();
        assertThat(pair.ada.direct(pair.bob)).isFalse();
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aSmallMtuGetsLongFramesThrough(long seed) {
        for (boolean told : new boolean[] {false, true}) {
            PathPolicy policy = told ? physical(new Physical(MEMBERS, false, 0, 1_400)) : PathPolicy.NONE;
            var pair = new Pair(seed, policy, policy);
            pair.ping(30);
            assertThat(pair.ada.direct(pair.bob)).isTrue();
            pair.lab.internet.weather(Link.GOOD.mtu(1_400));
            pair.direct.clear();
            Ping ping = pair.ada
                    .stack(pair.network)
                    .ping(pair.bob.stack(pair.network).address(false), 20, 100, 2_760);
            pair.lab.internet.runFor(4_000);
            if (!told) {
                assertThat(ping.received()).as("until it is noticed").isLessThan(20);
            } else {
                assertThat(ping.received()).as("%s", pair.lab).isEqualTo(20);
                assertThat(pair.direct).noneMatch(bytes -> bytes.length > 1_400);
                // Equal pieces: a run of them is one segmented send.
                assertThat(pair.direct.stream().filter(bytes -> bytes.length > 900 && bytes.length < 1_000))
                        .hasSize(20 * 2 * 3);
                pair.lab.check();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aLargeMtuNeedsFewerPieces(long seed) {
        PathPolicy policy = physical(new Physical(MEMBERS, false, 0, 8_900));
        var pair = new Pair(seed, policy, policy);
        pair.lab.internet.weather(Link.GOOD.mtu(9_000));
        pair.ping(30);
        pair.direct.clear();
        Ping ping =
                pair.ada.stack(pair.network).ping(pair.bob.stack(pair.network).address(false), 20, 100, 2_700);
        pair.lab.internet.runFor(4_000);
        assertThat(ping.received()).isEqualTo(20);
        assertThat(pair.direct.stream().filter(bytes -> bytes.length > 2_700 && bytes.length < 3_000))
                .as("beside those that ask whether 8,900 pass")
                .hasSize(40);
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void framesGoUnprotectedWhereBothTrustTheNetwork(long seed) {
        PathPolicy policy = physical(new Physical(MEMBERS, false, TRUSTED, 0));
        var pair = new Pair(seed, policy, policy);
        pair.ping(30);
        assertThat(pair.ada.direct(pair.bob)).isTrue();
        pair.direct.clear();
        assertThat(pair.ping(50).received()).isEqualTo(50);
        assertThat(pair.direct.stream().filter(PathPolicyTest::unprotected)).hasSizeGreaterThanOrEqualTo(100);
        assertThat(pair.direct.stream().filter(PathPolicyTest::unprotected))
                .allMatch(bytes -> PacketHeader.mac(bytes, 0) == TRUSTED);
        assertThat(pair.all).noneMatch(PathPolicyTest::unprotected);
        PeerStatus bob = Objects.requireNonNull(pair.ada.peer(pair.bob));
        assertThat(bob.paths()).anyMatch(path -> path.trustedPathId() == TRUSTED);
        pair.direct.clear();
        Ping longer =
                pair.ada.stack(pair.network).ping(pair.bob.stack(pair.network).address(false), 10, 100, 2_700);
        pair.lab.internet.runFor(3_000);
        assertThat(longer.received()).as("in pieces").isEqualTo(10);
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void relayedPacketsAreProtectedThoughTheRootIsOnATrustedNetwork(long seed) {
        PathPolicy policy = physical(
                new Physical(Prefix.parse("50.0.0.0/8").orElseThrow(), false, TRUSTED, 0),
                new Physical(MEMBERS, true, 0, 0));
        var pair = new Pair(seed, policy, policy, physical(new Physical(MEMBERS, false, TRUSTED, 0)));
        assertThat(pair.ping(50).received()).isEqualTo(50);
        assertThat(pair.ada.direct(pair.bob)).isFalse();
        Address root = pair.lab.roots.getFirst().address();
        Address bob = pair.bob.address();
        assertThat(pair.all.stream().filter(bytes -> PacketHeader.destination(bytes, 0) == bob.bits()))
                .noneMatch(PathPolicyTest::unprotected);
        assertThat(pair.all.stream().filter(PathPolicyTest::unprotected))
                .isNotEmpty()
                .allMatch(bytes -> PacketHeader.destination(bytes, 0) == root.bits()
                        || PacketHeader.source(bytes, 0) == root.bits());
        pair.lab.check();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whoDoesNotTrustTheNetworkRefuses(long seed) {
        PathPolicy trusting = physical(new Physical(MEMBERS, false, TRUSTED, 0));
        PathPolicy otherwise = physical(new Physical(MEMBERS, false, TRUSTED + 1, 0));
        for (PathPolicy ofBob : new PathPolicy[] {PathPolicy.NONE, otherwise}) {
            var pair = new Pair(seed, trusting, ofBob);
            pair.ping(30);
            long before = pair.bob.laneCount(DropReason.UNTRUSTED_PATH);
            pair.ping(30);
            assertThat(pair.bob.laneCount(DropReason.UNTRUSTED_PATH) - before).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void numberZeroIsNeverTrusted(long seed) {
        PathPolicy mtuOnly = physical(new Physical(MEMBERS, false, 0, 1_500));
        var pair = new Pair(seed, mtuOnly, mtuOnly);
        pair.ping(30);
        assertThat(pair.direct).noneMatch(PathPolicyTest::unprotected);
        byte[] forged = new byte[100];
        PacketHeader.write(
                forged, 0, 77, pair.bob.address().bits(), pair.ada.address().bits(), 0x05);
        PacketHeader.setSuite(forged, 0, 2);
        long before = pair.bob.laneCount(DropReason.UNTRUSTED_PATH);
        pair.lab.internet.inject(pair.ada.endpoint(0), pair.bob, pair.bob.endpoint(0), forged);
        pair.lab.internet.runFor(100);
        assertThat(pair.bob.laneCount(DropReason.UNTRUSTED_PATH) - before).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aHintFindsAPeerThatNobodyIntroduces(long seed) {
        for (boolean hinted : new boolean[] {false, true}) {
            var pair = new Pair(seed, PathPolicy.NONE, PathPolicy.NONE);
            // No root and no peer may say where bob is: their messages about addresses are lost with this cut.
            VirtualInternet.Cut cut = pair.lab.cut(pair.ada, pair.bob);
            pair.lab.internet.runFor(1_000);
            pair.ping(20);
            assertThat(pair.ada.direct(pair.bob)).isFalse();
            cut.heal();
            pair.direct.clear();
            Endpoint elsewhere = Endpoint.parse("70.9.9.9/9993").orElseThrow();
            if (hinted) {
                Pair.set(pair.ada, virtual(pair.bob, new Virtual(List.of(pair.bob.endpoint(0), elsewhere), List.of())));
            }
            pair.lab.internet.runFor(2_000);
            long tried = pair.direct.size();
            assertThat(tried > 0).as("hinted %s, tried %s", hinted, tried).isEqualTo(hinted);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anIdleNodeThatSavesBandwidthSendsFarLess(long seed) {
        long[] sent = new long[2];
        for (int i = 0; i < 2; i++) {
            PathPolicy policy = new PathPolicy(List.of(), Map.of(), i == 1);
            var pair = new Pair(seed, policy, policy);
            pair.ping(30);
            pair.all.clear();
            pair.direct.clear();
            pair.lab.internet.runFor(600_000);
            sent[i] = (long) pair.all.size() + pair.direct.size();
            assertThat(pair.ping(10).received()).as("%s", pair.lab).isEqualTo(10);
            pair.lab.check();
        }
        assertThat(sent[1]).as("%d without", sent[0]).isLessThan(sent[0] / 2);
    }

    private static boolean unprotected(byte[] bytes) {
        return bytes.length > PacketHeader.BYTES && (bytes[13] & 0xff) != 0xff && PacketHeader.suite(bytes, 0) == 2;
    }
}
