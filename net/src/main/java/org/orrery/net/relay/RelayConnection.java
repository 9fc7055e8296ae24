// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Address;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.core.wire.DatagramKind;
import org.orrery.core.wire.Fragments;
import org.orrery.core.wire.PacketHeader;

/**
 * One client and its UDP socket. One virtual thread reads from the client and sends; a second one receives and writes to
 * the client. Nothing is queued here: while the client does not read, its datagrams wait in the socket, and the system
 * drops them when that is full. {@link #close} ends both, from any thread.
 */
final class RelayConnection implements AutoCloseable {
    /** What waits for a client at most: a quarter of a second at 8 Mbit/s. */
    private static final int UDP_BUFFER_BYTES = 256 * 1024;

    private static final int TCP_BUFFER_BYTES = 128 * 1024;

    /** To become a client of a relay. */
    private static final long HANDSHAKE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int TLS_HANDSHAKE = 0x16;

    private final Socket socket;
    private final RelayServer.Listener listener;
    private final @Nullable SSLContext tls;
    private final RelaySources.Source source;
    private final RelayLimits limits;
    private final RelayCounters counters;
    private final Destinations destinations;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final long begunNanos = System.nanoTime();
    private volatile long lastNanos = begunNanos;
    private volatile boolean established;
    private volatile boolean speaksV6;
    private volatile @Nullable DatagramSocket udp;

    RelayConnection(
            Socket socket,
            RelayServer.Listener listener,
            @Nullable SSLContext tls,
            RelaySources.Source source,
            RelayLimits limits,
            RelayCounters counters) {
        this.socket = socket;
        this.listener = listener;
        this.tls = tls;
        this.source = source;
        this.destinations = new Destinations(source.strangers);
        this.limits = limits;
        this.counters = counters;
    }

