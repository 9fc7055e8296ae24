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
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
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
    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");
    private static final int BATCH_MAX = 16;
    private static final int CLOSE_MILLIS_MAX = 1_000;

    private final Lanes lanes;
    private final UnderlaySockets sockets;
    private final Arrivals arrivals;
    private @Nullable Open open;

    /** Takes what arrives; any thread. */
    interface Arrivals {
        void datagram(int index, Endpoint from, byte[] datagram);
    }

    SearchPorts(Lanes lanes, UnderlaySockets sockets, Arrivals arrivals) {
        this.lanes = lanes;
        this.sockets = sockets;
        this.arrivals = arrivals;
    }

    /** One search's sockets. */
    private final class Open implements Runnable {
        final LocalSocket beside;
        final Ports ports;
        final Poller poller;
        final List<UdpPort> all = new ArrayList<>();
        final Map<PollSource, Integer> indexes = new HashMap<>();
        final CountDownLatch firstClosed = new CountDownLatch(1);
        volatile int closeFirst = -1;
        volatile boolean stopping;

        Open(LocalSocket beside, int count) throws IOException {
            this.beside = beside;
            ports = lanes.ports().another();
            poller = ports.openPoller();
            try {
                for (int i = 0; i < count; i++) {
                    UdpPort port = ports.openUdp(new Endpoint(beside.local().ip(), 0), beside.device());
                    all.add(port);
                    indexes.put(port, i);
                    poller.add(port);
                }
            } catch (IOException few) {
                // As many as the system allows.
                LOG.log(Level.INFO, "search.sockets open=" + all.size() + " reason=" + few.getMessage());
            }
        }

        @Override
        public void run() {
            var batch = new PacketBatch(BATCH_MAX, UdpPort.DATAGRAM_BYTES_MAX);
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
            firstClosed.countDown();
            all.forEach(this::shut);
            poller.close();
            ports.close();
        }

        private void hand(PacketBatch batch, int index) {
            for (int i = 0; i < batch.count(); i++) {
                Endpoint from = batch.peer(i);
                if (from != null) {
                    int offset = batch.offset(i);
                    arrivals.datagram(index, from, Arrays.copyOfRange(batch.bytes(), offset, offset + batch.length(i)));
                }
            }
        }

        private void shut(UdpPort port) {
            poller.remove(port);
            port.close();
        }

        void stop(int first) {
            closeFirst = first;
            stopping = true;
            poller.wake();
        }
    }

    @Override
    public int open(LocalSocket beside, int count) {
        close();
        try {
            var now = new Open(beside, count);
            open = now;
            Thread.ofPlatform().name("orrery-search").daemon().start(now);
            return now.all.size();
        } catch (IOException refused) {
            LOG.log(Level.WARNING, "search.refused reason=" + refused.getMessage());
            return 0;
        }
    }

    @Override
    public void send(int index, Endpoint to, byte[] datagram) {
        Open now = open;
        if (now != null) {
            now.all.get(index).sendNow(datagram, 0, datagram.length, to);
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
            if (!now.firstClosed.await(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
                return null;
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
            return null;
        }
        return sockets.keep(now.beside, port);
    }

    @Override
    public void release(int socket) {
        sockets.release(socket);
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
