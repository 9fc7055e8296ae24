// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Mac;
import org.orrery.core.value.Prefix;
import org.orrery.net.Offloads;
import org.orrery.net.PacketBatch;
import org.orrery.net.Poller;
import org.orrery.net.Ports;
import org.orrery.net.TapPort;
import org.orrery.net.TapQueue;
import org.orrery.net.UdpPort;

/** Offloads on real devices: what goes in comes out the same with and without them. */
@Tag("root")
@ExtendWith(RootOnly.class)
class OffloadTest {
    private static final int STREAM_BYTES = 24 << 20;
    private static final int PATIENCE_MILLIS = 30_000;

    @ParameterizedTest
    @CsvSource({
        "true, true, true, 2800",
        "true, false, false, 1500",
        "false, true, true, 2800",
        "false, false, false, 1500",
    })
    void streamsArriveWhole(boolean tap, boolean send, boolean receive, int mtu) throws Exception {
        try (var hosts = new TwoHosts(new Offloads(tap, send, receive), mtu)) {
            assertThat(hosts.left.offloads().tcp().inForce()).isEqualTo(tap);
            assertThat(hosts.left.offloads().tcp().reason()).isEqualTo(tap ? "" : "switched off");
            stream(hosts, "10.147.20.2");
            stream(hosts, "fd00::2");
            for (TapPort each : new TapPort[] {hosts.left, hosts.right}) {
                assertThat(each.counters().readErrors()).isZero();
                assertThat(each.counters().writeErrors()).isZero();
            }
            long segments = 2L * STREAM_BYTES / mtu;
            assertThat(hosts.left.counters().read()).isGreaterThan(segments);
            if (tap) {
                assertThat(hosts.left.counters().readJoined()).isGreaterThan(segments / 2);
                assertThat(hosts.right.counters().writtenJoined()).isGreaterThan(segments / 2);
                assertThat(hosts.continued.get()).isGreaterThan(segments / 2);
            } else {
                assertThat(hosts.left.counters().readJoined()).isZero();
                assertThat(hosts.right.counters().writtenJoined()).isZero();
                assertThat(hosts.continued.get()).isZero();
            }
        }
    }

