// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.vl1;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.orrery.core.crypto.Identity;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.verb.Hello;
import org.orrery.core.world.World;
import org.orrery.core.world.WorldType;

/**
 * The root sets in force and what they make of this node: the planet, the moons it orbits, and those it waits for. Control
 * lane only.
 */
final class Topology {
    /** Moons held and waited for, each: with the planet 68 roots at most. */
    static final int MOONS_MAX = 16;

    /** Seeds of one moon that is waited for; the first gives way. */
    private static final int SEEDS_MAX = 4;

    private final Identity self;
    private World planet;
    private final Map<Long, World> moons = new TreeMap<>();
    private final Map<Long, Set<Long>> wanted = new TreeMap<>(Long::compareUnsigned);
    private boolean upstream;

    /** What became of a definition that somebody offered. */
    enum Change {
        NONE,
        PLANET,
        MOON
    }

    Topology(Identity self, World planet) {
        this.self = self;
        this.planet = planet;
        this.upstream = isRoot();
    }

    World planet() {
        return planet;
    }

    /** The moons that this node orbits. */
    List<World> moons() {
        return List.copyOf(moons.values());
    }

    @Nullable
    World moon(long id) {
        return moons.get(id);
    }

    /** Whether this node is itself a root. */
    boolean upstream() {
        return upstream;
    }

    /**
     * Takes a definition that {@code from} offered: an update that is newer and signed by the key that the one before
     * names, or a moon that is waited for and has the seed it was to come from as a root.
     *
     * @param fromRoot whether {@code from} is a root already
     */
    Change offered(World candidate, long from, boolean fromRoot) {
        boolean known = candidate.type() == WorldType.PLANET || moons.containsKey(candidate.id());
        if (known) {
            return fromRoot || seed(from) ? update(candidate) : Change.NONE;
        }
        Set<Long> seeds = wanted.get(candidate.id());
        boolean awaited = candidate.type() == WorldType.MOON
                && seeds != null
                && candidate.roots().stream()
                        .anyMatch(
                                root -> seeds.contains(root.identity().address().bits()));
        return awaited && (fromRoot || seed(from)) && hold(candidate) ? Change.MOON : Change.NONE;
    }

    private Change update(World candidate) {
        if (candidate.type() == WorldType.PLANET) {
            if (!planet.shouldBeReplacedBy(candidate)) {
                return Change.NONE;
            }
            planet = candidate;
            upstream = isRoot();
            return Change.PLANET;
        }
        World held = moons.get(candidate.id());
        return held != null && held.shouldBeReplacedBy(candidate) && hold(candidate) ? Change.MOON : Change.NONE;
    }

    /**
     * Orbits a moon whose definition this node's owner put here. One that is held already is replaced by the ordinary
     * rule only.
     *
     * @return whether it is held now, as given here
     */
    boolean hold(World moon) {
        if (moon.type() != WorldType.MOON || moon.id() == 0) {
            return false;
        }
        World held = moons.get(moon.id());
        if (held == null ? moons.size() == MOONS_MAX : !held.equals(moon) && !held.shouldBeReplacedBy(moon)) {
            return false;
        }
        moons.put(moon.id(), moon);
        wanted.remove(moon.id());
        upstream = isRoot();
        return true;
    }

    /** Waits for moon {@code id}, to come from {@code seed} or from a root; answers whether it is waited for now. */
    boolean await(long id, long seed) {
        if (moons.containsKey(id) || !wanted.containsKey(id) && wanted.size() == MOONS_MAX) {
            return false;
        }
        Set<Long> seeds = wanted.computeIfAbsent(id, _ -> new LinkedHashSet<>());
        if (seeds.add(seed) && seeds.size() > SEEDS_MAX) {
            seeds.remove(seeds.iterator().next());
        }
        return true;
    }

    /** Neither holds nor awaits it any more; answers whether it did. */
    boolean forget(long id) {
        boolean held = moons.remove(id) != null;
        boolean waitedFor = wanted.remove(id) != null;
        upstream = isRoot();
        return held || waitedFor;
    }

    /** The moons that are waited for. */
    List<Long> awaited() {
        return List.copyOf(wanted.keySet());
    }

    /** Nodes from which a moon is to come. */
    Set<Long> seeds() {
        Set<Long> seeds = new LinkedHashSet<>();
        wanted.values().forEach(seeds::addAll);
        return seeds;
    }

    private boolean seed(long address) {
        return wanted.values().stream().anyMatch(seeds -> seeds.contains(address));
    }

    /** What HELLO says of moons: those held, with their revisions, then those waited for. */
    List<Hello.Moon> announced() {
        List<Hello.Moon> all = new ArrayList<>();
        moons.values().forEach(moon -> all.add(new Hello.Moon(moon.id(), moon.timestampMillis())));
        wanted.keySet().forEach(id -> all.add(new Hello.Moon(id, 0)));
        return all;
    }

    /** What a node should be told that has the planet and moons that {@code hello} names. */
    List<World> newerThan(Hello hello) {
        List<World> newer = new ArrayList<>();
        if (hello.planetId() != 0
                && hello.planetId() == planet.id()
                && Long.compareUnsigned(planet.timestampMillis(), hello.planetTimestampMillis()) > 0) {
            newer.add(planet);
        }
        for (Hello.Moon theirs : hello.moons()) {
            World ours = moons.get(theirs.id());
            if (ours != null
                    && !newer.contains(ours)
                    && Long.compareUnsigned(ours.timestampMillis(), theirs.timestampMillis()) > 0) {
                newer.add(ours);
            }
        }
        return newer;
    }

    /** Whether a root that says {@code hello} has newer definitions than we have, which only its OK can bring. */
    boolean behind(Hello hello) {
        boolean planetBehind = hello.planetId() == planet.id()
                && Long.compareUnsigned(hello.planetTimestampMillis(), planet.timestampMillis()) > 0;
        return planetBehind || hello.moons().stream().anyMatch(this::behind);
    }

    private boolean behind(Hello.Moon theirs) {
        World ours = moons.get(theirs.id());
        return ours != null && Long.compareUnsigned(theirs.timestampMillis(), ours.timestampMillis()) > 0;
    }

    /** The identities of all other roots and what they are; those of the planet first. */
    Map<Identity, Role> otherRoots() {
        Map<Identity, Role> roots = new LinkedHashMap<>();
        planet.roots().forEach(root -> roots.put(root.identity(), Role.PLANET));
        moons.values().forEach(moon -> moon.roots().forEach(root -> roots.putIfAbsent(root.identity(), Role.MOON)));
        roots.remove(self);
        return roots;
    }

    /** Where a root can be found, empty for anybody else. */
    List<Endpoint> stableEndpoints(long address) {
        return entries(address)
                .flatMap(root -> root.endpoints().stream())
                .distinct()
                .toList();
    }

    /** Whether packets of {@code address} may come from {@code ip}: a root only speaks from its listed addresses. */
    boolean mayUse(long address, Ip ip) {
        return entries(address).findAny().isEmpty()
                || entries(address)
                        .anyMatch(root -> root.endpoints().isEmpty()
                                || root.endpoints().stream()
                                        .anyMatch(endpoint -> endpoint.ip().equals(ip)));
    }

    private Stream<World.Root> entries(long address) {
        return Stream.concat(Stream.of(planet), moons.values().stream())
                .flatMap(world -> world.roots().stream())
                .filter(root -> root.identity().address().bits() == address);
    }

    private boolean isRoot() {
        return planet.hasRoot(self) || moons.values().stream().anyMatch(moon -> moon.hasRoot(self));
    }
}
