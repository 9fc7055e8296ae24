// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.orrery.core.node.DataLane;
import org.orrery.core.node.Drop;
import org.orrery.core.node.LaneOutput;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.NetworkId;
import org.orrery.core.vl1.LocalSocket;
import org.orrery.core.vl1.LongTable;
import org.orrery.core.vl2.Network;
import org.orrery.net.AddressWatcher;
import org.orrery.net.PacketBatch;
import org.orrery.net.PollSource;
import org.orrery.net.Poller;
import org.orrery.net.Ports;
import org.orrery.net.TapPort;
import org.orrery.net.TapQueue;
import org.orrery.net.UdpPort;

/**
 * A data lane's thread: it waits for its sockets and interfaces, moves what they bring through its {@link DataLane}, and
 * flushes. It never waits for anything else.
 */
final class LaneThread implements LaneOutput {
    /** Entries taken from one port before the next one has its turn. */
    private static final int BATCH_MAX = 256;

    /** Some super-frames of 64 kB with the room between their segments, or as many long packets. */
    private static final int BATCH_BYTES = 384 * 1024;

    /** Batches from one port in a row. */
    private static final int BATCHES_PER_TURN_MAX = 4;

    /** Small packets in one batch after which others have a turn: half of what a program's socket holds of them. */
    private static final int MANY = 128;

    /** Mean length of small packets in a batch, the room before each included. */
    private static final int SMALL_BYTES = 256;

    private static final int COMMANDS_MAX = 1_024;
    private static final int PORTS_MAX = 1_024;
    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    private final SteadyClock clock;
    private final Ports ports;
    private final Poller poller;
    private final Runnable failed;
    private final PacketBatch datagrams = new PacketBatch(BATCH_MAX, UdpPort.DATAGRAM_BYTES_MAX, 0, BATCH_BYTES);
    private final PacketBatch frames =
            new PacketBatch(BATCH_MAX, TapPort.FRAME_BYTES_MAX, DataLane.HEADROOM_BYTES, BATCH_BYTES);
    private final BlockingQueue<Runnable> commands = new ArrayBlockingQueue<>(COMMANDS_MAX);
    private final LongTable<UdpPort> sockets = new LongTable<>(PORTS_MAX);

    /** Sockets of another lane: what has to be sent through them is sent at once. */
    private final LongTable<UdpPort> borrowedSockets = new LongTable<>(PORTS_MAX);

    /** Where what is for the tunnel goes while there is one. */
    private volatile @Nullable Outlet outlet;

    private final LongTable<TapQueue> taps = new LongTable<>(PORTS_MAX);
    private final List<PollSource> sources = new ArrayList<>();
    private final List<UdpPort> dirty = new ArrayList<>();
    private final List<TapQueue> dirtyTaps = new ArrayList<>();
    private volatile boolean stopping;

    /** Whether there may be commands: looked at after each wake, which the queue's lock is not worth. */
    private volatile boolean commanded;

    private @Nullable DataLane lane;
    private @Nullable Thread thread;

    /** Sends datagrams past the sockets. Any thread; bytes are borrowed. */
    interface Outlet {
        void send(Endpoint to, byte[] bytes, int offset, int length);
    }

    LaneThread(SteadyClock clock, Ports ports, Runnable failed) throws IOException {
        this.clock = clock;
        this.ports = ports;
        this.poller = ports.openPoller();
        this.failed = failed;
    }

    Ports ports() {
        return ports;
    }

    void start(DataLane dataLane, int number) {
        lane = dataLane;
        thread = Thread.ofPlatform().name("orrery-lane-" + number).start(this::run);
    }

    /** Any thread: what went no further lately, the oldest first. */
    List<Drop> drops() {
        DataLane running = lane;
        return running == null ? List.of() : running.drops().snapshot();
    }

    /** Any thread: what became of packets and frames so far. */
    Map<DropReason, Long> counts() {
        DataLane running = lane;
        return running == null ? Map.of() : counts(running);
    }

