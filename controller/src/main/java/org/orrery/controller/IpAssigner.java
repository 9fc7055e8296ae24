// SPDX-License-Identifier: Apache-2.0
package org.orrery.controller;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.netconf.Route;
import org.orrery.core.value.Address;
import org.orrery.core.value.Ip;
import org.orrery.core.value.NetworkId;
import org.orrery.core.value.Prefix;

/**
 * Chooses a member's managed addresses. The first candidates are the ones that every controller of this protocol tries,
 * so a network that moves here keeps giving out the same addresses.
 */
final class IpAssigner {
    /**
     * Candidates tried in a pool of IPv4 addresses: all of a /16. Older controllers give up after 1000 even when others
     * are free; the order of the first 1000 is theirs.
     */
    static final int PROBES_V4_MAX = 1 << 16;

    /** Candidates tried in a pool of IPv6 addresses, which are drawn at random after the first. */
    static final int PROBES_V6_MAX = 1000;

    /** How far apart the ends of an IPv6 pool's lower half must be for a node's address to be added to the start. */
    private static final long ADDRESS_SPAN = 0xff_ffff_ffffL;

    /**
     * What a member gets.
     *
     * @param addresses derived, stored and new ones in the order of the configuration, with prefix lengths
     * @param drawn the new ones among them, to be stored
     * @param derived whether there are derived ones, for which members emulate neighbour discovery
     * @param exhausted whether a pool should have given an address and had none
     */
    record Assignment(List<Prefix> addresses, List<Ip> drawn, boolean derived, boolean exhausted) {}

    private final NetworkId id;
    private final NetworkRecord network;
    private final Predicate<Ip> allocated;
    private final RandomGenerator random;

    /**
     * @param allocated whether any member of the network has the address
     */
    IpAssigner(NetworkId id, NetworkRecord network, Predicate<Ip> allocated, RandomGenerator random) {
        this.id = id;
        this.network = network;
        this.allocated = allocated;
        this.random = random;
    }

    Assignment assign(Address member, MemberRecord record) {
        var addresses = new ArrayList<Prefix>();
        boolean automatic = !record.noAutoAssignIps();
        if (automatic && network.assignsRfc4193()) {
            addresses.add(rfc4193(id, member));
        }
        if (automatic && network.assigns6Plane()) {
            addresses.add(sixPlane(id, member));
        }
        boolean derived = !addresses.isEmpty();
        boolean hasV4 = false;
        boolean hasV6 = false;
        for (Ip ip : record.ipAssignments()) {
            int bits = coveringBits(ip);
            if (bits >= 0) {
                addresses.add(new Prefix(ip, bits));
                hasV4 |= !ip.v6();
                hasV6 |= ip.v6();
            }
        }
        var drawn = new ArrayList<Ip>();
        boolean exhausted = false;
        if (automatic && network.assignsV6() && !hasV6 && hasPool(true)) {
            exhausted |= !add(drawV6(member), addresses, drawn);
        }
        if (automatic && network.assignsV4() && !hasV4 && hasPool(false)) {
            exhausted |= !add(drawV4(member), addresses, drawn);
        }
        return new Assignment(List.copyOf(addresses), List.copyOf(drawn), derived, exhausted);
    }

    private static boolean add(@Nullable Prefix found, List<Prefix> addresses, List<Ip> drawn) {
        if (found == null) {
            return false;
        }
        addresses.add(found);
        drawn.add(found.ip());
        return true;
    }

    /** {@code fd}, the network's ID, {@code 9993}, the member's address. */
    static Prefix rfc4193(NetworkId network, Address member) {
        long high = 0xfdL << 56 | network.bits() >>> 8;
        long low = network.bits() << 56 | 0x9993L << 40 | member.bits();
        return new Prefix(Ip.v6(high, low), 88);
    }

