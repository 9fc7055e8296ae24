// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
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
            do {
                batch.clear();
                got = port.receive(batch);
                total += got;
                for (int i = 0; i < got; i++) {
                    assertThat(batch.length(i)).isEqualTo(1432);
                }
            } while (got > 0);
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
            assertThat(to.counters().received()).isEqualTo(from.counters().sent());
            assertThat(leastPerRound).isLessThan(1);
        }
    }
}