    /** Any thread: what {@code lane} counted so far; what never was is left out. */
    static Map<DropReason, Long> counts(DataLane lane) {
        Map<DropReason, Long> counts = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            if (lane.count(reason) > 0) {
                counts.put(reason, lane.count(reason));
            }
        }
        return counts;
    }

    // ---------------------------------------------------------------- control lane

    void addSocket(int id, UdpPort port) {
        sockets.put(id, port);
        command(() -> add(port, () -> receive(port, id)));
    }

    /** Sends through a socket of another lane, which closes it. */
    void borrowSocket(int id, UdpPort port) {
        borrowedSockets.put(id, port);
    }

    /** Any thread: sends what is for the tunnel there; null for nowhere. */
    void outlet(@Nullable Outlet now) {
        outlet = now;
    }

    /** Stops using a socket and closes it if it is this lane's own. */
    void removeSocket(int id) {
        borrowedSockets.remove(id);
        UdpPort port = sockets.find(id);
        if (port != null) {
            sockets.remove(id);
            command(() -> drop(port));
        }
    }

    /** Reads frames of a network from this queue, and delivers them to it. */
    void addTap(Network network, TapQueue queue) {
        taps.put(network.id(), queue);
        command(() -> add(queue, () -> read(queue, network)));
    }

    /** Delivers frames of a network to a queue of another lane, which reads and closes it. */
    void borrowTap(Network network, TapQueue queue) {
        taps.put(network.id(), queue);
    }

    /**
     * Stops using a network's queue, and closes it if it is this lane's own.
     *
     * @param done run when that has happened
     */
    void removeTap(long network, Runnable done) {
        TapQueue queue = taps.find(network);
        taps.remove(network);
        command(() -> {
            if (queue != null && sources.contains(queue)) {
                drop(queue);
            }
            done.run();
        });
    }

    /** Has {@code changed} run on the lane when the host's addresses change. */
    void watch(AddressWatcher watcher, Runnable changed) {
        command(() -> add(watcher, () -> {
            if (watcher.changed()) {
                changed.run();
            }
        }));
    }

    /** Any thread: sends at once, past the lane. */
    void sendNow(int socket, Endpoint to, byte[] bytes, int offset, int length) {
        UdpPort port = sockets.find(socket);
        if (port != null) {
            port.sendNow(bytes, offset, length, to);
        } else if (socket == LocalSocket.TUNNEL_ID) {
            sendThroughTunnel(to, bytes, offset, length);
        }
    }

    private void sendThroughTunnel(Endpoint to, byte[] bytes, int offset, int length) {
        Outlet tunnel = outlet;
        if (tunnel != null) {
            tunnel.send(to, bytes, offset, length);
        }
    }

    /** Any thread. */
    void sendWithTtl(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
        UdpPort port = sockets.find(socket);
        if (port != null && port.sendsWithTtl()) {
            port.sendWithTtl(bytes, offset, length, to, ttl);
        }
    }

    /** Any thread: hands a frame to an interface at once. */
    void deliverNow(long network, byte[] frame, int offset, int length) {
        TapQueue tap = taps.find(network);
        if (tap != null) {
            tap.write(frame, offset, length);
            tap.flush();
        }
    }

    /** Any thread: has the lane close everything and end. */
    void requestStop() {
        stopping = true;
        poller.wake();
    }

    /** Waits for the end, for a while. */
    void awaitEnd(long untilNanos) {
        Thread running = thread;
        try {
            if (running != null) {
                running.join(Duration.ofNanos(untilNanos - System.nanoTime()));
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }

    private void command(Runnable command) {
        // Commands are few (sockets and interfaces that come and go), so a full queue means a lane that is stuck.
        if (!commands.offer(command)) {
            throw new IllegalStateException("data lane does not take commands");
        }
        commanded = true;
        poller.wake();
    }

    // ---------------------------------------------------------------- the lane itself

    private void run() {
        try {
            while (!stopping) {
                turn();
            }
        } catch (RuntimeException | Error bug) {
            LOG.log(Level.ERROR, "lane.failed", bug);
            failed.run();
        } finally {
            for (PollSource source : sources) {
                poller.remove(source);
                source.close();
            }
            poller.close();
            ports.close();
        }
    }

    /** Apart from the loop around it, so that it is compiled as soon as it is busy, and as a whole. */
    private void turn() {
        int ready = poller.await(-1);
        for (int i = 0; i < ready; i++) {
            poller.serve(i);
        }
        if (commanded) {
            commanded = false;
            for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
                command.run();
            }
        }
    }

    private void receive(UdpPort port, int socket) {
        DataLane moving = java.util.Objects.requireNonNull(lane);
        for (int turn = 0; turn < BATCHES_PER_TURN_MAX; turn++) {
            datagrams.clear();
            int count = port.receive(datagrams);
            long now = clock.millis();
            for (int i = 0; i < count; i++) {
                Endpoint from = datagrams.peer(i);
                if (from != null) {
                    moving.datagram(socket, from, datagrams.bytes(), datagrams.offset(i), datagrams.length(i), now);
                }
            }
            flush();
            giveWay(datagrams);
            if (!datagrams.full()) {
                return;
            }
        }
    }

    private void read(TapQueue tap, Network network) {
        DataLane moving = java.util.Objects.requireNonNull(lane);
        for (int turn = 0; turn < BATCHES_PER_TURN_MAX; turn++) {
            frames.clear();
            int count = tap.read(frames);
            long now = clock.millis();
            for (int i = 0; i < count; i++) {
                moving.frame(network, frames.bytes(), frames.offset(i), frames.length(i), frames.continuesFlow(i), now);
            }
            flush();
            giveWay(frames);
            if (tap.gone()) {
                poller.remove(tap); // it would be ready for ever; the control lane sees to a new one
                LOG.log(Level.WARNING, "interface.queue_gone network=" + new NetworkId(network.id()));
                return;
            }
            if (!frames.full()) {
                return;
            }
        }
    }

    /**
     * Lets whoever takes and gives such packets on this host have a turn, if they were many and small. A program's socket
     * holds some 270 of them, so a lane that moves hundreds after hundreds while the program waits for its processor fills
     * the socket for nothing, and finds the next queue full for having been away. Long packets do not come to that: fewer
     * fit, and they are handed on joined. Where nobody waits for the processor this is one short call.
     */
    @SuppressWarnings("ThreadPriorityCheck") // nothing is right or wrong by it, only faster
    private static void giveWay(PacketBatch batch) {
        int count = batch.count();
        if (count >= MANY && batch.offset(count - 1) - batch.offset(0) < count * SMALL_BYTES) {
            Thread.yield();
        }
    }

    @Override
    public void send(int socket, Endpoint to, byte[] bytes, int offset, int length) {
        UdpPort port = sockets.find(socket);
        if (port != null) {
            port.send(bytes, offset, length, to);
            if (!dirty.contains(port)) {
                dirty.add(port);
            }
            return;
        }
        UdpPort borrowed = borrowedSockets.find(socket);
        if (borrowed != null) {
            borrowed.sendNow(bytes, offset, length, to);
        } else if (socket == LocalSocket.TUNNEL_ID) {
            sendThroughTunnel(to, bytes, offset, length);
        }
    }

    @Override
    public void deliver(long network, byte[] bytes, int offset, int length) {
        TapQueue tap = taps.find(network);
        if (tap != null) {
            tap.write(bytes, offset, length);
            if (!dirtyTaps.contains(tap)) {
                dirtyTaps.add(tap);
            }
        }
    }

    private void flush() {
        for (int i = 0; i < dirty.size(); i++) {
            dirty.get(i).flush();
        }
        dirty.clear();
        for (int i = 0; i < dirtyTaps.size(); i++) {
            dirtyTaps.get(i).flush();
        }
        dirtyTaps.clear();
    }

    private void add(PollSource source, Runnable whenReadable) {
        try {
            poller.add(source, whenReadable);
            sources.add(source);
        } catch (IOException refused) {
            LOG.log(Level.ERROR, "lane.port_refused reason=" + refused.getMessage());
            source.close(); // so that the system gives other lanes what it would have given this one
        }
    }

    private void drop(PollSource source) {
        sources.remove(source);
        poller.remove(source);
        source.close();
    }
}
