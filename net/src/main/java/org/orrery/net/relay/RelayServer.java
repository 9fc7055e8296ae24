// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Ip;

/**
 * A relay: each client that connects has a UDP socket of its own, and everybody reaches it there. Blocking sockets on
 * virtual threads, so that the system's buffers are all that can fill. Started and closed by one thread.
 */
public final class RelayServer implements AutoCloseable {
    private static final long LOOK_MILLIS = 1_000;
    private static final long ACCEPT_PAUSE_MILLIS = 100;
    private static final int BACKLOG = 128;

    private final RelayLimits limits;
    private final @Nullable SSLContext tls;
    private final Consumer<String> events;
    private final RelaySources sources;
    private final RelayCounters counters = new RelayCounters();
    private final List<ServerSocket> doors = new ArrayList<>();
    private final Set<RelayConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /**
     * A place to listen.
     *
     * @param records whether clients may speak in plain records there
     * @param tls whether they may speak TLS; with both, what a client sends first tells
     */
    public record Listener(InetSocketAddress address, boolean records, boolean tls) {
        public Listener {
            if (!records && !tls) {
                throw new IllegalArgumentException("a listener for nobody");
            }
        }
    }

    private RelayServer(@Nullable SSLContext tls, RelayLimits limits, Consumer<String> events) {
        this.tls = tls;
        this.limits = limits;
        this.events = events;
        this.sources = new RelaySources(limits);
    }

    /**
     * Opens a relay.
     *
     * @param certificate needed if a listener takes TLS
     * @param events takes lines for a person
     * @throws IOException with the address in its message if it cannot listen somewhere; then it listens nowhere
     */
    public static RelayServer start(
            List<Listener> listeners,
            @Nullable RelayCertificate certificate,
            RelayLimits limits,
            Consumer<String> events)
            throws IOException {
        SSLContext context = certificate == null ? null : certificate.serverContext();
        if (context == null && listeners.stream().anyMatch(Listener::tls)) {
            throw new IllegalArgumentException("TLS without a certificate");
        }
        var server = new RelayServer(context, limits, events);
        try {
            for (Listener each : listeners) {
                server.open(each);
            }
        } catch (IOException refused) {
            server.close();
            throw refused;
        }
        Thread.ofVirtual().name("orrery-relay-clock").start(server::watch);
        return server;
    }

    private void open(Listener listener) throws IOException {
        var door = new ServerSocket();
        try {
            door.setReuseAddress(true);
            door.bind(listener.address(), BACKLOG);
        } catch (IOException refused) {
            door.close();
            throw new IOException(
                    "cannot listen on " + text(listener.address()) + ": " + refused.getMessage(), refused);
        }
        doors.add(door);
        // A platform thread keeps the process alive; virtual ones would not.
        Thread.ofPlatform().name("orrery-relay-" + door.getLocalPort()).start(() -> accept(door, listener));
    }

    private static String text(InetSocketAddress address) {
        return RelayAddress.hostAndPort(address.getAddress().getHostAddress(), address.getPort());
    }

    /** Where it listens, in the order of the listeners, with the ports that the system chose. */
    public List<InetSocketAddress> addresses() {
        return doors.stream()
                .map(door -> (InetSocketAddress) door.getLocalSocketAddress())
                .toList();
    }

    /** Connections now. Any thread. */
    public int connections() {
        return sources.connections();
    }

    /** What happened so far; what never did is left out. Any thread. */
    public Map<RelayCount, Long> counts() {
        return counters.now();
    }

    private void accept(ServerSocket door, Listener listener) {
        while (!closing) {
            Socket socket;
            try {
                socket = door.accept();
            } catch (IOException failure) {
                if (!closing) {
                    events.accept("relay.accept_failed reason=" + failure.getMessage());
                    pause(ACCEPT_PAUSE_MILLIS); // for lack of descriptors it would fail again at once
                }
                continue;
            }
            admit(socket, listener);
        }
    }

    private void admit(Socket socket, Listener listener) {
        InetAddress remote = socket.getInetAddress();
        byte[] bytes = remote.getAddress();
        RelaySources.Entry entry = sources.enter(Ip.of(bytes, 0, bytes.length == 16), System.nanoTime());
        counters.add(entry.outcome());
        RelaySources.Source source = entry.source();
        if (source == null) {
            try {
                socket.close();
            } catch (IOException gone) {
                // It went by itself.
            }
            return;
        }
        var connection = new RelayConnection(socket, listener, tls, source, limits, counters);
        connections.add(connection);
        Thread.ofVirtual().name("orrery-relay-out").start(() -> {
            try {
                connection.run();
            } finally {
                connections.remove(connection);
                sources.leave(source, System.nanoTime());
            }
        });
        if (closing) {
            connection.close();
        }
    }

    private void watch() {
        while (!closing) {
            look(System.nanoTime());
            pause(LOOK_MILLIS);
        }
    }

    /** Closes what is overdue at a time of {@link System#nanoTime}. */
    void look(long nowNanos) {
        for (RelayConnection each : connections) {
            RelayCount reason = each.overdue(nowNanos);
            if (reason != null) {
                each.close(reason);
            }
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes all connections and listens no more. */
    @Override
    public void close() {
        closing = true;
        for (ServerSocket door : doors) {
            try {
                door.close();
            } catch (IOException gone) {
                // It is closed all the same.
            }
        }
        connections.forEach(RelayConnection::close);
    }
}