    private static void stream(TwoHosts hosts, String to) throws Exception {
        try (ServerSocket server = hosts.far.call(() -> new ServerSocket(0, 1, InetAddress.getByName(to)));
                Socket client = hosts.near.call(() -> {
                    var socket = new Socket();
                    socket.connect(new InetSocketAddress(to, server.getLocalPort()), PATIENCE_MILLIS);
                    return socket;
                })) {
            CompletableFuture<Long> compared = CompletableFuture.supplyAsync(() -> {
                try (Socket accepted = server.accept();
                        InputStream in = accepted.getInputStream()) {
                    accepted.setSoTimeout(PATIENCE_MILLIS);
                    var random = new Random(99);
                    byte[] expected = new byte[64 << 10];
                    long bytes = 0;
                    while (true) {
                        byte[] got = in.readNBytes(expected.length);
                        if (got.length == 0) {
                            return bytes;
                        }
                        random.nextBytes(expected);
                        if (Arrays.mismatch(got, 0, got.length, expected, 0, got.length) >= 0) {
                            return -1L;
                        }
                        bytes += got.length;
                    }
                } catch (java.io.IOException failure) {
                    throw new java.io.UncheckedIOException(failure);
                }
            });
            var random = new Random(99);
            byte[] bytes = new byte[64 << 10];
            for (int sent = 0; sent < STREAM_BYTES; sent += bytes.length) {
                random.nextBytes(bytes);
                client.getOutputStream().write(bytes);
            }
            client.shutdownOutput();
            assertThat(compared.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo(STREAM_BYTES);
        }
    }

    /** Runs from a socket, as super-frames through the devices, joined at the other socket. */
    @ParameterizedTest
    @ValueSource(strings = {"10.147.20.", "fd00::"})
    void datagramsTravelInRunsThroughDevices(String prefix) throws Exception {
        try (var hosts = new TwoHosts(Offloads.ALL, 2800);
                UdpPort from = hosts.near.call(() -> hosts.nearPorts.openUdp(endpoint(prefix + "1/7000"), ""));
                UdpPort to = hosts.far.call(() -> hosts.farPorts.openUdp(endpoint(prefix + "2/7000"), ""));
                Poller poller = hosts.farPorts.openPoller()) {
            poller.add(to);
            var batch = new PacketBatch(256, UdpPort.DATAGRAM_BYTES_MAX, 0, 100_000);
            exchange(from, to, poller, batch, 1, 1);
            for (int round = 0; round < 20; round++) {
                exchange(from, to, poller, batch, 1432, 100);
            }
            exchange(from, to, poller, batch, 2700, 50);
            assertThat(hosts.left.offloads().udp().inForce()).isTrue();
            assertThat(from.counters().sentJoined()).isEqualTo(2050);
            assertThat(from.counters().segmentationRefusals()).isZero();
            assertThat(hosts.left.counters().readJoined()).isPositive();
            assertThat(hosts.right.counters().writtenJoined()).isPositive();
            assertThat(to.counters().receivedJoined()).isPositive();

            // Longer than the MTU: single datagrams are cut by IP, runs are refused.
            exchange(from, to, poller, batch, 5000, 12);
            assertThat(from.counters().segmentationRefusals()).isEqualTo(1);
            assertThat(from.offloads().segmentation().inForce()).isTrue();
            exchange(from, to, poller, batch, 5000, 12);
            assertThat(from.counters().segmentationRefusals())
                    .as("kept in mind")
                    .isEqualTo(1);
            long joined = from.counters().sentJoined();
            exchange(from, to, poller, batch, 1432, 20);
            assertThat(from.counters().sentJoined()).isEqualTo(joined + 20);
            assertThat(from.counters().sendErrors()).isZero();
        }
    }

    private static Endpoint endpoint(String text) {
        return Endpoint.parse(text).orElseThrow();
    }

    /** Sends numbered datagrams and takes them in at the other side; all must arrive, whole and in order. */
    private static void exchange(UdpPort from, UdpPort to, Poller poller, PacketBatch batch, int bytes, int count) {
        for (int i = 0; i < count; i++) {
            byte[] datagram = new byte[bytes];
            new Random(i).nextBytes(datagram);
            from.send(datagram, 0, bytes, to.local());
        }
        from.flush();
        int got = 0;
        while (got < count) {
            assertThat(poller.await(PATIENCE_MILLIS))
                    .as("after %s datagrams of %s", got, bytes)
                    .isEqualTo(1);
            batch.clear();
            to.receive(batch);
            for (int i = 0; i < batch.count(); i++) {
                byte[] expected = new byte[bytes];
                new Random(got++).nextBytes(expected);
                int at = batch.offset(i);
                assertThat(Arrays.copyOfRange(batch.bytes(), at, at + batch.length(i)))
                        .isEqualTo(expected);
                assertThat(batch.peer(i)).isEqualTo(from.local());
            }
        }
    }

    @Test
    void runsCrossAVirtualWire() throws Exception {
        try (var near = new Namespace();
                var far = new Namespace()) {
            // The far end is moved by the id of a process in it.
            Process holder = far.call(() -> new ProcessBuilder("sleep", "60").start());
            try {
                near.program("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
                near.program("ip", "link", "set", "v1", "netns", Long.toString(holder.pid()));
                near.program("ip", "addr", "add", "10.9.0.1/24", "dev", "v0");
                far.program("ip", "addr", "add", "10.9.0.2/24", "dev", "v1");
                near.program("ip", "addr", "add", "fd09::1/64", "dev", "v0", "nodad");
                far.program("ip", "addr", "add", "fd09::2/64", "dev", "v1", "nodad");
                near.program("ip", "link", "set", "v0", "up");
                far.program("ip", "link", "set", "v1", "up");
                for (String prefix : new String[] {"10.9.0.", "fd09::"}) {
                    near.awaitAnswer(prefix + "2");
                    try (Ports nearPorts = near.call(LinuxPorts::new);
                            Ports farPorts = far.call(LinuxPorts::new);
                            UdpPort from = near.call(() -> nearPorts.openUdp(endpoint(prefix + "1/7000"), ""));
                            UdpPort to = far.call(() -> farPorts.openUdp(endpoint(prefix + "2/7000"), ""));
                            Poller poller = farPorts.openPoller()) {
                        poller.add(to);
                        var batch = new PacketBatch(64, UdpPort.DATAGRAM_BYTES_MAX);
                        exchange(from, to, poller, batch, 100, 1);
                        exchange(from, to, poller, batch, 1432, 300);
                        assertThat(from.counters().sentJoined()).isEqualTo(300);
                        assertThat(to.counters().receivedJoined()).isEqualTo(300);
                        exchange(from, to, poller, batch, 3000, 40);
                        assertThat(from.counters().segmentationRefusals()).isEqualTo(1);
                        assertThat(from.counters().sendErrors()).isZero();
                    }
                }
            } finally {
                holder.destroy();
            }
        }
    }

    /** The host keeps each flow on one queue, and tells several flows over them. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @SuppressWarnings("try") // closed early on purpose
    void aDeviceHasSeveralQueues(boolean segmentation) throws Exception {
        try (var namespace = new Namespace();
                Ports ports = namespace.call(() -> new LinuxPorts(new Offloads(segmentation, true, true)));
                TapPort tap = namespace.call(() -> ports.openTap("ztqueues", new Mac(0x3200_0000_0001L), 1500, 3));
                UdpPort udp = namespace.call(() -> ports.openUdp(endpoint("0.0.0.0/0"), ""));
                Poller poller = ports.openPoller()) {
            tap.addAddress(Prefix.parse("10.147.20.1/24").orElseThrow());
            namespace.program("ip", "neigh", "add", "10.147.20.2", "lladdr", "02:00:00:00:00:02", "dev", "ztqueues");
            TapQueue second = namespace.call(tap::openQueue);
            TapQueue third = namespace.call(tap::openQueue);
            assertThat(tap.queuesMax()).isEqualTo(3);
            assertThatThrownBy(tap::openQueue).isInstanceOf(IllegalStateException.class);
            for (TapQueue queue : new TapQueue[] {tap, second, third}) {
                poller.add(queue);
            }
            var batch = new PacketBatch(256, 2000);
            Set<Object> used = new HashSet<>();
            int got = send(udp, poller, batch, used);
            assertThat(got).isEqualTo(200);
            assertThat(used).hasSizeGreaterThan(1);
            assertThat(second.write(new byte[60], 0, 60)).isTrue();
            assertThat(third.write(new byte[60], 0, 60)).isTrue();
            assertThat(tap.counters().written()).isZero();

            poller.remove(second);
            second.close();
            second.close();
            poller.remove(third);
            third.close();
            used.clear();
            assertThat(send(udp, poller, batch, used)).isEqualTo(200);
            assertThat(used).containsExactly(tap);
            TapQueue again = namespace.call(tap::openQueue);
            poller.remove(tap);
            tap.close();
            assertThat(namespace.program("ip", "link")).doesNotContain("ztqueues");
            assertThat(again.write(new byte[60], 0, 60)).isFalse();
            assertThat(again.read(batch)).isZero();
            again.close();
        }
    }

    /** 200 datagrams of as many flows; answers how many frames came out, and through which queues. */
    private static int send(UdpPort udp, Poller poller, PacketBatch batch, Set<Object> used) {
        for (int port = 1; port <= 200; port++) {
            udp.send(new byte[50], 0, 50, endpoint("10.147.20.2/" + port));
        }
        udp.flush();
        int got = 0;
        while (got < 200 && poller.await(PATIENCE_MILLIS) > 0) {
            var ready = (TapQueue) poller.ready(0);
            batch.clear();
            ready.read(batch);
            for (int i = 0; i < batch.count(); i++) {
                int at = batch.offset(i);
                if (batch.bytes()[at + 12] == 8 && batch.bytes()[at + 23] == 17) {
                    got++;
                    used.add(ready);
                }
            }
        }
        return got;
    }

    @Test
    void ordinaryDevicesHaveOneQueue() throws Exception {
        try (var namespace = new Namespace();
                Ports ports = namespace.call(LinuxPorts::new);
                TapPort tap = namespace.call(() -> ports.openTap("ztone", new Mac(0x3200_0000_0001L), 1500))) {
            assertThatThrownBy(tap::openQueue).isInstanceOf(IllegalStateException.class);
            assertThat(namespace.program("ip", "-d", "link", "show", "ztone")).doesNotContain("multi_queue");
        }
    }
}
