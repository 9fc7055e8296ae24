// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.orrery.core.value.Endpoint;
import org.orrery.net.Offloads;
import org.orrery.net.PacketBatch;
import org.orrery.net.Poller;
import org.orrery.net.Ports;
import org.orrery.net.SystemCallException;
import org.orrery.net.UdpPort;
import org.orrery.net.UdpPortContract;

class LinuxUdpPortTest extends UdpPortContract {
    private static final int ROUNDS = 10_000;

    LinuxUdpPortTest() {
        super(open());
    }

    private static Ports open() {
        try {
            return new LinuxPorts();
        } catch (SystemCallException failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void setsTheOptionsOfTheProtocol() throws IOException {
        for (String local : List.of("127.0.0.1/0", "::1/0")) {
            boolean v6 = local.startsWith(":");
            try (var port = LinuxUdpPort.open(Endpoint.parse(local).orElseThrow(), "", false, Offloads.ALL, blocks())) {
                int level = v6 ? Constants.IPPROTO_IPV6 : Constants.IPPROTO_IP;
                int discovery = v6 ? Constants.IPV6_MTU_DISCOVER : Constants.IP_MTU_DISCOVER;
                assertThat(LibC.getsockopt(port.fd(), level, discovery)).isEqualTo(Constants.PMTUDISC_DONT);
                assertThat(LibC.getsockopt(port.fd(), Constants.SOL_SOCKET, Constants.SO_BROADCAST))
                        .isEqualTo(1);
                assertThat(LibC.getsockopt(port.fd(), Constants.SOL_SOCKET, Constants.SO_RCVBUF))
                        .as("the kernel doubles what is asked for; without rights its limit holds")
                        .isGreaterThanOrEqualTo(100_000);
                if (v6) {
                    assertThat(LibC.getsockopt(port.fd(), level, Constants.IPV6_V6ONLY))
                            .isEqualTo(1);
                }
            }
        }
    }

    private static ReceiveBlocks blocks() {
        return new ReceiveBlocks(Arena.ofAuto(), true);
    }

    /** Runs of all kinds to two receivers, through a batch that never holds a whole run. */
    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void runsArriveWholeAndInOrder(boolean segmentation, boolean joining) throws IOException {
        var random = new Random(5);
        var batch = new PacketBatch(5, 4000, 24, 9000);
        for (String local : List.of("127.0.0.1/0", "::1/0")) {
            Endpoint any = Endpoint.parse(local).orElseThrow();
            try (Ports ports = new LinuxPorts(new Offloads(true, segmentation, joining));
                    Poller poller = ports.openPoller();
                    UdpPort from = ports.openUdp(any, "");
                    UdpPort one = ports.openUdp(any, "");
                    UdpPort two = ports.openUdp(any, "")) {
                poller.add(one);
                poller.add(two);
                assertThat(from.offloads().segmentation().inForce()).isEqualTo(segmentation);
                assertThat(from.offloads().joining().reason()).isEqualTo(joining ? "" : "switched off");
                for (int round = 0; round < 50; round++) {
                    List<byte[]> toOne = new ArrayList<>();
                    List<byte[]> toTwo = new ArrayList<>();
                    for (int run = 0; run < 6; run++) {
                        boolean first = random.nextBoolean();
                        int bytes = 1 + random.nextInt(random.nextBoolean() ? 100 : 3000);
                        for (int left = random.nextInt(12); left >= 0; left--) {
                            byte[] datagram = new byte[left > 0 ? bytes : random.nextInt(bytes + 1)];
                            random.nextBytes(datagram);
                            (first ? toOne : toTwo).add(datagram);
                            from.send(datagram, 0, datagram.length, (first ? one : two).local());
                        }
                    }
                    from.flush();
                    List<byte[]> atOne = new ArrayList<>();
                    List<byte[]> atTwo = new ArrayList<>();
                    while (atOne.size() + atTwo.size() < toOne.size() + toTwo.size()) {
                        int ready = poller.await(PATIENCE_MILLIS);
                        assertThat(ready).isPositive();
                        for (int i = 0; i < ready; i++) {
                            var port = (UdpPort) poller.ready(i);
                            batch.clear();
                            port.receive(batch);
                            for (int d = 0; d < batch.count(); d++) {
                                int at = batch.offset(d);
                                (port.equals(one) ? atOne : atTwo)
                                        .add(Arrays.copyOfRange(batch.bytes(), at, at + batch.length(d)));
                                assertThat(batch.peer(d)).isEqualTo(from.local());
                            }
                        }
                    }
                    assertThat(atOne).containsExactlyElementsOf(toOne);
                    assertThat(atTwo).containsExactlyElementsOf(toTwo);
                }
                assertThat(from.counters().sentJoined() > 0).isEqualTo(segmentation);
                assertThat(one.counters().receivedJoined() > 0).isEqualTo(segmentation && joining);
                assertThat(poller.await(0)).isZero();
            }
        }
    }

    /** A socket that sends no checksums cannot send runs: nothing is lost by trying. */
    @Test
    void givesUpRunsThatTheSystemRefusesAndSendsThemSingly() throws IOException {
        var batch = new PacketBatch(64, 2000);
        Endpoint any = Endpoint.parse("127.0.0.1/0").orElseThrow();
        List<UdpPort> receivers = new ArrayList<>();
        try (Ports ports = open();
                var from = LinuxUdpPort.open(any, "", false, Offloads.ALL, blocks())) {
            int noChecksums = 11;
            assertThat(LibC.setsockopt(from.fd(), Constants.SOL_SOCKET, noChecksums, 1))
                    .isZero();
            for (int i = 0; i < 8; i++) {
                assertThat(from.offloads().segmentation().inForce()).isTrue();
                UdpPort to = ports.openUdp(any, "");
                receivers.add(to);
                for (int round = 0; round < 2; round++) {
                    for (int d = 0; d < 3; d++) {
                        from.send(new byte[1000], 0, 1000, to.local());
                    }
                    from.flush();
                }
                batch.clear();
                receiveUntil(6, batch, to);
                assertThat(batch.count()).isEqualTo(6);
            }
            assertThat(from.counters().segmentationRefusals()).isEqualTo(8);
            assertThat(from.counters().sent()).isEqualTo(48);
            assertThat(from.counters().sendErrors()).isZero();
            assertThat(from.offloads().segmentation().inForce()).isFalse();
            assertThat(from.offloads().segmentation().reason())
                    .isEqualTo("given up after 8 refusals: invalid argument");
        } finally {
            receivers.forEach(UdpPort::close);
        }
    }

    @Test
    void lanesShareAPort() throws IOException {
        var batch = new PacketBatch(64, 2000);
        Endpoint any = Endpoint.parse("127.0.0.1/0").orElseThrow();
        try (Ports ports = open();
                UdpPort one = ports.openUdp(any, "", true);
                UdpPort two = ports.openUdp(one.local(), "", true)) {
            assertThat(two.local()).isEqualTo(one.local());
            assertThatThrownBy(() -> ports.openUdp(one.local(), ""))
                    .isInstanceOfSatisfying(
                            SystemCallException.class,
                            e -> assertThat(e.addressInUse()).isTrue());
            int total = 0;
            for (int i = 0; i < 64; i++) {
                try (UdpPort from = ports.openUdp(any, "")) {
                    from.sendNow(new byte[10], 0, 10, one.local());
                    from.sendNow(new byte[10], 0, 10, one.local());
                    batch.clear();
                    long before = one.counters().received();
                    receiveUntil(2, batch, one, two);
                    int atOne = (int) (one.counters().received() - before);
                    int atTwo = batch.count() - atOne;
                    assertThat(Math.max(atOne, atTwo))
                            .as("a source stays where it is")
                            .isEqualTo(2);
                    total += atOne + atTwo;
                }
            }
            assertThat(total).isEqualTo(128);
            assertThat(one.counters().received()).isBetween(2L, 126L);
        }
    }

    @Test
    void tiesToADeviceAndTellsWhenItCannot() throws IOException {
        try (Ports ports = open()) {
            Endpoint local = Endpoint.parse("127.0.0.1/0").orElseThrow();
            try (UdpPort tied = ports.openUdp(local, "lo");
                    UdpPort untied = ports.openUdp(local, "no-such-device")) {
                assertThat(tied.device()).isEqualTo("lo");
                assertThat(untied.device()).isEmpty();
                assertThat(tied.sendNow(new byte[] {1}, 0, 1, untied.local())).isTrue();
            }
        }
    }

    @Test
    void bothFamiliesShareThePort() throws IOException {
        try (Ports ports = open();
                UdpPort v4 = ports.openUdp(Endpoint.parse("0.0.0.0/0").orElseThrow(), "");
                UdpPort v6 =
                        ports.openUdp(Endpoint.parse("::/" + v4.local().port()).orElseThrow(), "")) {
            assertThat(v6.local().port()).isEqualTo(v4.local().port());
        }
    }

    @Test
    void countsTheReasonOfTheLastRefusal() throws IOException {
        try (Ports ports = open();
                UdpPort port = ports.openUdp(Endpoint.parse("127.0.0.1/0").orElseThrow(), "")) {
            port.sendNow(new byte[66_000], 0, 66_000, port.local());
            assertThat(port.counters().lastErrno()).isEqualTo(Errno.EMSGSIZE);
            port.send(new byte[1], 0, 1, Endpoint.parse("::1/9").orElseThrow());
            assertThat(port.counters().lastErrno()).isEqualTo(Errno.EAFNOSUPPORT);
        }
    }

    /** More than a batch and more than the receive buffer: what the system cannot hold is lost, the rest is whole. */
    @Test
    void survivesAnOverrun() throws IOException {
        var batch = new PacketBatch(64, 2048);
        try (Ports ports = open();
                UdpPort port = ports.openUdp(Endpoint.parse("127.0.0.1/0").orElseThrow(), "")) {
            byte[] bytes = new byte[1432];
            for (int i = 0; i < 20_000; i++) {
                port.send(bytes, 0, bytes.length, port.local());
            }
            port.flush();
            int total = 0;
            int got;
            long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
            do {
                batch.clear();
                got = port.receive(batch);
                total += got;
                for (int i = 0; i < got; i++) {
                    assertThat(batch.length(i)).isEqualTo(1432);
                }
            } while (got > 0 || total < 64 && System.nanoTime() - end < 0);
            assertThat(total).isBetween(64, 19_999);
            assertThat(port.counters().received()).isEqualTo(total);
        }
    }

    /** The compilers need some rounds before the memory accesses allocate nothing; then it must stay so. */
    @Test
    void allocatesNothingInTheSteadyState() throws IOException {
        var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        var batch = new PacketBatch(64, UdpPort.DATAGRAM_BYTES_MAX);
        byte[] packet = new byte[200];
        try (Ports ports = open();
                Poller poller = ports.openPoller();
                UdpPort from = ports.openUdp(Endpoint.parse("127.0.0.1/0").orElseThrow(), "");
                UdpPort to = ports.openUdp(Endpoint.parse("127.0.0.1/0").orElseThrow(), "")) {
            poller.add(to);
            double leastPerRound = Double.MAX_VALUE;
            for (int trial = 0; trial < 60 && leastPerRound > 1; trial++) {
                long before = thread.getCurrentThreadAllocatedBytes();
                for (int round = 0; round < ROUNDS; round++) {
                    for (int i = 0; i < 3; i++) {
                        from.send(packet, 0, packet.length, to.local());
                    }
                    from.flush();
                    from.sendNow(packet, 0, packet.length, to.local());
                    poller.await(1000);
                    batch.clear();
                    to.receive(batch);
                }
                double perRound = (double) (thread.getCurrentThreadAllocatedBytes() - before) / ROUNDS;
                leastPerRound = Math.min(leastPerRound, perRound);
            }
            long sent = from.counters().sent();
            for (long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
                    to.counters().received() < sent && System.nanoTime() - end < 0; ) {
                poller.await(1000); // the last round's may be under way
                batch.clear();
                to.receive(batch);
            }
            assertThat(to.counters().received()).isEqualTo(sent);
            assertThat(leastPerRound).isLessThan(1);
        }
    }
}
