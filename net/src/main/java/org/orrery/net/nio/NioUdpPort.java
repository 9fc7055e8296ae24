// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.nio;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;
import org.orrery.net.Offloads;
import org.orrery.net.PacketBatch;
import org.orrery.net.SystemCallException;
import org.orrery.net.UdpPort;

/** A UDP socket of the JDK. Sends at once; there is no queue to flush. */
final class NioUdpPort implements UdpPort, NioSource {
    private static final int EADDRINUSE = 98;
    private static final int EADDRNOTAVAIL = 99;

    private static final Offloads.State NONE = Offloads.State.unavailable("not on this kind of ports");
    private static final InForce NO_OFFLOADS = new InForce(NONE, NONE);

    private final DatagramChannel channel;
    private final Endpoint local;
    private final NioAddresses addresses;

    /** One byte more than is accepted, because the JDK cuts longer datagrams without a word. */
    private final ByteBuffer received = ByteBuffer.allocateDirect(DATAGRAM_BYTES_MAX + 1);

    private final AtomicLong receivedCount = new AtomicLong();
    private final AtomicLong truncated = new AtomicLong();
    private final AtomicLong receiveErrors = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong sendErrors = new AtomicLong();
    private final AtomicLong sendDropped = new AtomicLong();

    private NioUdpPort(DatagramChannel channel, Endpoint local, NioAddresses addresses) {
        this.channel = channel;
        this.local = local;
        this.addresses = addresses;
    }

    static NioUdpPort open(Endpoint wanted, NioAddresses addresses) throws IOException {
        var family = wanted.ip().v6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        DatagramChannel channel = DatagramChannel.open(family);
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_BROADCAST, true);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
            if (channel.supportedOptions().contains(ExtendedSocketOptions.IP_DONTFRAGMENT)) {
                channel.setOption(ExtendedSocketOptions.IP_DONTFRAGMENT, false);
            }
            channel.bind(addresses.address(wanted));
            return new NioUdpPort(
                    channel, addresses.endpoint((InetSocketAddress) channel.getLocalAddress()), addresses);
        } catch (BindException failure) {
            channel.close();
            throw refusal(wanted, failure);
        } catch (IOException | RuntimeException | Error failure) {
            channel.close();
            throw failure;
        }
    }

    /** The JDK tells the two reasons apart only by the words of the system. */
    private static IOException refusal(Endpoint wanted, BindException failure) {
        String words = String.valueOf(failure.getMessage());
        boolean gone = words.contains("assign") || words.contains("not available") || words.contains("not valid");
        var told = new SystemCallException("bind " + wanted, gone ? EADDRNOTAVAIL : EADDRINUSE, words);
        told.initCause(failure);
        return told;
    }

    @Override
    public SelectableChannel channel() {
        return channel;
    }

    @Override
    public Endpoint local() {
        return local;
    }

    @Override
    public String device() {
        return "";
    }

    @Override
    public int receive(PacketBatch into) {
        int before = into.count();
        int slotBytes = Math.min(into.slotBytes(), DATAGRAM_BYTES_MAX);
        while (!into.full()) {
            InetSocketAddress from = next();
            if (from == null) {
                break;
            }
            int length = received.position();
            if (length > slotBytes) {
                truncated.incrementAndGet();
                continue;
            }
            received.get(0, into.bytes(), into.claim(), length);
            into.commit(length, addresses.endpoint(from));
        }
        int appended = into.count() - before;
        if (appended > 0) {
            receivedCount.addAndGet(appended);
        }
        return appended;
    }

    private @Nullable InetSocketAddress next() {
        if (!channel.isOpen()) {
            return null;
        }
        try {
            return (InetSocketAddress) channel.receive(received.clear());
        } catch (IOException failure) {
            receiveErrors.incrementAndGet();
            return null;
        }
    }

    @Override
    public void send(byte[] bytes, int offset, int length, Endpoint to) {
        sendNow(bytes, offset, length, to);
    }

    /** Nothing to do: each datagram leaves as it is sent. */
    @Override
    public void flush() {}

    @Override
    public boolean sendNow(byte[] bytes, int offset, int length, Endpoint to) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length > DATAGRAM_BYTES_MAX || !reaches(to.ip())) {
            sendErrors.incrementAndGet();
            return false;
        }
        try {
            int left = channel.send(ByteBuffer.wrap(bytes, offset, length), addresses.address(to));
            // An empty datagram answers zero, as a full buffer does.
            boolean taken = left == length;
            (taken ? sent : sendDropped).incrementAndGet();
            return taken;
        } catch (IOException failure) {
            sendErrors.incrementAndGet();
            return false;
        }
    }

    /** A socket on the IPv6 wildcard also speaks IPv4; any other one only its own family. */
    private boolean reaches(Ip to) {
        Ip here = local.ip();
        return to.v6() == here.v6() || (here.v6() && here.high() == 0 && here.low() == 0);
    }

    @Override
    public boolean sendWithTtl(byte[] bytes, int offset, int length, Endpoint to, int ttl) {
        sendErrors.incrementAndGet();
        return false;
    }

    /** False: the JDK sets a time to live for multicast only. */
    @Override
    public boolean sendsWithTtl() {
        return false;
    }

    @Override
    public InForce offloads() {
        return NO_OFFLOADS;
    }

    @Override
    public Counters counters() {
        return new Counters(
                receivedCount.get(),
                truncated.get(),
                receiveErrors.get(),
                sent.get(),
                sendErrors.get(),
                sendDropped.get(),
                0,
                0,
                0,
                0);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            receiveErrors.incrementAndGet();
        }
    }
}
