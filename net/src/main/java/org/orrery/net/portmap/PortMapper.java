// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one UDP port of this host mapped at its router: asks by PCP, NAT-PMP and UPnP in this order, renews at half of the
 * time granted, asks anew when the way out changes, and gives the mapping back when it is closed. All on a virtual thread of
 * its own; the methods may be called from any thread.
 */
public final class PortMapper implements AutoCloseable {
    private static final Logger LOG = System.getLogger("org.orrery.net.portmap");

    /** A mapping is renewed at the latest after this, because routers forget when they restart. */
    private static final long RENEW_SECONDS_MAX = 300;

    private static final long RENEW_SECONDS_MIN = 5;

    /** After this everybody is asked again if nobody granted anything: the router, or this host, may only just be starting. */
    private static final long RETRY_FIRST_SECONDS = 15;

    /** As the first time, from the second time on. */
    private static final long RETRY_SECONDS = 300;

    private static final long CLOSE_MILLIS = 2_000;

    /** Where things stand; what is not mapped says why. */
    public record State(Optional<PortMapping> mapping, String text) {
        static final State ASKING = new State(Optional.empty(), "asking the router");
    }

    private final IntSupplier port;
    private final Supplier<Optional<Gateway>> gateways;
    private final List<MappingClient> clients;
    private final long retryFirstSeconds;
    private final Consumer<State> listener;
    private final Semaphore wake = new Semaphore(0);
    private volatile State state = State.ASKING;
    private volatile boolean closed;
    private @Nullable Thread thread;

    // Of the mapper's own thread.
    private @Nullable PortMapping mapping;
    private @Nullable MappingClient granter;
    private @Nullable Gateway asked;
    private int askedPort;
    private boolean askedInVain;

    private PortMapper(
            IntSupplier port,
            Supplier<Optional<Gateway>> gateways,
            List<MappingClient> clients,
            long retryFirstSeconds,
            Consumer<State> listener) {
        this.port = port;
        this.gateways = gateways;
        this.clients = clients;
        this.retryFirstSeconds = retryFirstSeconds;
        this.listener = listener;
    }

    /**
     * Starts one.
     *
     * @param port local UDP port, asked each time; 0 while there is none
     * @param gateways the way out, asked each time
     * @param description how the router's own pages name the mapping
     * @param random strong: it makes what keeps others from changing our mapping
     * @param listener is told each new state, by the mapper's thread
     */
    public static PortMapper start(
            IntSupplier port,
            Supplier<Optional<Gateway>> gateways,
            String description,
            RandomGenerator random,
            Consumer<State> listener) {
        List<MappingClient> clients = List.of(new PortControl(random), new UpnpControl(description, new UpnpSearch()));
        return start(port, gateways, clients, listener);
    }

    static PortMapper start(
            IntSupplier port,
            Supplier<Optional<Gateway>> gateways,
            List<MappingClient> clients,
            Consumer<State> listener) {
        return start(port, gateways, clients, RETRY_FIRST_SECONDS, listener);
    }

    static PortMapper start(
            IntSupplier port,
            Supplier<Optional<Gateway>> gateways,
            List<MappingClient> clients,
            long retryFirstSeconds,
            Consumer<State> listener) {
        var mapper = new PortMapper(port, gateways, clients, retryFirstSeconds, listener);
        mapper.thread = Thread.ofVirtual().name("port-mapper").start(mapper::run);
        return mapper;
    }

    public State state() {
        return state;
    }

    /** Says that addresses or routes of this host changed: the mapping is asked for again if the way out is another. */
    public void changed() {
        wake.release();
    }

    private void run() {
        try {
            while (!closed) {
                rest(TimeUnit.SECONDS.toNanos(step()));
            }
        } catch (InterruptedException ends) {
            Thread.currentThread().interrupt();
        } finally {
            release();
        }
    }

    /** Until it is time to ask again, or the way out or the port is another: what else changes on this host does not matter. */
    private void rest(long nanos) throws InterruptedException {
        long until = System.nanoTime() + nanos;
        while (!closed) {
            boolean woken = wake.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            wake.drainPermits();
            boolean same = gateways.get().equals(Optional.ofNullable(asked)) && port.getAsInt() == askedPort;
            if (!woken || !same) {
                return;
            }
        }
    }

    /** Asks once; answers after how many seconds to ask again. */
    private long step() throws InterruptedException {
        Optional<Gateway> gateway = gateways.get();
        int internal = port.getAsInt();
        if (mapping != null
                && (gateway.isEmpty() || !gateway.get().equals(asked) || mapping.internalPort() != internal)) {
            release();
        }
        if (askedPort != internal || !gateway.equals(Optional.ofNullable(asked))) {
            askedInVain = false;
        }
        asked = gateway.orElse(null);
        askedPort = internal;
        if (gateway.isEmpty() || internal == 0) {
            say(new State(Optional.empty(), internal == 0 ? "no port is open" : "this host has no IPv4 default route"));
            return RETRY_SECONDS;
        }
        String refusal = null;
        for (MappingClient client : clients) {
            if (granter != null && !granter.equals(client)) {
                continue;
            }
            try {
                Optional<PortMapping> granted = client.map(gateway.get(), internal, mapping);
                if (closed) {
                    granted.ifPresent(late -> {
                        mapping = late;
                        granter = client;
                    });
                    return 0;
                }
                if (granted.isPresent()) {
                    return granted(client, granted.get());
                }
            } catch (IOException | RuntimeException failure) {
                refusal = refusal == null ? String.valueOf(failure.getMessage()) : refusal;
            }
        }
        boolean had = mapping != null;
        mapping = null;
        granter = null;
        String router = gateway.get().router().toString();
        say(new State(
                Optional.empty(),
                refusal != null ? refusal : router + " answers neither to PCP nor to NAT-PMP nor to UPnP"));
        if (had) {
            return RENEW_SECONDS_MIN; // one that was lost may come back by another method
        }
        boolean first = !askedInVain;
        askedInVain = true;
        return first ? retryFirstSeconds : RETRY_SECONDS;
    }

    private long granted(MappingClient client, PortMapping granted) {
        mapping = granted;
        granter = client;
        askedInVain = false;
        String text = granted.external() + " at " + granted.router() + " by " + granted.method()
                + (granted.global() ? "" : ", but that address is behind another NAT");
        say(new State(Optional.of(granted), text));
        long half = granted.seconds() == 0 ? RENEW_SECONDS_MAX : granted.seconds() / 2;
        return Math.clamp(half, RENEW_SECONDS_MIN, RENEW_SECONDS_MAX);
    }

    private void say(State now) {
        if (!now.equals(state)) {
            state = now;
            LOG.log(Level.INFO, "portmap." + (now.mapping.isPresent() ? "granted" : "none") + " text=" + now.text);
            listener.accept(now);
        }
    }

    private void release() {
        PortMapping granted = mapping;
        MappingClient client = granter;
        mapping = null;
        granter = null;
        if (granted != null && client != null) {
            try {
                client.release(granted);
            } catch (IOException | RuntimeException gone) {
                LOG.log(Level.DEBUG, "portmap.release reason=" + gone.getMessage());
            }
        }
    }

    /** Gives the mapping back and ends; waits two seconds at most. */
    @Override
    public void close() {
        closed = true;
        wake.release();
        Thread running = thread;
        if (running == null) {
            return;
        }
        try {
            running.join(CLOSE_MILLIS);
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }
}
