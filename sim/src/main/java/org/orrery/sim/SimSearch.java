// SPDX-License-Identifier: Apache-2.0
package org.orrery.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.vl1.LocalSocket;
import org.orrery.core.vl1.SearchSockets;

/** The sockets of a host's search for a port, and those kept of former ones. No two of them have the same port. */
final class SimSearch implements SearchSockets {
    /** The sockets are on ports from here on, each time on others. */
    private static final int PORT_FIRST = 20_000;

    private static final int PORTS = 40_000;
    private static final int KEPT_FIRST = 1_000_000;

    private final Network network;
    private final Map<Integer, Endpoint> kept = new LinkedHashMap<>();
    private List<Endpoint> open = List.of();
    private @Nullable Ip peer;
    private int port;
    private int keptId = KEPT_FIRST;
    private long ended;

    /** Takes what is sent. */
    interface Network {
        void send(Endpoint from, Endpoint to, byte[] datagram);
    }

    SimSearch(Network network) {
        this.network = network;
    }

    @Override
    public int open(LocalSocket beside, Ip peer, int count) {
        List<Endpoint> sockets = new ArrayList<>();
        while (sockets.size() < count) {
            var socket = new Endpoint(beside.local().ip(), PORT_FIRST + port++ % PORTS);
            if (!kept.containsValue(socket)) {
                sockets.add(socket);
            }
        }
        this.peer = peer;
        open = sockets;
        return count;
    }

    @Override
    public void send(int index, Endpoint to, byte[] datagram) {
        network.send(open.get(index), to, datagram.clone());
    }

    @Override
    public LocalSocket keep(int index) {
        var socket = new LocalSocket(keptId++, open.get(index));
        kept.put(socket.id(), socket.local());
        open = List.of();
        ended++;
        return socket;
    }

    @Override
    public void release(int socket) {
        kept.remove(socket);
    }

    @Override
    public void close() {
        open = List.of();
    }

    /** All are gone, as with the addresses they were on. */
    void closeAll() {
        open = List.of();
        kept.clear();
    }

    /** Sockets that a search has open now. */
    int opened() {
        return open.size();
    }

    /** Searches that found something: each gave the node the packet that ended it. */
    long ended() {
        return ended;
    }

    /** The socket, by its place in the search, that takes what comes from {@code source}; -1 if none does. */
    int index(Endpoint source, Endpoint destination) {
        return source.ip().equals(peer) ? open.indexOf(destination) : -1;
    }

    /** The kept socket at {@code local}, by its id; -1 if there is none. */
    int keptAt(Endpoint local) {
        for (Map.Entry<Integer, Endpoint> each : kept.entrySet()) {
            if (each.getValue().equals(local)) {
                return each.getKey();
            }
        }
        return -1;
    }

    /** Where a kept socket is; null if {@code socket} is none. */
    @Nullable
    Endpoint keptEndpoint(int socket) {
        return kept.get(socket);
    }
}
