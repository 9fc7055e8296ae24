// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.orrery.core.value.Address;
import org.orrery.core.value.Hex;
import org.orrery.core.world.World;

/** Enters and leaves the orbits of moons, and tells others of new ones. Control lane only. */
final class Orbits {
    private final long self;
    private final Peers peers;
    private final Topology topology;
    private final Greeter greeter;
    private final Keeper keeper;
    private final Vl1.Storage storage;
    private final Consumer<String> events;
    private final LongConsumer rootsChanged;

    /** @param rootsChanged told the time when there are other roots than before */
    Orbits(
            long self,
            Peers peers,
            Topology topology,
            Greeter greeter,
            Keeper keeper,
            Vl1.Storage storage,
            Consumer<String> events,
            LongConsumer rootsChanged) {
        this.self = self;
        this.peers = peers;
        this.topology = topology;
        this.greeter = greeter;
        this.keeper = keeper;
        this.storage = storage;
        this.events = events;
        this.rootsChanged = rootsChanged;
    }

    /**
     * Orbits a moon whose definition was kept here, or brought by this node's owner.
     *
     * @return false if it is none, older than the one held, not signed as that one asks, or no more fit
     */
    boolean orbit(World moon, long nowMillis) {
        World before = topology.moon(moon.id());
        if (!topology.hold(moon)) {
            return false;
        }
        if (!moon.equals(before)) {
            taken(moon, nowMillis);
        }
        return true;
    }

    /**
     * Orbits moon {@code id} as soon as its root {@code seed}, or another root, tells what it is.
     *
     * @return false if no more fit
     */
    boolean orbit(long id, Address seed, long nowMillis) {
        if (topology.moon(id) != null) {
            return true;
        }
        if (!topology.await(id, seed.bits())) {
            return false;
        }
        events.accept("moon.awaited id=" + Hex.of(id, 16) + " seed=" + seed);
        keeper.contactSeeds(nowMillis);
        // A root may have it, too.
        for (Peer root : peers.upstreams()) {
            Path path = root.best();
            if (path != null) {
                greeter.hello(root, path.socket(), path.remote(), path.remote(), nowMillis);
            }
        }
        return true;
    }

    /** Leaves a moon; answers whether it was known or waited for. */
    boolean deorbit(long id, long nowMillis) {
        if (!topology.forget(id)) {
            return false;
        }
        events.accept("moon.left id=" + Hex.of(id, 16));
        storage.forgetMoon(id);
        rootsChanged.accept(nowMillis);
        return true;
    }

    void taken(World moon, long nowMillis) {
        events.accept("moon.taken id=" + Hex.of(moon.id(), 16) + " timestamp=" + moon.timestampMillis() + " roots="
                + moon.roots().size());
        storage.world(moon);
        rootsChanged.accept(nowMillis);
        if (moon.hasRoot(new Address(self))) {
            announce(nowMillis);
        }
    }

    /** Tells those in reach that there is something new to ask for; who is not told asks within a minute. */
    private void announce(long nowMillis) {
        greeter.helloToSome(_ -> true, nowMillis);
    }
}
