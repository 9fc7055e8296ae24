// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.orrery.core.node.DataLane;
import org.orrery.core.node.Drop;
import org.orrery.core.value.DropReason;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Mac;
import org.orrery.core.vl2.Network;
import org.orrery.daemon.api.DataPlane;
import org.orrery.net.Offloads;
import org.orrery.net.Ports;
import org.orrery.net.SystemCallException;
import org.orrery.net.TapPort;
import org.orrery.net.TapQueue;
import org.orrery.net.UdpPort;

/**
 * The data lanes of a node. Each has a socket of its own for each local address, all under one number, and a queue of its
 * own of each interface; the system spreads peers over the sockets and flows over the queues, and keeps each on one. What
 * the system refuses to the further lanes they borrow from the first. Control lane only, but for {@link #counts}, {@link
 * #drops} and {@link #stop}.
 */
final class Lanes {
    private static final int CLOSE_SECONDS = 2;
    private static final int STOP_SECONDS = 3;
    private static final Logger LOG = System.getLogger("org.orrery.daemon.engine");

    private final List<LaneThread> lanes = new ArrayList<>();
    private final Map<Integer, List<UdpPort>> sockets = new LinkedHashMap<>();
    private final Map<Long, OpenTap> taps = new LinkedHashMap<>();
    private final Set<String> told = new HashSet<>();

    /** @param queues how many lanes read it */
    private record OpenTap(TapPort tap, int queues) {}

    /** @param ports of each lane; at least one */
    Lanes(SteadyClock clock, List<Ports> ports, Runnable failed) throws IOException {
        for (Ports each : ports) {
            lanes.add(new LaneThread(clock, each, failed));
        }
    }

    /** @param dataLane makes what the lane of that number, from 1, moves packets with */
    void start(IntFunction<DataLane> dataLane) {
        for (int i = 0; i < lanes.size(); i++) {
            lanes.get(i).start(dataLane.apply(i + 1), i + 1);
        }
    }

    /** The lane that also carries what the control lane sends and delivers. */
    LaneThread first() {
        return lanes.getFirst();
    }

    Ports ports() {
        return first().ports();
    }

    LaneThread lane(int number) {
        return lanes.get(number - 1);
    }

    int count() {
        return lanes.size();
    }

    /** Any thread: what became of packets and frames so far, in all lanes. */
    Map<DropReason, Long> counts() {
        Map<DropReason, Long> sum = new EnumMap<>(DropReason.class);
        for (LaneThread lane : lanes) {
            lane.counts().forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        }
        return sum;
    }

    /** Any thread: what went no further lately in the lanes, in no order. */
    List<Drop> drops() {
        List<Drop> drops = new ArrayList<>();
        lanes.forEach(lane -> drops.addAll(lane.drops()));
        return drops;
    }

    // ---------------------------------------------------------------- sockets

    /** Binds a socket in each lane; answers where. */
    Endpoint openSocket(int id, Endpoint local, String device) throws IOException {
        UdpPort socket = lanes.size() == 1 ? ports().openUdp(local, device) : openFirst(local, device);
        List<UdpPort> open = new ArrayList<>(List.of(socket));
        first().addSocket(id, socket);
        for (LaneThread lane : lanes.subList(1, lanes.size())) {
            try {
                UdpPort further = lane.ports().openUdp(socket.local(), device, true);
                lane.addSocket(id, further);
                open.add(further);
            } catch (IOException refused) {
                lane.borrowSocket(id, socket);
                tell("socket.not_shared", "local=" + socket.local(), refused);
            }
        }
        sockets.put(id, open);
        return socket.local();
    }

    private UdpPort openFirst(Endpoint local, String device) throws IOException {
        // A shared socket would be let in beside those of another node of the same user, and take half of its packets.
        ports().openUdp(local, device).close();
        try {
            return ports().openUdp(local, device, true);
        } catch (IOException refused) {
            tell("socket.not_shared", "local=" + local, refused);
            return ports().openUdp(local, device);
        }
    }

    /** Whether some socket is tied to no interface, so that the host's routes decide where its packets go. */
    boolean untied() {
        return sockets.values().stream()
                .flatMap(List::stream)
                .anyMatch(socket -> socket.device().isEmpty());
    }

