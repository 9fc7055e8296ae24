// SPDX-License-Identifier: Apache-2.0
package org.orrery.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.orrery.cli.lab.Lab;
import org.orrery.cli.lab.LabHost;

/** Streams over TCP in both directions at once, of which every byte is compared with what was sent. */
final class Streams {
    private static final int CONNECTIONS = 2;
    private static final int CONNECT_MILLIS = 20_000;

    /** Not a multiple of anything that a network counts in, so that no piece fits elsewhere. */
    private static final int BLOCK_BYTES = 1_000_003;

    private Streams() {}

    /**
     * Exchanges so many bytes in each direction, over two connections.
     *
     * @return how long that took
     */
    static Duration exchange(LabHost one, LabHost other, String otherAddress, long bytes, Duration patience)
            throws Exception {
        List<Socket> sockets = new ArrayList<>();
        List<CompletableFuture<Long>> work = new ArrayList<>();
        long begin = System.nanoTime();
        try (ServerSocket listening =
                other.inside(() -> new ServerSocket(0, CONNECTIONS, InetAddress.getByName(otherAddress)))) {
            listening.setSoTimeout(CONNECT_MILLIS);
            for (int i = 0; i < CONNECTIONS; i++) {
                Socket near = one.inside(() -> {
                    var socket = new Socket();
                    sockets.add(socket);
                    socket.connect(
                            new InetSocketAddress(InetAddress.getByName(otherAddress), listening.getLocalPort()),
                            CONNECT_MILLIS);
                    return socket;
                });
                Socket far = listening.accept();
                sockets.add(far);
                long share = bytes / CONNECTIONS;
                int seed = 2 * i;
                work.add(Lab.background(() -> send(near, share, seed)));
                work.add(Lab.background(() -> compare(far, share, seed)));
                work.add(Lab.background(() -> send(far, share, seed + 1)));
                work.add(Lab.background(() -> compare(near, share, seed + 1)));
            }
            for (CompletableFuture<Long> each : work) {
                long left = patience.toNanos() - (System.nanoTime() - begin);
                each.get(Math.max(1, left), TimeUnit.NANOSECONDS);
            }
            return Duration.ofNanos(System.nanoTime() - begin);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static byte[] pattern(int seed) {
        byte[] pattern = new byte[BLOCK_BYTES];
        new SplittableRandom(seed).nextBytes(pattern);
        return pattern;
    }

    private static void block(byte[] pattern, long number, byte[] into) {
        byte mask = (byte) number;
        for (int i = 0; i < into.length; i++) {
            into[i] = (byte) (pattern[i] ^ mask);
        }
    }

    private static long send(Socket socket, long bytes, int seed) throws IOException {
        byte[] pattern = pattern(seed);
        byte[] block = new byte[BLOCK_BYTES];
        OutputStream out = socket.getOutputStream();
        for (long sent = 0; sent < bytes; sent += block.length) {
            block(pattern, sent / block.length, block);
            out.write(block, 0, (int) Math.min(block.length, bytes - sent));
        }
        socket.shutdownOutput();
        return bytes;
    }

    private static long compare(Socket socket, long bytes, int seed) throws IOException {
        byte[] pattern = pattern(seed);
        byte[] expected = new byte[BLOCK_BYTES];
        byte[] actual = new byte[BLOCK_BYTES];
        InputStream in = socket.getInputStream();
        for (long received = 0; received < bytes; received += expected.length) {
            int wanted = (int) Math.min(expected.length, bytes - received);
            int read = in.readNBytes(actual, 0, wanted);
            block(pattern, received / expected.length, expected);
            int wrong = Arrays.mismatch(expected, 0, read, actual, 0, read);
            if (wrong >= 0) {
                throw new IOException("byte " + (received + wrong) + " of stream " + seed + " is another one");
            }
            if (read < wanted) {
                throw new IOException("stream " + seed + " ends at " + (received + read));
            }
        }
        if (in.read() >= 0) {
            throw new IOException("stream " + seed + " goes on past its end");
        }
        return bytes;
    }
}