    /** {@code fc}, the two halves of the network's ID mixed, the member's address, zeros and 1. */
    static Prefix sixPlane(NetworkId network, Address member) {
        long mixed = (network.bits() ^ network.bits() >>> 32) & 0xffff_ffffL;
        long high = 0xfcL << 56 | mixed << 24 | member.bits() >>> 16;
        long low = member.bits() << 48 | 1;
        return new Prefix(Ip.v6(high, low), 40);
    }

    /** The longest prefix among the routes that hold the address, -1 if none does. */
    private int coveringBits(Ip ip) {
        int bits = -1;
        for (Route route : network.routes()) {
            Prefix target = route.target();
            if (target != null && target.contains(ip)) {
                bits = Math.max(bits, target.bits());
            }
        }
        return bits;
    }

    private boolean hasPool(boolean v6) {
        for (NetworkRecord.Pool pool : network.pools()) {
            if (pool.start().v6() == v6) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Prefix drawV6(Address member) {
        for (NetworkRecord.Pool pool : network.pools()) {
            if (!pool.start().v6()) {
                continue;
            }
            for (int trial = 0; trial < PROBES_V6_MAX; trial++) {
                Ip candidate = trial == 0 ? firstV6(pool, member) : randomV6(pool);
                Prefix fitting = onLinkV6(candidate);
                if (fitting != null && !allocated.test(candidate)) {
                    return fitting;
                }
            }
        }
        return null;
    }

    private Ip firstV6(NetworkRecord.Pool pool, Address member) {
        long start = pool.start().low();
        long end = pool.end().low();
        boolean wide = Long.compareUnsigned(end, start) > 0 && Long.compareUnsigned(end - start, ADDRESS_SPAN) >= 0;
        return wide ? Ip.v6(pool.start().high(), start + member.bits()) : randomV6(pool);
    }

    private Ip randomV6(NetworkRecord.Pool pool) {
        return Ip.v6(
                randomHalf(pool.start().high(), pool.end().high()),
                randomHalf(pool.start().low(), pool.end().low()));
    }

    private long randomHalf(long start, long end) {
        long drawn = random.nextLong();
        return Long.compareUnsigned(end, start) > 0 ? start + Long.remainderUnsigned(drawn, end - start) : start;
    }

    /** The candidate with the prefix length of the last route without a gateway that holds it; null if none does. */
    private @Nullable Prefix onLinkV6(Ip candidate) {
        Prefix fitting = null;
        for (Route route : network.routes()) {
            Prefix target = route.target();
            if (route.via() == null && target != null && target.bits() > 0 && target.contains(candidate)) {
                fitting = new Prefix(candidate, target.bits());
            }
        }
        return fitting;
    }

    private @Nullable Prefix drawV4(Address member) {
        for (NetworkRecord.Pool pool : network.pools()) {
            long start = pool.start().low();
            long end = pool.end().low();
            if (pool.start().v6() || start == 0 || end < start) {
                continue;
            }
            long length = end - start;
            long counter = member.bits() & 0xffff_ffffL;
            long probes = Math.min(length + 1, PROBES_V4_MAX);
            for (long probe = 0; probe < probes; probe++) {
                Ip candidate = Ip.v4((int) (length > 0 ? start + counter % length : start));
                counter = counter + 1 & 0xffff_ffffL;
                if (candidate.octet(3) == 255) {
                    continue; // the broadcast address of most networks
                }
                Prefix fitting = firstRouteV4(candidate);
                if (fitting != null && fitting.bits() > 0 && !allocated.test(candidate)) {
                    return fitting;
                }
            }
        }
        return null;
    }

    /** The candidate with the prefix length of the first route that holds it; a target with host bits holds nothing. */
    private @Nullable Prefix firstRouteV4(Ip candidate) {
        for (Route route : network.routes()) {
            Prefix target = route.target();
            if (target != null
                    && !target.ip().v6()
                    && candidate.masked(target.bits()).equals(target.ip())) {
                return new Prefix(candidate, target.bits());
            }
        }
        return null;
    }
}