    void removeSocket(int id) {
        sockets.remove(id);
        lanes.forEach(lane -> lane.removeSocket(id));
    }

    /** Has all lanes send there what is for the tunnel; null for nowhere. */
    void outlet(LaneThread.@Nullable Outlet outlet) {
        lanes.forEach(lane -> lane.outlet(outlet));
    }

    // ---------------------------------------------------------------- interfaces

    /** Makes an interface with a queue for each lane. */
    TapPort openTap(Network network, String name, Mac mac, int mtu) throws IOException {
        TapPort tap = makeTap(name, mac, mtu);
        int queues = 1;
        first().addTap(network, tap);
        for (LaneThread lane : lanes.subList(1, lanes.size())) {
            TapQueue queue = openQueue(tap);
            if (queue == null) {
                lane.borrowTap(network, tap);
            } else {
                lane.addTap(network, queue);
                queues++;
            }
        }
        taps.put(network.id(), new OpenTap(tap, queues));
        return tap;
    }

    private TapPort makeTap(String name, Mac mac, int mtu) throws IOException {
        if (lanes.size() == 1) {
            return ports().openTap(name, mac, mtu);
        }
        try {
            return ports().openTap(name, mac, mtu, lanes.size());
        } catch (SystemCallException refused) {
            if (refused.exists()) {
                throw refused;
            }
            // Either there are no interfaces for us, which the next attempt will say, or none with several queues.
            TapPort single = ports().openTap(name, mac, mtu);
            tell("interface.one_queue", "name=" + name, refused);
            return single;
        }
    }

    private @Nullable TapQueue openQueue(TapPort tap) {
        if (tap.queuesMax() == 1) {
            return null;
        }
        try {
            return tap.openQueue();
        } catch (IOException refused) {
            tell("interface.fewer_queues", "name=" + tap.name(), refused);
            return null;
        }
    }

    /** Stops using an interface and removes it. Returns when it is gone. */
    void removeTap(long network) {
        OpenTap open = taps.remove(network);
        if (open == null) {
            return;
        }
        // The device goes with the first lane's queue, and reading from a queue of no device would only fail.
        List<LaneThread> further = lanes.subList(1, lanes.size());
        boolean furtherRemoved = removed(further, network);
        boolean firstRemoved = removed(List.of(first()), network);
        if (!furtherRemoved || !firstRemoved) {
            LOG.log(Level.WARNING, "interface.slow_to_close name=" + open.tap.name());
        }
    }

    private static boolean removed(List<LaneThread> from, long network) {
        var done = new CountDownLatch(from.size());
        from.forEach(lane -> lane.removeTap(network, done::countDown));
        try {
            return done.await(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    // ---------------------------------------------------------------- status and end

    /** What carries packets now, and how. */
    DataPlane status() {
        return new DataPlane(
                ports().kind(),
                lanes.size(),
                sockets.values().stream().map(Lanes::status).toList(),
                taps.values().stream()
                        .map(open -> new DataPlane.Interface(
                                open.tap.name(),
                                open.queues,
                                open.tap.offloads().tcp(),
                                open.tap.offloads().udp()))
                        .toList());
    }

    private static DataPlane.Socket status(List<UdpPort> open) {
        Offloads.State sending = Offloads.State.IN_FORCE;
        Offloads.State receiving = Offloads.State.IN_FORCE;
        for (UdpPort socket : open) {
            UdpPort.InForce offloads = socket.offloads();
            sending = sending.inForce() ? offloads.segmentation() : sending;
            receiving = receiving.inForce() ? offloads.joining() : receiving;
        }
        UdpPort first = open.getFirst();
        return new DataPlane.Socket(first.local(), first.device(), open.size(), sending, receiving);
    }

    /** Says once that lanes have to share. */
    private void tell(String event, String what, IOException refused) {
        if (told.add(event)) {
            LOG.log(Level.WARNING, event + " " + what + " reason=" + refused.getMessage());
        }
    }

    /** Closes everything and ends; waits for the end of all, a few seconds at most. */
    void stop() {
        lanes.forEach(LaneThread::requestStop);
        long untilNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
        lanes.forEach(lane -> lane.awaitEnd(untilNanos));
    }
}
