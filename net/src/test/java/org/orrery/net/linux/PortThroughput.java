// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.lang.management.ManagementFactory;
import java.util.function.Supplier;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Mac;
import org.orrery.core.value.Prefix;
import org.orrery.net.PacketBatch;
import org.orrery.net.Ports;
import org.orrery.net.TapPort;
import org.orrery.net.UdpPort;
import org.orrery.net.nio.NioPorts;

/**
 * Measures what a packet costs at the ports, on one thread, with memory allocated per packet. Run by hand; it needs
 * root for the device, which it makes in a network namespace of its own.
 */
final class PortThroughput {
    private static final int BATCH = 64;
    private static final int ROUNDS = 20_000;
    private static final int REPEATS = 5;

    private PortThroughput() {}

    public static void main(String[] arguments) throws Exception {
        for (int bytes : new int[] {100, 1432}) {
            try (Ports ports = new LinuxPorts()) {
                udp("linux udp send+receive " + bytes, ports, bytes);
            }
            try (Ports ports = new NioPorts()) {
                udp("nio   udp send+receive " + bytes, ports, bytes);
            }
        }
        try (var namespace = new Namespace()) {
            namespace.call(() -> {
                tap();
                return true;
            });
        }
    }

    private static void udp(String what, Ports ports, int bytes) throws Exception {
        Endpoint any = Endpoint.parse("127.0.0.1/0").orElseThrow();
        try (UdpPort from = ports.openUdp(any, "");
                UdpPort to = ports.openUdp(any, "")) {
            byte[] packet = new byte[bytes];
            var batch = new PacketBatch(BATCH, UdpPort.DATAGRAM_BYTES_MAX);
            long[] nanos = new long[2];
            measure(
                    what,
                    () -> {
                        long start = System.nanoTime();
                        for (int i = 0; i < BATCH; i++) {
                            from.send(packet, 0, bytes, to.local());
                        }
                        from.flush();
                        long middle = System.nanoTime();
                        batch.clear();
                        int got = to.receive(batch);
                        nanos[0] += middle - start;
                        nanos[1] += System.nanoTime() - middle;
                        return got;
                    },
                    nanos);
            measure(
                    what.replace("send+", "sendNow+"),
                    () -> {
                        long start = System.nanoTime();
                        for (int i = 0; i < BATCH; i++) {
                            from.sendNow(packet, 0, bytes, to.local());
                        }
                        long middle = System.nanoTime();
                        batch.clear();
                        int got = to.receive(batch);
                        nanos[0] += middle - start;
                        nanos[1] += System.nanoTime() - middle;
                        return got;
                    },
                    nanos);
        }
    }

    /** The host sends datagrams into the device; they come out as frames, and go back in to a closed port. */
    private static void tap() throws Exception {
        try (Ports ports = new LinuxPorts();
                TapPort tap = ports.openTap("ztbench", new Mac(0x3200_0000_0001L), 2800)) {
            tap.addAddress(Prefix.parse("10.147.20.1/24").orElseThrow());
            run("ip", "neigh", "add", "10.147.20.2", "lladdr", "32:00:00:00:00:02", "dev", "ztbench");
            try (UdpPort udp = ports.openUdp(Endpoint.parse("10.147.20.1/7000").orElseThrow(), "")) {
                Endpoint far = Endpoint.parse("10.147.20.2/7000").orElseThrow();
                var batch = new PacketBatch(BATCH, TapPort.FRAME_BYTES_MAX);
                byte[] payload = new byte[1400];
                long[] nanos = new long[2];
                measure(
                        "tap read (0) and write (1), 1442-byte frames",
                        () -> {
                            for (int i = 0; i < BATCH; i++) {
                                udp.send(payload, 0, payload.length, far);
                            }
                            udp.flush();
                            batch.clear();
                            long start = System.nanoTime();
                            int got = tap.read(batch);
                            long middle = System.nanoTime();
                            nanos[0] += middle - start;
                            for (int i = 0; i < got; i++) {
                                byte[] bytes = batch.bytes();
                                int at = batch.offset(i);
                                swap(bytes, at, at + 6, 6);
                                swap(bytes, at + 26, at + 30, 4);
                                tap.write(bytes, at, batch.length(i));
                            }
                            nanos[1] += System.nanoTime() - middle;
                            batch.clear();
                            udp.receive(batch);
                            return got;
                        },
                        nanos);
            }
        }
    }

    private static void swap(byte[] bytes, int one, int other, int length) {
        for (int i = 0; i < length; i++) {
            byte kept = bytes[one + i];
            bytes[one + i] = bytes[other + i];
            bytes[other + i] = kept;
        }
    }

    private static void run(String... command) throws Exception {
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command));
        }
    }

    private static void measure(String what, Supplier<Integer> round, long[] nanos) {
        var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            nanos[0] = 0;
            nanos[1] = 0;
            long packets = 0;
            long allocated = thread.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            for (int i = 0; i < ROUNDS; i++) {
                packets += round.get();
            }
            long took = System.nanoTime() - start;
            double bytes = (thread.getCurrentThreadAllocatedBytes() - allocated) / (double) packets;
            if (repeat == REPEATS - 1) {
                System.out.printf(
                        "%-48s %,9.0f packets/s, first part %,5d ns, second part %,5d ns, %.2f bytes allocated%n",
                        what, packets * 1e9 / took, nanos[0] / packets, nanos[1] / packets, bytes);
            }
        }
    }
}
