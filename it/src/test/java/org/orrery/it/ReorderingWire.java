// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.orrery.cli.lab.LabHost;
import org.orrery.core.value.Mac;
import org.orrery.net.Offloads;
import org.orrery.net.PacketBatch;
import org.orrery.net.PollSource;
import org.orrery.net.Poller;
import org.orrery.net.TapPort;
import org.orrery.net.linux.LinuxPorts;

/**
 * A wire between a host and the laboratory's switch that lets packets overtake each other: of both directions one in ten
 * is held back until up to eight others have passed, or for a millisecond.
 */
final class ReorderingWire implements AutoCloseable {
    private static final int ONE_IN = 10;
    private static final int PASSED_MAX = 8;
    private static final int BATCH = 64;

    private final LabHost hub;
    private final String port;
    private final LinuxPorts ports;
    private final Poller poller;
    private final Direction toHost;
    private final Direction fromHost;
    private final AtomicLong reordered = new AtomicLong();
    private final Thread thread;
    private volatile boolean stopping;

    private final class Direction {
        final TapPort from;
        final TapPort to;
        final SplittableRandom random;
        private byte[] held = {};
        private int passesLeft;

        Direction(TapPort from, TapPort to, int seed) {
            this.from = from;
            this.to = to;
            this.random = new SplittableRandom(seed);
        }

        void move(PacketBatch batch) {
            batch.clear();
            from.read(batch);
            for (int i = 0; i < batch.count(); i++) {
                int end = batch.offset(i) + batch.length(i);
                if (held.length == 0 && random.nextInt(ONE_IN) == 0) {
                    held = java.util.Arrays.copyOfRange(batch.bytes(), batch.offset(i), end);
                    passesLeft = random.nextInt(1, PASSED_MAX + 1);
                    continue;
                }
                to.write(batch.bytes(), batch.offset(i), batch.length(i));
                if (held.length > 0 && --passesLeft == 0) {
                    reordered.incrementAndGet();
                    release();
                }
            }
        }

        void release() {
            if (held.length > 0) {
                to.write(held, 0, held.length);
                held = new byte[0];
            }
        }
    }

    /** Plugs host {@code number} in through this wire. */
    ReorderingWire(LabHost hub, int number) throws Exception {
        this.hub = hub;
        this.port = "port" + number;
        ip("add", "br1", "type", "bridge", "mcast_snooping", "0");
        ip("set", "br1", "up");
        ports = hub.inside(() -> new LinuxPorts(Offloads.NONE));
        TapPort near = hub.inside(() -> ports.openTap("wire0", new Mac(0x02_00_00_00_77_01L), 1_500));
        TapPort far = hub.inside(() -> ports.openTap("wire1", new Mac(0x02_00_00_00_77_02L), 1_500));
        ip("set", "wire0", "master", "br0");
        ip("set", "wire1", "master", "br1");
        ip("set", port, "master", "br1");
        poller = ports.openPoller();
        toHost = new Direction(near, far, 1);
        fromHost = new Direction(far, near, 2);
        poller.add(near);
        poller.add(far);
        thread = Thread.ofPlatform().daemon().name("reordering-wire").start(this::run);
    }

    private void ip(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 2];
        command[0] = "ip";
        command[1] = "link";
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        hub.output(command);
    }

    private void run() {
        var batch = new PacketBatch(BATCH, TapPort.FRAME_BYTES_MAX);
        while (!stopping) {
            int ready = poller.await(1);
            for (int i = 0; i < ready; i++) {
                PollSource source = poller.ready(i);
                (source.equals(toHost.from) ? toHost : fromHost).move(batch);
            }
            if (ready == 0) {
                toHost.release();
                fromHost.release();
            }
        }
    }

    /** Packets so far that others overtook. */
    long reordered() {
        return reordered.get();
    }

    /** Plugs the host in directly again. */
    @Override
    public void close() throws IOException {
        stopping = true;
        try {
            thread.join();
            ip("set", port, "master", "br0");
            ip("del", "br1");
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        } finally {
            poller.close();
            toHost.from.close();
            fromHost.from.close();
            ports.close();
        }
    }
}
