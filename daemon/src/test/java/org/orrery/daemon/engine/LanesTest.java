// SPDX-License-Identifier: Apache-2.0
package org.orrery.daemon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.daemon.api.DataPlane;
import org.orrery.net.Ports;
import org.orrery.net.UdpPort;
import org.orrery.net.nio.NioPorts;

/** Lanes on a system that lets nobody share a port. */
class LanesTest {
    private static final int SOCKET = 7;
    private static final int PATIENCE_MILLIS = 10_000;

    private final List<UdpPort> opened = new ArrayList<>();

    @AfterEach
    void closeAll() {
        opened.forEach(UdpPort::close);
    }

    /** The JDK's ports, remembering what they opened. */
    private Ports ports() {
        var ports = new NioPorts();
        return (Ports) Proxy.newProxyInstance(
                Ports.class.getClassLoader(), new Class<?>[] {Ports.class}, (_, method, arguments) -> {
                    try {
                        Object answer = method.invoke(ports, arguments);
                        if (answer instanceof UdpPort socket) {
                            opened.add(socket);
                        }
                        return answer;
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    @Test
    void aLaneWithoutASocketOfItsOwnSendsThroughTheFirsts() throws Exception {
        var lanes = new Lanes(new SteadyClock(), List.of(ports(), ports()), () -> {});
        Endpoint local = lanes.openSocket(SOCKET, new Endpoint(Ip.v4(127, 0, 0, 1), 0), "");
        byte[] sent = {1, 2, 3, 4};
        try (var other = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            other.setSoTimeout(PATIENCE_MILLIS);
            var to = new Endpoint(Ip.v4(127, 0, 0, 1), other.getLocalPort());

            lanes.lane(2).send(SOCKET, to, sent, 1, 3);

            var received = new DatagramPacket(new byte[100], 100);
            other.receive(received);
            assertThat(received.getPort()).isEqualTo(local.port());
            assertThat(Arrays.copyOf(received.getData(), received.getLength())).containsExactly(2, 3, 4);
        }
        DataPlane status = lanes.status();
        assertThat(status.lanes()).isEqualTo(2);
        assertThat(status.sockets()).hasSize(1);
        assertThat(status.sockets().getFirst().lanes()).isEqualTo(1);
    }

    @Test
    void anAddressThatIsTakenIsRefusedAsEver() throws Exception {
        var lanes = new Lanes(new SteadyClock(), List.of(ports(), ports()), () -> {});
        try (var other = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            var taken = new Endpoint(Ip.v4(127, 0, 0, 1), other.getLocalPort());
            assertThatThrownBy(() -> lanes.openSocket(SOCKET, taken, "")).isInstanceOf(IOException.class);
        }
        assertThat(lanes.status().sockets()).isEmpty();
    }
}