    /** Serves the client to the end. */
    void run() {
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setSendBufferSize(TCP_BUFFER_BYTES);
            serve(open());
        } catch (MalformedMessageException fault) {
            close(established ? RelayCount.MALFORMED : RelayCount.NOT_A_CLIENT);
        } catch (IOException gone) {
            if (!established) {
                close(RelayCount.NOT_A_CLIENT);
            }
        } catch (RuntimeException unforeseen) {
            close(RelayCount.MALFORMED); // only what the client sent differs from those that are served
        } finally {
            close();
        }
    }

    private MessageStream open() throws IOException {
        InputStream in = socket.getInputStream();
        if (!listener.tls()) {
            return new RecordStream(in, socket.getOutputStream(), RelayMessages.GREETING_BYTES);
        }
        if (!listener.records()) {
            return secure(InputStream.nullInputStream());
        }
        int first = in.read();
        if (first < 0) {
            throw new MalformedMessageException("ended before it began");
        }
        var read = new ByteArrayInputStream(new byte[] {(byte) first});
        return first == TLS_HANDSHAKE
                ? secure(read)
                : new RecordStream(
                        new SequenceInputStream(read, in), socket.getOutputStream(), RelayMessages.GREETING_BYTES);
    }

    /** @param read what was read already */
    private MessageStream secure(InputStream read) throws IOException {
        if (tls == null) {
            throw new IllegalStateException("a listener for TLS without a certificate");
        }
        var secure = (SSLSocket) tls.getSocketFactory().createSocket(socket, read, true);
        secure.startHandshake();
        InputStream in = new BufferedInputStream(secure.getInputStream(), 16 * 1024);
        WebSocketHandshake.answer(in, secure.getOutputStream());
        established = true;
        return new WebSocketStream(in, secure.getOutputStream(), null);
    }

    private void serve(MessageStream stream) throws IOException {
        byte[] message = new byte[RelayMessages.BYTES_MAX];
        if (!established) {
            greeted(stream, message);
        }
        try (var open = new DatagramSocket(0)) {
            open.setReceiveBufferSize(UDP_BUFFER_BYTES);
            udp = open;
            if (closing.get()) {
                return;
            }
            lastNanos = System.nanoTime();
            Thread.ofVirtual().name("orrery-relay-in").start(() -> receive(open, stream));
            var addresses = new RelayMessages.Addresses();
            var packet = new DatagramPacket(message, 0);
            for (int length = stream.read(message); length != MessageStream.END; length = stream.read(message)) {
                send(open, packet, message, length, addresses);
            }
        }
    }

    /** Without a greeting the client would be one of a kind that has not been seen for long, and that has no addresses. */
    private void greeted(MessageStream stream, byte[] message) throws IOException {
        if (stream.read(message) != RelayMessages.GREETING_BYTES) {
            throw new MalformedMessageException("no greeting");
        }
        established = true;
    }

    // ---------------------------------------------------------------- from the client

    private void send(
            DatagramSocket through,
            DatagramPacket packet,
            byte[] message,
            int length,
            RelayMessages.Addresses addresses) {
        long now = System.nanoTime();
        lastNanos = now;
        int header = RelayMessages.headerBytes(message, length);
        if (header == 0) {
            if (length != RelayMessages.GREETING_BYTES) {
                counters.add(RelayCount.OUT_NO_DATAGRAM);
            }
            return;
        }
        int payload = length - header;
        if (!isPacket(message, header, payload)) {
            counters.add(RelayCount.OUT_NOT_A_PACKET);
            return;
        }
        Endpoint to = addresses.of(message, header);
        if (!Destinations.served(to, limits.privateDestinations())) {
            counters.add(RelayCount.OUT_REFUSED);
            return;
        }
        if (!source.out.take(payload, now)) {
            counters.add(RelayCount.OUT_RATE);
            return;
        }
        InetSocketAddress destination = destinations.take(to, now / 1_000_000);
        if (destination == null) {
            counters.add(RelayCount.OUT_UNANSWERED);
            return;
        }
        speaksV6 |= to.ip().v6();
        packet.setSocketAddress(destination);
        packet.setData(message, header, payload);
        try {
            through.send(packet);
            counters.add(RelayCount.OUT_DATAGRAMS);
            counters.add(RelayCount.OUT_BYTES, payload);
        } catch (IOException refused) {
            counters.add(RelayCount.OUT_FAILED);
        }
    }

    /** Whether a datagram is a packet of the protocol, as far as one can see who cannot open it. */
    static boolean isPacket(byte[] bytes, int offset, int length) {
        if (length < RelayMessages.PAYLOAD_BYTES_MIN) {
            return false;
        }
        return switch (DatagramKind.of(bytes, offset, length)) {
            case PACKET ->
                !Address.reserved(PacketHeader.source(bytes, offset))
                        && !Address.reserved(PacketHeader.destination(bytes, offset));
            case FRAGMENT -> !Address.reserved(Fragments.destination(bytes, offset));
            default -> false;
        };
    }

    // ---------------------------------------------------------------- to the client

    private void receive(DatagramSocket from, MessageStream stream) {
        byte[] message = new byte[RelayMessages.BYTES_MAX + 1];
        byte[] header = new byte[RelayMessages.HEADER_V6_BYTES];
        var packet = new DatagramPacket(message, message.length);
        try {
            while (!closing.get()) {
                int room = RelayMessages.HEADER_V6_BYTES;
                packet.setData(message, room, message.length - room);
                from.receive(packet);
                int length = packet.getLength();
                long now = System.nanoTime();
                if (!isPacket(message, room, length)) {
                    counters.add(RelayCount.IN_NOT_A_PACKET);
                    continue;
                }
                Endpoint source = new Endpoint(ip(packet.getAddress()), packet.getPort());
                destinations.heard(source);
                if (source.ip().v6() && !speaksV6) {
                    counters.add(RelayCount.IN_NOT_A_PACKET);
                    continue;
                }
                if (!this.source.in.take(length, now)) {
                    counters.add(RelayCount.IN_RATE);
                    continue;
                }
                lastNanos = now;
                int headerBytes = RelayMessages.writeHeader(source, header, 0);
                System.arraycopy(header, 0, message, room - headerBytes, headerBytes);
                stream.write(message, room - headerBytes, headerBytes + length);
                stream.flush();
                counters.add(RelayCount.IN_DATAGRAMS);
                counters.add(RelayCount.IN_BYTES, length);
            }
        } catch (IOException gone) {
            // The client went, or was sent away.
        } finally {
            close();
        }
    }

    private static Ip ip(InetAddress address) {
        byte[] bytes = address.getAddress();
        return Ip.of(bytes, 0, bytes.length == 16);
    }

    // ---------------------------------------------------------------- its end

    /** Why it is to be closed now, or null. */
    @Nullable
    RelayCount overdue(long nowNanos) {
        if (!established) {
            return nowNanos - begunNanos > HANDSHAKE_NANOS ? RelayCount.NOT_A_CLIENT : null;
        }
        return nowNanos - lastNanos > limits.idle().toNanos() ? RelayCount.IDLE : null;
    }

    /** Closes it and counts why, unless it is closed already: that was for another reason, or was counted. */
    void close(RelayCount why) {
        if (closing.compareAndSet(false, true)) {
            counters.add(why);
        }
        close();
    }

    /** A second call does nothing. */
    @Override
    public void close() {
        closing.set(true);
        try {
            socket.close();
        } catch (IOException gone) {
            // It is closed all the same.
        }
        DatagramSocket open = udp;
        if (open != null) {
            open.close();
        }
    }
}
