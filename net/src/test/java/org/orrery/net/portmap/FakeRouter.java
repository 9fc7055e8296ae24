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
        Thread.ofVirtual()
                .start(() -> serve(request -> {
                    byte[] one = answer.apply(request);
                    return one == null ? List.of() : List.of(one);
                }));
    }

    private FakeRouter(DatagramSocket socket) {
        this.socket = socket;
    }

    /** One that answers as often as it is told to. */
    static FakeRouter repeating(Function<byte[], List<byte[]>> answers) throws IOException {
        var router = new FakeRouter(new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)));
        Thread.ofVirtual().start(() -> router.serve(answers));
        return router;
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve(Function<byte[], List<byte[]>> answers) {
        try {
            while (true) {
                var packet = new DatagramPacket(new byte[2048], 2048);
                socket.receive(packet);
                byte[] request = Arrays.copyOf(packet.getData(), packet.getLength());
                asked.add(request);
                for (byte[] reply : answers.apply(request)) {
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
