// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers datagrams on loopback and keeps what it was asked. */
final class FakeRouter implements AutoCloseable {
    final List<byte[]> asked = new CopyOnWriteArrayList<>();
    private final DatagramSocket socket;

    /** @param answer gives null to stay silent */
    FakeRouter(Function<byte[], byte @Nullable []> answer) throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        Thread.ofVirtual().start(() -> serve(answer));
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve(Function<byte[], byte @Nullable []> answer) {
        try {
            while (true) {
                var packet = new DatagramPacket(new byte[2048], 2048);
                socket.receive(packet);
                byte[] request = Arrays.copyOf(packet.getData(), packet.getLength());
                asked.add(request);
                byte[] reply = answer.apply(request);
                if (reply != null) {
                    socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
