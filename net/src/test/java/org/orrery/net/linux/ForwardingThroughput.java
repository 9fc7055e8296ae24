// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import java.util.concurrent.atomic.AtomicBoolean;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Mac;
import org.orrery.core.value.Prefix;
import org.orrery.net.Offloads;
import org.orrery.net.PacketBatch;
import org.orrery.net.PollSource;
import org.orrery.net.Poller;
import org.orrery.net.Ports;
import org.orrery.net.TapPort;
import org.orrery.net.UdpPort;

/**
 * Measures what the ports alone can carry: iperf3 between two namespaces, each with a device whose frames a thread sends
 * as datagrams over a virtual wire to the other one; nothing is encrypted. Run by hand, as root, with words for what is
 * switched on: {@code all}, {@code none}, {@code tap}, {@code udp}.
 */
final class ForwardingThroughput {
    private static final int MTU = 1400;
    private static final int HEADROOM = 28;

    private ForwardingThroughput() {}

    public static void main(String[] arguments) throws Exception {
        for (String argument : arguments) {
            switch (argument) {
                case "all" -> forward(argument, Offloads.ALL);
                case "none" -> forward(argument, Offloads.NONE);
                case "tap" -> forward(argument, new Offloads(true, false, false));
                case "udp" -> forward(argument, new Offloads(false, true, true));
                default -> throw new IllegalArgumentException(argument);
            }
        }
    }

    private record Host(
            Namespace namespace, Ports ports, TapPort tap, UdpPort udp, Endpoint other, AtomicBoolean stop) {
        static Host open(Namespace namespace, Offloads offloads, int number) throws Exception {
            Ports ports = namespace.call(() -> new LinuxPorts(offloads));
            TapPort tap = namespace.call(() -> ports.openTap("ztflow", new Mac(0x3200_0000_0000L + number), MTU));
            tap.addAddress(Prefix.parse("10.147.20." + number + "/24").orElseThrow());
            Endpoint here = Endpoint.parse("10.9.0." + number + "/9993").orElseThrow();
            Endpoint other = Endpoint.parse("10.9.0." + (3 - number) + "/9993").orElseThrow();
            UdpPort udp = namespace.call(() -> ports.openUdp(here, ""));
            return new Host(namespace, ports, tap, udp, other, new AtomicBoolean());
        }

        void carry(Poller poller) {
            var frames = new PacketBatch(256, TapPort.FRAME_BYTES_MAX, HEADROOM, 384 * 1024);
            var datagrams = new PacketBatch(256, UdpPort.DATAGRAM_BYTES_MAX, 0, 384 * 1024);
            while (!stop.get()) {
                int ready = poller.await(100);
                for (int i = 0; i < ready; i++) {
                    PollSource source = poller.ready(i);
                    if (source.equals(tap)) {
                        frames.clear();
                        tap.read(frames);
                        for (int f = 0; f < frames.count(); f++) {
                            // As long as a packet of the protocol: header before the frame, without the MACs.
                            udp.send(frames.bytes(), frames.offset(f) - HEADROOM, frames.length(f) + HEADROOM, other);
                        }
                        udp.flush();
                    } else {
                        datagrams.clear();
                        udp.receive(datagrams);
                        for (int d = 0; d < datagrams.count(); d++) {
                            int at = datagrams.offset(d) + HEADROOM;
                            tap.write(datagrams.bytes(), at, datagrams.length(d) - HEADROOM);
                        }
                        tap.flush();
                    }
                }
            }
        }

        Thread start() throws Exception {
            Poller poller = ports.openPoller();
            poller.add(tap);
            poller.add(udp);
            return Thread.ofPlatform().start(() -> {
                carry(poller);
                poller.close();
            });
        }

        void close() {
            tap.close();
            udp.close();
            ports.close();
        }
    }

    private static void forward(String what, Offloads offloads) throws Exception {
        try (var near = new Namespace();
                var far = new Namespace()) {
            Process server = far.call(() -> new ProcessBuilder("iperf3", "-s")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start());
            try {
                near.program("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
                near.program("ip", "link", "set", "v1", "netns", Long.toString(server.pid()));
                near.program("ip", "addr", "add", "10.9.0.1/24", "dev", "v0");
                far.program("ip", "addr", "add", "10.9.0.2/24", "dev", "v1");
                near.program("ip", "link", "set", "v0", "up");
                far.program("ip", "link", "set", "v1", "up");
                Host left = Host.open(near, offloads, 1);
                Host right = Host.open(far, offloads, 2);
                Thread one = left.start();
                Thread other = right.start();
                iperf(what + " tcp", near, "-P", "1");
                iperf(what + " tcp", near, "-P", "1");
                iperf(what + " tcp reverse", near, "-R");
                iperf(what + " udp 100 bytes", near, "-u", "-b", "0", "-l", "100");
                System.out.println(near.program("ping", "-c", "2000", "-i", "0.001", "-q", "10.147.20.2")
                        .lines()
                        .reduce("", (last, line) -> line.contains("rtt") ? line : last));
                System.out.println(left.tap().counters() + " " + left.udp().counters());
                System.out.println(right.tap().counters() + " " + right.udp().counters());
                left.stop().set(true);
                right.stop().set(true);
                one.join();
                other.join();
                left.close();
                right.close();
            } finally {
                server.destroy();
                server.waitFor();
            }
        }
    }

    private static void iperf(String what, Namespace from, String... options) throws Exception {
        var command = new java.util.ArrayList<String>();
        command.addAll(java.util.List.of("iperf3", "-c", "10.147.20.2", "-t", "4", "-f", "g"));
        command.addAll(java.util.List.of(options));
        String output = from.program(command.toArray(String[]::new));
        output.lines()
                .filter(line -> line.contains("receiver"))
                .forEach(line -> System.out.println(what + ": " + line));
    }
}
