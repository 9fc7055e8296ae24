// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.vl1.LocalSocket;
import org.orrery.core.vl1.SearchSockets;
import org.orrery.net.PacketBatch;
import org.orrery.net.PollSource;
import org.orrery.net.Poller;
import org.orrery.net.Ports;
import org.orrery.net.UdpPort;

/**
 * The sockets of a search for a port, with a thread that waits for what arrives at them. All methods are the control lane's;
 * the thread lasts as long as the search, some seconds.
 */
final class SearchPorts implements SearchSockets {
    /** What the control lane has not looked at yet; further datagrams are dropped. A search needs one. */
    static final int WAITING_MAX = 64;

    /** What searches send has less than 100 bytes; longer datagrams than usual ones are left out. */
    static final int DATAGRAM_BYTES_MAX = 1_500;

    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");
    private static final int BATCH_MAX = 16;
    /** What {@link #keep} waits for the thread: the control lane stands still meanwhile. */
    static final int CLOSE_MILLIS_MAX = 1_000;

    private final Opener opener;
    private final Places places;
    private final Predicate<Runnable> control;
    private final Arrivals arrivals;
    private final int closeMillisMax;
    private final AtomicInteger waiting = new AtomicInteger();
    private @Nullable Open open;

    /** Opens ports for one more thread. */
    interface Opener {
        Ports another() throws IOException;
    }

    /** Where a socket that is kept has its place among the node's. */
    interface Places {
        /** Opens it beside another one; null if that fails. */
        @Nullable
        LocalSocket keep(LocalSocket beside, int port);

        void release(int socket);
    }

    /** Takes what arrives; control lane. */
    interface Arrivals {
        void datagram(int index, Endpoint from, byte[] datagram);
    }

    /**
     * @param control has the control lane run something; false if it cannot
     * @param closeMillisMax what {@link #keep} waits for the thread to let go of the socket
     */
    SearchPorts(Opener opener, Places places, Predicate<Runnable> control, Arrivals arrivals, int closeMillisMax) {
        this.opener = opener;
        this.places = places;
        this.control = control;
        this.arrivals = arrivals;
        this.closeMillisMax = closeMillisMax;
    }

    /** One search's sockets. What was opened is closed by the thread, or here if there is none. */
    private final class Open implements Runnable {
        final LocalSocket beside;
        final Ip peer;
        final Ports ports;
        final Poller poller;
        final List<UdpPort> all = new ArrayList<>();
        final Map<PollSource, Integer> indexes = new HashMap<>();
        final CountDownLatch firstClosed = new CountDownLatch(1);
        volatile int closeFirst = -1;
        volatile boolean stopping;
        private boolean released;

        Open(LocalSocket beside, Ip peer, int count) throws IOException {
            this.beside = beside;
            this.peer = peer;
            ports = opener.another();
            try {
                poller = ports.openPoller();
            } catch (IOException | RuntimeException none) {
                ports.close();
                throw none;
            }
            try {
                for (int i = 0; i < count; i++) {
                    add(ports.openUdp(new Endpoint(beside.local().ip(), 0), beside.device()));
                }
            } catch (IOException few) {
                // As many as the system allows.
                LOG.log(Level.INFO, "search.sockets open=" + all.size() + " reason=" + few.getMessage());
            } catch (RuntimeException failure) {
                release();
                throw failure;
            }
        }

        private void add(UdpPort port) throws IOException {
            try {
                poller.add(port);
            } catch (IOException | RuntimeException refused) {
                port.close();
                throw refused;
            }
            indexes.put(port, all.size());
            all.add(port);
        }

        @Override
        public void run() {
            try {
                var batch = new PacketBatch(BATCH_MAX, DATAGRAM_BYTES_MAX);
                while (!stopping) {
                    int ready = poller.await(-1);
                    for (int i = 0; i < ready && !stopping; i++) {
                        PollSource source = poller.ready(i);
                        if (source instanceof UdpPort port) {
                            batch.clear();
                            port.receive(batch);
                            hand(batch, indexes.getOrDefault(source, 0));
                        }
                    }
                }
                if (closeFirst >= 0) {
                    shut(all.get(closeFirst));
                }
            } finally {
                firstClosed.countDown();
                release();
            }
        }

        /** Gives on what comes from where the peer is: all of the Internet may send to these ports. */
        private void hand(PacketBatch batch, int index) {
            for (int i = 0; i < batch.count(); i++) {
                Endpoint from = batch.peer(i);
                if (from != null && from.ip().equals(peer) && waiting.get() < WAITING_MAX) {
                    int offset = batch.offset(i);
                    byte[] datagram = Arrays.copyOfRange(batch.bytes(), offset, offset + batch.length(i));
                    waiting.incrementAndGet();
                    if (!control.test(() -> look(index, from, datagram))) {
                        waiting.decrementAndGet();
                    }
                }
            }
        }

        private void look(int index, Endpoint from, byte[] datagram) {
            waiting.decrementAndGet();
            if (open == this) {
                arrivals.datagram(index, from, datagram);
            }
        }

        private void shut(UdpPort port) {
            poller.remove(port);
            port.close();
        }

        synchronized void release() {
            if (!released) {
                released = true;
                all.forEach(this::shut);
                poller.close();
                ports.close();
            }
        }

        synchronized void send(int index, Endpoint to, byte[] datagram) {
            if (!released) {
                all.get(index).sendNow(datagram, 0, datagram.length, to);
            }
        }

        synchronized void stop(int first) {
            closeFirst = first;
            stopping = true;
            if (!released) {
                poller.wake();
            }
        }
    }

    @Override
    public int open(LocalSocket beside, Ip peer, int count) {
        close();
        Open now;
        try {
            now = new Open(beside, peer, count);
        } catch (IOException refused) {
            LOG.log(Level.WARNING, "search.refused reason=" + refused.getMessage());
            return 0;
        }
        if (now.all.isEmpty()) {
            now.release();
            return 0;
        }
        try {
            Thread.ofPlatform().name("orrery-search").daemon().start(now);
        } catch (OutOfMemoryError noThread) { // so the JDK says that the system allows no more
            now.release();
            LOG.log(Level.WARNING, "search.refused reason=" + noThread.getMessage());
            return 0;
        }
        open = now;
        return now.all.size();
    }

    @Override
    public void send(int index, Endpoint to, byte[] datagram) {
        Open now = open;
        if (now != null) {
            now.send(index, to, datagram);
        }
    }

    @Override
    public @Nullable LocalSocket keep(int index) {
        Open now = open;
        if (now == null) {
            return null;
        }
        int port = now.all.get(index).local().port();
        open = null;
        now.stop(index);
        try {
            // The lanes' socket takes its place on the same port, so that the router notices nothing.
            if (!now.firstClosed.await(closeMillisMax, TimeUnit.MILLISECONDS)) {
                return null;
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
            return null;
        }
        return places.keep(now.beside, port);
    }

    @Override
    public void release(int socket) {
        places.release(socket);
    }

    @Override
    public void close() {
        Open now = open;
        open = null;
        if (now != null) {
            now.stop(-1);
        }
    }
}
