// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.command;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.orrery.cli.api.Json;
import org.orrery.core.value.Ip;
import org.orrery.core.value.Prefix;

/**
 * Addresses a controller may hand out, and the route that makes them reachable.
 *
 * @param first the lowest
 * @param last the highest, of the same family
 * @param route holds both
 */
record AddressPool(Ip first, Ip last, Prefix route) {
    private static final int V4_ROUTE_BITS_MIN = 8;

    /** Reads {@code 10.1.2.0/24}, all of it but its own and its broadcast address, or {@code 10.1.2.10-10.1.2.99}. */
    static AddressPool parse(String text) {
        return read(text)
                .orElseThrow(() -> new Trouble(
                        "'" + text + "' is not a pool of addresses.",
                        "Write a network (10.20.30.0/24) or a range (10.20.30.10-10.20.30.99)."));
    }

    private static Optional<AddressPool> read(String text) {
        int dash = text.indexOf('-');
        if (dash < 0) {
            return Prefix.parse(text)
                    .filter(network -> text.indexOf('/') > 0
                            && network.bits() <= network.ip().width() - 2)
                    .map(AddressPool::of);
        }
        Optional<Ip> first = Ip.parse(text.substring(0, dash).strip());
        Optional<Ip> last = Ip.parse(text.substring(dash + 1).strip());
        if (first.isEmpty()
                || last.isEmpty()
                || first.get().v6() != last.get().v6()
                || first.get().compareTo(last.get()) > 0) {
            return Optional.empty();
        }
        // The smallest network that also leaves room for its own and its broadcast address.
        int bits = first.get().width() - 2;
        while (bits > V4_ROUTE_BITS_MIN && !room(first.get(), last.get(), bits)) {
            bits--;
        }
        return Optional.of(
                new AddressPool(first.get(), last.get(), new Prefix(first.get().masked(bits), bits)));
    }

    private static boolean room(Ip first, Ip last, int bits) {
        Prefix network = new Prefix(first.masked(bits), bits);
        AddressPool all = of(network);
        return network.contains(last) && first.compareTo(all.first) >= 0 && last.compareTo(all.last) <= 0;
    }

    /** A /24 somewhere in 10.0.0.0/8, away from the numbers that homes and clouds like to use. */
    static AddressPool random(RandomGenerator random) {
        return of(new Prefix(Ip.v4(10, random.nextInt(64, 240), random.nextInt(1, 255), 0), 24));
    }

    private static AddressPool of(Prefix given) {
        Prefix network = given.network();
        BigInteger start = new BigInteger(1, network.ip().bytes());
        BigInteger end = start.add(BigInteger.ONE.shiftLeft(network.ip().width() - network.bits()))
                .subtract(BigInteger.TWO);
        return new AddressPool(
                ip(start.add(BigInteger.ONE), network.ip().v6()),
                ip(end, network.ip().v6()),
                network);
    }

    private static Ip ip(BigInteger value, boolean v6) {
        return v6 ? Ip.v6(value.shiftRight(64).longValue(), value.longValue()) : Ip.v4(value.intValue());
    }

    /** As the controller's API wants the pool. */
    Json poolJson() {
        return Json.object(Map.of("ipRangeStart", Json.of(first.toString()), "ipRangeEnd", Json.of(last.toString())));
    }

    /** As the controller's API wants the route. */
    Json routeJson() {
        return Json.object(Map.of("target", Json.of(route.toString())));
    }
}
