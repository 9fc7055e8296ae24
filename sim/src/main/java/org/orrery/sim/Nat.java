// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

/**
 * A router with one external IPv4 address and private hosts behind it. Mappings are made by datagrams from inside, live as
 * long as these go on, and are bounded by the number of ports. One thread.
 */
public final class Nat {
    private static final int FIRST_PORT = 1_024;
    private static final int PORTS = 65_536 - FIRST_PORT;

    private final String name;
    private Ip external;
    private final NatKind kind;
    private final RandomGenerator random;
    private final Map<Ip, SimHost> inside = new LinkedHashMap<>();
    private final Map<Key, Mapping> byKey = new HashMap<>();
    private final Map<Integer, Mapping> byPort = new HashMap<>();
    private int nextPort;

    /** What gets a port of its own; the far side is left out as far as the kind does not look at it. */
    private record Key(Endpoint inside, @Nullable Ip far, int farPort) {}

    private static final class Mapping {
        final Key key;
        final int port;

        /** Who was sent to, as far as the filter looks. */
        final Set<Endpoint> allowed = new LinkedHashSet<>();

        long usedMillis;

        Mapping(Key key, int port) {
            this.key = key;
            this.port = port;
        }
    }

    Nat(String name, Ip external, NatKind kind, RandomGenerator random) {
        this.name = name;
        this.external = external;
        this.kind = kind;
        this.random = random;
        this.nextPort = FIRST_PORT + random.nextInt(PORTS);
    }

    public String name() {
        return name;
    }

    public Ip external() {
        return external;
    }

    public NatKind kind() {
        return kind;
    }

    /** How many ports are mapped now. */
    public int mappings(long nowMillis) {
        expire(nowMillis);
        return byPort.size();
    }

    /** Forgets all mappings, as a restarted router does. */
    public void restart() {
        byKey.clear();
        byPort.clear();
    }

    void renumber(Ip other) {
        external = other;
        restart();
    }

    void add(SimHost host, Ip address) {
        if (inside.putIfAbsent(address, host) != null) {
            throw new IllegalArgumentException("two hosts at " + address + " behind " + name);
        }
    }

    /** The host behind this router that has {@code address}. */
    @Nullable
    SimHost at(Ip address) {
        return inside.get(address);
    }

    @Nullable
    SimHost first() {
        return inside.values().stream().findFirst().orElse(null);
    }

    /** A datagram on its way out: the endpoint that the world sees it come from, or null if no port is left. */
    @Nullable
    Endpoint out(Endpoint from, Endpoint to, long nowMillis) {
        expire(nowMillis);
        Key key = key(from, to);
        Mapping mapping = byKey.get(key);
        if (mapping == null) {
            int port = choosePort(from.port());
            if (port == 0) {
                return null;
            }
            mapping = new Mapping(key, port);
            byKey.put(key, mapping);
            byPort.put(port, mapping);
        }
        mapping.usedMillis = nowMillis;
        mapping.allowed.add(seen(to));
        return new Endpoint(external, mapping.port);
    }

    /** A datagram from outside: where inside it goes, or null if the router keeps it out. */
    @Nullable
    Endpoint in(Endpoint from, int port, long nowMillis) {
        expire(nowMillis);
        Mapping mapping = byPort.get(port);
        return mapping != null && mapping.allowed.contains(seen(from)) ? mapping.key.inside : null;
    }

    private Key key(Endpoint from, Endpoint to) {
        return switch (kind.mapping()) {
            case ENDPOINT_INDEPENDENT -> new Key(from, null, 0);
            case ADDRESS -> new Key(from, to.ip(), 0);
            case ADDRESS_AND_PORT -> new Key(from, to.ip(), to.port());
        };
    }

    /** A far endpoint as the filter sees it. */
    private Endpoint seen(Endpoint far) {
        return switch (kind.filtering()) {
            case ENDPOINT_INDEPENDENT -> new Endpoint(Ip.v4(0), 0);
            case ADDRESS -> new Endpoint(far.ip(), 0);
            case ADDRESS_AND_PORT -> far;
        };
    }

    private int choosePort(int wanted) {
        if (byPort.size() == PORTS) {
            return 0;
        }
        int port =
                switch (kind.ports()) {
                    case PRESERVING -> Math.max(wanted, FIRST_PORT);
                    case SEQUENTIAL -> nextPort;
                    case RANDOM -> FIRST_PORT + random.nextInt(PORTS);
                };
        while (byPort.containsKey(port)) {
            port = after(port);
        }
        nextPort = after(port);
        return port;
    }

    private static int after(int port) {
        return port == 65_535 ? FIRST_PORT : port + 1;
    }

    private void expire(long nowMillis) {
        for (Iterator<Mapping> each = byPort.values().iterator(); each.hasNext(); ) {
            Mapping mapping = each.next();
            if (nowMillis - mapping.usedMillis >= kind.lifetimeMillis()) {
                each.remove();
                byKey.remove(Objects.requireNonNull(mapping).key);
            }
        }
    }

    @Override
    public String toString() {
        return name + " at " + external;
    }
}
