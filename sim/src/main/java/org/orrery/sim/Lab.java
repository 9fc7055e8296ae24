// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.orrery.core.crypto.SecretIdentity;
import org.orrery.core.crypto.SignatureKeyPair;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl2.ConfigRequests;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;

/** The usual cast: roots, a controller, members; each at a public address of its own. */
final class Lab {
    private static final SignatureKeyPair PLANET_KEY =
            SignatureKeyPair.of(java.util.HexFormat.of().parseHex("5a".repeat(SignatureKeyPair.PRIVATE_BYTES)));

    final VirtualInternet internet;
    final List<SimHost> roots = new ArrayList<>();
    final SimController controller;
    final SimHost controllerHost;
    final World planet;
    private final int firstIdentity;
    private int used;

    Lab(long seed, int rootCount) {
        internet = new VirtualInternet(seed);
        firstIdentity = new SplittableRandom(seed).nextInt(100);
        List<SecretIdentity> rootIdentities = new ArrayList<>();
        List<World.Root> rootList = new ArrayList<>();
        for (int i = 0; i < rootCount; i++) {
            SecretIdentity identity = next();
            rootIdentities.add(identity);
            rootList.add(new World.Root(identity.identity(), List.of(new Endpoint(rootIp(i), 9993))));
        }
        planet = World.create(WorldType.PLANET, 4242, 1_790_000_000_000L, rootList, PLANET_KEY.publicKey(), PLANET_KEY);
        for (int i = 0; i < rootCount; i++) {
            SimHost root =
                    internet.host("root" + i, rootIdentities.get(i), planet, ConfigRequests.NONE, List.of(rootIp(i)));
            root.start();
            roots.add(root);
        }
        SecretIdentity controllerIdentity = next();
        controller = new SimController(controllerIdentity, seed);
        controllerHost =
                internet.host("controller", controllerIdentity, planet, controller, List.of(Ip.v4(60, 1, 0, 1)));
        controller.runsOn(controllerHost, internet);
        controllerHost.start();
    }

    /**
     * The seeds of a scenario: a few of its own, and as many more as {@code -Dorrery.sim.seeds} says; or only the one that
     * {@code -Dorrery.sim.seed} names.
     */
    static LongStream seeds(long... own) {
        Long only = Long.getLong("orrery.sim.seed");
        if (only != null) {
            return LongStream.of(only);
        }
        int wanted = Integer.getInteger("orrery.sim.seeds", 0);
        return wanted == 0
                ? Arrays.stream(own)
                : LongStream.concat(Arrays.stream(own), LongStream.range(1_000, 1_000 + wanted));
    }

    /** Who this host is, and how to prove it. */
    SecretIdentity secret(SimHost host) {
        for (int i = 0; i < used; i++) {
            SecretIdentity each = IdentityPool.get((firstIdentity + i) % IdentityPool.COUNT);
            if (each.identity().address().equals(host.address())) {
                return each;
            }
        }
        throw new IllegalArgumentException("not of this lab: " + host);
    }

    private SecretIdentity next() {
        SecretIdentity identity = IdentityPool.get((firstIdentity + used++) % IdentityPool.COUNT);
        internet.known(identity.identity());
        return identity;
    }

    private static Ip rootIp(int index) {
        return Ip.v4(50, 1, 0, index + 1);
    }

    /** A member that is off. Each is in an address range of its own, for roots meet few strangers from one range. */
    SimHost member(int number) {
        return internet.host(
                "member" + number,
                next(),
                planet,
                ConfigRequests.NONE,
                List.of(Ip.v4(70, number >> 8, number & 0xff, 1)));
    }

    /** A member with addresses of its own choice, off. */
    SimHost member(String name, List<Ip> addresses) {
        return internet.host(name, next(), planet, ConfigRequests.NONE, addresses);
    }

    /** A member behind a router, off. */
    SimHost memberBehind(int number, Nat nat, Ip address) {
        return internet.host("member" + number, next(), planet, ConfigRequests.NONE, nat, address);
    }

    /** Members that are on. */
    List<SimHost> members(int count) {
        List<SimHost> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SimHost member = member(i + 1);
            member.start();
            members.add(member);
        }
        return members;
    }

    /** All join; answers once all are configured. */
    void join(NetworkId network, List<SimHost> members, long patienceMillis) {
        members.forEach(member -> member.join(network));
        if (!internet.runUntil(() -> members.stream().allMatch(member -> member.configured(network)), patienceMillis)) {
            throw new IllegalStateException("not all configured after " + patienceMillis + " ms: " + this);
        }
    }

    Ping ping(NetworkId network, SimHost from, SimHost to, int count, long intervalMillis) {
        return from.stack(network).ping(to.stack(network).address(false), count, intervalMillis);
    }

    /** Nothing gets from one to the other any more, directly. */
    VirtualInternet.Cut cut(SimHost one, SimHost other) {
        return internet.cut((a, b) -> a == one && b == other);
    }

    /** What must hold after every run. */
    void check() {
        List<String> faults = internet.faults();
        if (!faults.isEmpty()) {
            throw new IllegalStateException("seed " + internet.seed() + ": " + faults);
        }
    }

    @Override
    public String toString() {
        var text = new StringBuilder(internet.toString());
        for (SimHost host : internet.hosts()) {
            text.append('\n').append(host).append(": ").append(host.eventLog());
            if (host.isOn()) {
                host.node()
                        .networkStatuses()
                        .forEach(status -> text.append("\n  ").append(status));
                host.node()
                        .peers(internet.nowMillis())
                        .forEach(peer -> text.append("\n  ").append(peer));
            }
        }
        return text.toString();
    }
}
